import { DurableExecutionInvocationInputWithClient } from "@aws/durable-execution-sdk-js";
import type { Handler } from "../../local/durable/functions.ts";
import type { Sim } from "../../sim/sim.ts";
import type { Table } from "../../src/aws/table.ts";

/** Where a call that leaves the sandbox goes. `checkpoint` and `lambda` are both Lambda's API. */
export type Place = "table" | "aws" | "checkpoint" | "lambda";

/** Told of every call before it leaves; the call leaves when the promise resolves. */
export type OnTrip = (place: Place, what: string) => Promise<void>;

/** The table, each operation of which is one request to DynamoDB. */
export function trackTable(table: Table, onTrip: OnTrip): Table {
  const to = (operation: string, pk: string) => onTrip("table", `${operation} ${pk.split("#")[0]}`);
  return {
    get: (key) => to("get", key.pk).then(() => table.get(key)),
    create: (item) => to("create", item.pk).then(() => table.create(item)),
    replace: (item) => to("replace", item.pk).then(() => table.replace(item)),
    increment: (key, field) => to("increment", key.pk).then(() => table.increment(key, field)),
    query: (pk, options) => to("query", pk).then(() => table.query(pk, options)),
    recent: (list, options) => to("recent", list).then(() => table.recent(list, options)),
  };
}

/** Puts something around every request of a client that is attached to the simulated AWS. */
export function aroundRequests(
  { config }: Parameters<Sim["attach"]>[0],
  around: (operation: string, send: () => Promise<unknown>) => Promise<unknown>,
): void {
  const { requestHandler } = config;
  if (typeof requestHandler !== "object" || requestHandler === null) return;
  const handle: unknown = Reflect.get(requestHandler, "handle");
  if (typeof handle !== "function") return;
  const send = (given: unknown[]) => async (): Promise<unknown> => Reflect.apply(handle, requestHandler, given);
  Reflect.set(requestHandler, "handle", (...given: unknown[]) => around(operationOf(given[0]), send(given)));
}

function operationOf(request: unknown): string {
  const headers: unknown = typeof request === "object" && request !== null && Reflect.get(request, "headers");
  const target: unknown = typeof headers === "object" && headers !== null && Reflect.get(headers, "x-amz-target");
  return typeof target === "string" ? (target.split(".").at(-1) ?? target) : "unknown";
}

/** A durable handler, the checkpoints of which are requests too. */
export function trackCheckpoints(handler: Handler, onTrip: OnTrip): Handler {
  return (event, context) => {
    if (event instanceof DurableExecutionInvocationInputWithClient) {
      const { durableExecutionClient: client } = event;
      Object.assign(event, {
        durableExecutionClient: {
          getExecutionState: (...given: Parameters<typeof client.getExecutionState>) =>
            onTrip("checkpoint", "state").then(() => client.getExecutionState(...given)),
          checkpoint: (...given: Parameters<typeof client.checkpoint>) => {
            const updates = given[0].Updates ?? [];
            const what = updates.map(({ Action, Name }) => `${Action} ${Name}`).join(", ");
            return onTrip("checkpoint", what).then(() => client.checkpoint(...given));
          },
        },
      });
    }
    return handler(event, context);
  };
}

/** A call as it was told of. */
export interface Trip {
  readonly place: Place;
  readonly what: string;
}

/** How long nothing has to be asked for, in turns of the event loop, until everything there is to ask is under way. */
const quietTurns = 20;

/**
 * Lets calls leave in waves: what is asked for at the same time leaves together, and the next wave only when the answers
 * have led to new calls. So the number of waves is the number of round trips one after the other, whatever each takes.
 */
export class Waves {
  readonly waves: Trip[][] = [];
  #waiting: { trip: Trip; go: () => void }[] = [];
  #turns = 0;
  #isWatching = false;

  readonly onTrip: OnTrip = (place, what) =>
    new Promise((go) => {
      this.#waiting.push({ trip: { place, what }, go });
      this.#turns = 0;
      if (!this.#isWatching) this.#watch();
    });

  #watch(): void {
    this.#isWatching = true;
    setImmediate(() => {
      this.#turns += 1;
      if (this.#turns < quietTurns) return this.#watch();
      this.#isWatching = false;
      const leaving = this.#waiting;
      this.#waiting = [];
      this.waves.push(leaving.map(({ trip }) => trip));
      for (const { go } of leaving) go();
    });
  }
}
