import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { dynamoTable } from "../aws/table.ts";
import { BotError } from "../bot-error.ts";
import type { State } from "../client/circuit/machine.ts";
import { forceCircuit as force, releaseCircuit, storedCircuit } from "../client/circuit/stored.ts";
import type { Json } from "../json.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const params = z.object({ table: z.string(), circuit: z.string(), reason: z.string() });
type Params = z.infer<typeof params>;

/** For a plan that says no lease: after a minute one call probes, and while that fails callers keep it open by themselves. */
const openMsUnlessSaid = 60_000;

const stateOf = async (aws: Aws, { table, circuit }: Params): Promise<State> =>
  (await storedCircuit(dynamoTable(aws.dynamodb, table), circuit)).state;

const isOurs = (state: State, key: string): boolean => "by" in state && state.key === key;

/** What somebody holds it in, if anybody does: the rest changes by itself with every call. */
const willIn = (state: State): Json => ("by" in state ? { kind: state.kind, by: state.by, until: state.until } : null);

/**
 * Opens a circuit that workloads share: none of them calls what is behind it until the end of the lease, and then one
 * call of all probes it, before 1, 10, 50 and all of a hundred calls go again (`paramedic/client`).
 *
 * The item says when it ends, so that nothing stays open even if nobody ever undoes it; the undo lets the probe come
 * sooner. What a person has forced is left alone: open already is as good as done, anything else is their will.
 */
export const forceCircuit = defineAction({
  id: "circuit.force",
  summary: ({ circuit }) => `open the circuit ${circuit}`,
  params,
  permissions: ["dynamodb:GetItem", "dynamodb:PutItem"],
  touches: ({ circuit }) => [resource.circuit(circuit)],
  takes: { seconds: 1 },
  before: async ({ params, aws }) => ({ forced: willIn(await stateOf(aws, params)) }),
  do: async ({ params: { table, circuit, reason }, aws, key, leaseUntil, now }) => {
    const until = leaseUntil ?? now + openMsUnlessSaid;
    const { state } = await force(
      dynamoTable(aws.dynamodb, table),
      circuit,
      { to: "forced-open", lease: { seconds: (until - now) / 1_000 }, by: "paramedic", why: reason, key },
      { now: () => now },
    );
    if (!isOurs(state, key) && state.kind !== "forced-open")
      throw new BotError("store_conflict", `opening ${circuit}: somebody holds it ${state.kind}`);
    return { opened: isOurs(state, key) };
  },
  probe: async ({ params, aws, key }) =>
    isOurs(await stateOf(aws, params), key) ? { applied: true, out: { opened: true } } : { applied: false },
  undo: ({ params: { table, circuit }, aws, key, now }) =>
    releaseCircuit(dynamoTable(aws.dynamodb, table), circuit, { key }, { now: () => now }),
});
