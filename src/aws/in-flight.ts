import { z } from "zod";
import type { InFlightMessage } from "../runbook/look/instance.ts";
import { change, readBody, type Table } from "./table.ts";

const ledger = z.object({
  messages: z.array(
    z.object({ queueUrl: z.string(), messageId: z.string(), receiptHandle: z.string(), visibleUntil: z.number() }),
  ),
});

/** Workers that die leave entries behind; the oldest go first, long before the item is too large for the table. */
const keptMax = 200;

const keyOf = (instanceId: string) => ({ pk: `in-flight#${instanceId}`, sk: "messages" });

/**
 * The in-flight ledger: which messages the workers on an instance are busy with.
 *
 * A queue does not tell whose hands a message is in, and only the receipt handle of the last receive can give it back.
 * So workers write down what they take and strike out what they finish.
 */
export interface InFlight {
  take(instanceId: string, message: InFlightMessage & { readonly visibleUntil: number }): Promise<void>;
  finish(instanceId: string, messageId: string): Promise<void>;
  /** What is in flight at `now`; a message whose visibility timeout is over is not. */
  on(instanceId: string, now: number): Promise<InFlightMessage[]>;
}

export function createInFlight(table: Table): InFlight {
  const write = async (
    instanceId: string,
    make: (was: z.infer<typeof ledger>["messages"]) => z.infer<typeof ledger>["messages"],
  ) => {
    await change(table, keyOf(instanceId), ledger, (was) => ({ body: { messages: make(was?.messages ?? []) } }));
  };
  return {
    take: (instanceId, message) =>
      write(instanceId, (was) =>
        [...was.filter(({ messageId }) => messageId !== message.messageId), message].slice(-keptMax),
      ),
    finish: (instanceId, messageId) =>
      write(instanceId, (was) => was.filter((message) => message.messageId !== messageId)),
    async on(instanceId, now) {
      const item = await table.get(keyOf(instanceId));
      if (!item) return [];
      return readBody(item, ledger).messages.filter(({ visibleUntil }) => visibleUntil > now);
    },
  };
}
