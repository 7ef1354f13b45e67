import type { InFlight } from "../aws/in-flight.ts";
import { type Clock, type Duration, toMs } from "../clock.ts";
import type { Report } from "./event.ts";
import { type Timer, withTimeLimit } from "./timer.ts";

/** A message as SQS hands it out. One without an id or a receipt handle cannot be given back and is not written down. */
export interface Received {
  readonly MessageId?: string | undefined;
  readonly ReceiptHandle?: string | undefined;
}

/**
 * A worker's side of the in-flight ledger: what it has in hand, so that Paramedic can give the messages of a doomed
 * instance back to the queue in seconds, not after their visibility timeout.
 *
 * The ledger helps and never hinders: when it does not answer, that is told and the work goes on.
 */
export interface InFlightQueue {
  /** Writes the message down while `work` is at it, and strikes it out when that ends, well or not. */
  while<T>(message: Received, work: () => Promise<T>): Promise<T>;
  /** The two halves of `while`, for workers that are not one function. */
  take(message: Received): Promise<void>;
  finish(message: Received): Promise<void>;
}

/** One small conditional write, repeated when workers of an instance meet; a worker waits no longer for it. */
const writeMs = 2_000;

/**
 * Makes `inFlight(queueUrl)`.
 *
 * `instanceId` is asked once. On EC2 it comes from the instance metadata service (IMDSv2) or from `PARAMEDIC_INSTANCE_ID`,
 * which user data can set; a task that hides the metadata service (`ECS_AWSVPC_BLOCK_IMDS`) needs the variable. Whoever
 * does not know its instance (Fargate, Lambda) has no instance that EC2 takes back, and its messages are not written down.
 *
 * @internal
 */
export function createInFlightQueues({
  ledger,
  instanceId,
  clock,
  timer,
  report,
}: {
  readonly ledger: InFlight;
  readonly instanceId: () => Promise<string | undefined>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly report: Report;
}): (queueUrl: string, options?: { readonly visibility?: Duration }) => InFlightQueue {
  let known: Promise<string | undefined> | undefined;
  const write = async (doing: string, work: (instance: string) => Promise<void>) => {
    try {
      const instance = await withTimeLimit(writeMs, timer, () => (known ??= instanceId()));
      if (instance !== undefined) await withTimeLimit(writeMs, timer, () => work(instance));
    } catch (error) {
      known = undefined;
      report({ kind: "store-failed", doing, instead: "goes on without the ledger", error });
    }
  };

  // SQS hides a message for half a minute unless the queue or the receiver says otherwise.
  return (queueUrl, { visibility = { seconds: 30 } } = {}) => {
    const queue: InFlightQueue = {
      async take({ MessageId: messageId, ReceiptHandle: receiptHandle }) {
        if (messageId === undefined || receiptHandle === undefined) return;
        const visibleUntil = clock.now() + toMs(visibility);
        await write(`writing down ${messageId}`, (instance) =>
          ledger.take(instance, { queueUrl, messageId, receiptHandle, visibleUntil }),
        );
      },
      async finish({ MessageId: messageId }) {
        if (messageId === undefined) return;
        await write(`striking out ${messageId}`, (instance) => ledger.finish(instance, messageId));
      },
      async while(message, work) {
        await queue.take(message);
        try {
          return await work();
        } finally {
          await queue.finish(message);
        }
      },
    };
    return queue;
  };
}
