import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { TimerClock } from "../../sim/clock.ts";
import type { Sim } from "../../sim/sim.ts";
import type { InFlight } from "../../src/aws/in-flight.ts";
import { createInFlightQueues } from "../../src/client/in-flight.ts";
import { systemTimer } from "../../src/client/timer.ts";
import { estate } from "./seed.ts";

/** How long a worker is busy with one job, and how long the queue waits before it gives the job to another one. */
const busyMs = 45_000;
const visibilitySeconds = 900;
/** New jobs come in at this pace: a little less than four workers can do. */
const arrivalMs = 14_000;
/** Jobs that are there when the workers come on duty. */
const firstJobs = 6;

interface Busy {
  readonly message: Message;
  readonly until: number;
}

/**
 * Workers on the fleet: each running task of the worker service takes a job, writes it into the in-flight ledger, works,
 * and strikes it out. A worker that dies takes its job with it, until the queue or Paramedic gives it back.
 */
export function startWorkers(
  {
    sim,
    sqs,
    queueUrl,
    inFlight,
    clock,
  }: { sim: Sim; sqs: SQSClient; queueUrl: string; inFlight: InFlight; clock: TimerClock },
  every: (ms: number, work: () => Promise<void>) => void,
): { readonly done: () => number; readonly submit: (jobs: number) => Promise<void> } {
  // One process plays the workers of many instances: each has a client of its own.
  const handsOn = (instanceId: string) =>
    createInFlightQueues({
      ledger: inFlight,
      instanceId: () => Promise.resolve(instanceId),
      clock,
      timer: systemTimer,
      report: ({ kind }) => process.emitWarning(`a worker on ${instanceId}: ${kind}`),
    })(queueUrl, { visibility: { seconds: visibilitySeconds } });
  const busy = new Map<string, Busy>();
  let done = 0;
  let jobs = 0;

  const submit = async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: `prompt ${++jobs}` }));
  };
  every(arrivalMs, submit);

  every(1_000, async () => {
    for (let i = jobs; i < firstJobs; i++) await submit();
    const alive = workersOf(sim);
    for (const task of busy.keys()) if (!alive.has(task)) busy.delete(task);
    for (const [task, instanceId] of alive) {
      const job = busy.get(task);
      if (job && job.until > clock.now()) continue;
      if (job) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: job.message.ReceiptHandle }));
        await handsOn(instanceId).finish(job.message);
        busy.delete(task);
        done += 1;
      }
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 1, VisibilityTimeout: visibilitySeconds }),
      );
      const [message] = Messages;
      if (!message) continue;
      busy.set(task, { message, until: clock.now() + busyMs });
      await handsOn(instanceId).take(message);
    }
  });

  return {
    done: () => done,
    async submit(many) {
      for (let i = 0; i < many; i++) await submit();
    },
  };
}

/** Running worker tasks that still take work, with the instance each is on. A draining host's workers take no more. */
function workersOf(sim: Sim): Map<string, string> {
  const found = new Map<string, string>();
  for (const task of Object.values(sim.world.tasks)) {
    if (task.group !== `service:${estate.worker}` || task.last !== "RUNNING") continue;
    const host = Object.values(sim.world.hosts).find(({ arn }) => arn === task.host);
    if (host?.status === "ACTIVE") found.set(task.arn, host.instanceId);
  }
  return found;
}
