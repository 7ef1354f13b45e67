import { z } from "zod";
import { change, type Item, readBody, type Table } from "../../aws/table.ts";
import { type Clock, type Duration, systemClock, toMs } from "../../clock.ts";
import { type Circuit, force, release, stateAt, untouched } from "./machine.ts";

const opens = z.int().nonnegative();
const successes = z.int().nonnegative();
const forced = z.object({ until: z.number(), by: z.string(), why: z.string(), key: z.string().optional() });

const stored = z.object({
  generation: z.int().nonnegative(),
  state: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("closed"), since: z.number(), opens }),
    z.object({ kind: z.literal("open"), until: z.number(), opens, successes, why: z.string() }),
    z.object({
      kind: z.literal("half-open"),
      owner: z.string(),
      leaseUntil: z.number(),
      opens,
      successes,
      why: z.string(),
    }),
    z.object({ kind: z.literal("ramping"), share: z.number(), since: z.number(), opens }),
    forced.extend({ kind: z.enum(["forced-open", "forced-closed", "metrics-only"]) }),
  ]),
});

/** Where a circuit is kept: one item of the one table. */
export const circuitKey = (name: string) => ({ pk: `circuit#${name}`, sk: "state" });

/** Reads a circuit's item. @throws BotError `bad_input` when it is not what we write there. */
export const readCircuit = (item: Item): Circuit => readBody(item, stored);

/** What is written: a plain copy, for a table takes only what it may change. */
export const toBody = ({ generation, state }: Circuit): z.infer<typeof stored> => ({ generation, state: { ...state } });

/**
 * Holds a circuit in a state, whatever the processes measure, for the length of the lease. Answers the circuit as it is then.
 *
 * A person's will goes over everything. Who comes with a `key` is a step of a runbook: it yields to what others have forced
 * and is not over yet, and may ask again, for a `key` that is already there is left alone.
 *
 * @throws BotError `store_conflict` (retryable) when others are faster every time.
 */
export async function forceCircuit(
  table: Table,
  name: string,
  {
    to,
    lease,
    by,
    why,
    key,
  }: {
    readonly to: "forced-open" | "forced-closed" | "metrics-only";
    readonly lease: Duration;
    readonly by: string;
    readonly why: string;
    readonly key?: string;
  },
  clock: Clock = systemClock,
): Promise<Circuit> {
  const written = await change(table, circuitKey(name), stored, (was) => {
    const circuit = was ?? untouched;
    if (key !== undefined && "by" in circuit.state) {
      if (circuit.state.key === key || circuit.state.until > clock.now()) return undefined;
    }
    const state = { kind: to, until: clock.now() + toMs(lease), by, why, ...(key !== undefined && { key }) };
    return { body: toBody(force(circuit, state)) };
  });
  return written ?? untouched;
}

/** Ends what was forced; with a `key`, only what that step has forced. Nothing forced: nothing happens. */
export async function releaseCircuit(
  table: Table,
  name: string,
  { key }: { readonly key?: string } = {},
  clock: Clock = systemClock,
): Promise<void> {
  await change(table, circuitKey(name), stored, (was) => {
    if (!was || (key !== undefined && (!("key" in was.state) || was.state.key !== key))) return undefined;
    const released = release(was, clock.now());
    return released && { body: toBody(released) };
  });
}

/** The circuit as it is in the table, also what was forced and is over by now. */
export async function storedCircuit(table: Table, name: string): Promise<Circuit> {
  const item = await table.get(circuitKey(name));
  return item ? readCircuit(item) : untouched;
}

/** The circuit as it is in the table, its forced state ended if its time is over. For the bot and for people. */
export async function lookAtCircuit(table: Table, name: string, clock: Clock = systemClock): Promise<Circuit> {
  const circuit = await storedCircuit(table, name);
  return { ...circuit, state: stateAt(circuit, clock.now()) };
}
