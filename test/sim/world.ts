import * as fc from "fast-check";
import { memoryTable } from "../../sim/memory-table.ts";
import type { Fault } from "../../sim/faults.ts";
import type { ServiceName } from "../../sim/operation.ts";
import { haltParameter } from "../../src/aws/switches.ts";
import type { Table } from "../../src/aws/table.ts";
import { type Entry, standing } from "../../src/engine/journal.ts";
import { requestUndo } from "../../src/engine/undo-request.ts";
import { sweep } from "../../src/engine/watch.ts";
import { ladder } from "../../src/settings.ts";
import { episodes, estate } from "../runbooks/all.ts";
import type { RunbookEpisode } from "../runbooks/episode.ts";
import { seedQueues } from "../runbooks/jobs.ts";
import { type AnyStack, type Answer, lightStack, type StackOptions, startMs } from "../support/stack.ts";

const seconds = (max: number) => fc.integer({ min: 1, max });

const answer = fc.record({
  verdict: fc.constantFrom("approved" as const, "approved" as const, "denied" as const),
  afterSeconds: seconds(2_000),
  by: fc.constantFrom("U0ALEX", "U0SAM", "U0NOBODY"),
  /** `episode`: what the runbook's episode calls less. */
  narrowing: fc.option(
    fc.oneof(
      fc.constant("episode" as const),
      fc.record({
        without: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
        leaseMinutes: fc.constantFrom(1, 10, 29, 31, 600),
        params: fc.constant({}),
      }),
    ),
    { nil: undefined, freq: 3 },
  ),
});

const faultKinds = ["lost-response", "reset-before", "throttle", "denied", "server-error"] as const;

/** What happens in one world: which trouble, how far the bot may go, what people do, where sandboxes die, and what AWS does. */
export const world = fc.record({
  trouble: fc.uniqueArray(
    fc.record({ runbook: fc.constantFrom(...episodes.map(({ runbook }) => runbook.id)), helps: fc.boolean() }),
    { minLength: 1, maxLength: 3, selector: ({ runbook }) => runbook },
  ),
  autonomy: fc.constantFrom(...ladder, "auto" as const, "auto" as const),
  limits: fc.record({
    changesPerHour: fc.constantFrom(3, 10, 200),
    usdPerHour: fc.constantFrom(1, 100),
    stormIncidents: fc.constantFrom(2, 50),
  }),
  /** Auto Scaling replaces spot instances by itself. */
  rebalances: fc.boolean(),
  answers: fc.array(answer, { maxLength: 3 }),
  undoAfter: fc.option(seconds(8_000), { nil: undefined }),
  halt: fc.option(
    fc.record({
      from: seconds(6_000),
      lasts: seconds(20_000),
      /** Of the first trouble's runbook alone, or of everything. */
      scoped: fc.boolean(),
      /** Set by a person, or a switch that cannot be read. */
      unreadable: fc.boolean(),
    }),
    { nil: undefined },
  ),
  /** Sandboxes die at these moments: two for each touch of the world and each record of a step, before it and after it. */
  deaths: fc.uniqueArray(fc.integer({ min: 0, max: 800 }), { maxLength: 3 }),
  faults: fc.array(
    fc.record({
      operation: fc.nat(),
      kind: fc.constantFrom(...faultKinds),
      times: fc.integer({ min: 1, max: 4 }),
      from: fc.constantFrom(0, 0, 30, 600, 3_600),
    }),
    { maxLength: 3 },
  ),
  /** How late each event is heard, in seconds, in turn; none: it is heard twice, or in the wrong order. */
  hears: fc.array(fc.constantFrom([0], [0], [90], [0, 45], [1, 1]), { minLength: 1, maxLength: 4 }),
  isDeaf: fc.boolean(),
});
export type Told = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** One command of the bot that may change something, and what of its journal stood when it was sent. */
export interface Sent {
  readonly at: number;
  readonly command: string;
  readonly execution: string;
  readonly standing: readonly Entry[];
}

/** A world after everything is over. */
export interface Over {
  readonly s: AnyStack;
  readonly sent: readonly Sent[];
  /** At how many moments a sandbox could have died. */
  readonly moments: number;
  /** What each episode showed before and shows now. */
  readonly shown: readonly { readonly episode: RunbookEpisode; readonly before: unknown; readonly after: unknown }[];
  readonly halted?: { readonly from: number; readonly to: number };
}

/** Every operation that the bot uses in any episode: trouble may wait at each. */
let operations: readonly string[] = [];
async function everyOperation(): Promise<readonly string[]> {
  if (operations.length > 0) return operations;
  const found = new Set<string>();
  const autonomy = Object.fromEntries(episodes.map(({ runbook }) => [runbook.id, "auto" as const]));
  for (const episode of episodes) {
    const s = lightStack({ settings: estate({ autonomy }), hears: () => [0] });
    seedQueues(s);
    await episode.seed(s, true);
    await episode.trouble(s);
    await s.runTo(episode.over);
    for (const { service, operation } of s.sim.calls) {
      if (operation !== "ReceiveMessage") found.add(`${service}:${operation}`);
    }
    s.close();
  }
  return (operations = [...found].sort());
}

/** Tells one world to its end, on whichever engine: when all trouble is over, and watch has looked. */
export async function tell(told: Told, stackOf: (options: StackOptions) => AnyStack = lightStack): Promise<Over> {
  const { autonomy, answers, deaths, hears, isDeaf, limits, undoAfter, halt } = told;
  const known = await everyOperation();
  const journals = new Map<string, readonly Entry[]>();
  const sent: Sent[] = [];
  let events = 0;
  let moments = 0;
  const trouble = told.trouble.map(({ runbook, helps }) => ({ episode: episodeOf(runbook), helps }));
  const s = stackOf({
    settings: estate({ autonomy: Object.fromEntries(episodes.map(({ runbook }) => [runbook.id, autonomy])), limits }),
    people: (_, { runbook, plan }): Answer[] =>
      answers.map(({ afterSeconds, narrowing, ...said }) => {
        const { less } = episodes.find((one) => one.runbook.id === runbook) ?? {};
        const wish = narrowing !== "episode" ? narrowing : plan && typeof less === "function" ? less(plan) : undefined;
        return {
          ...said,
          after: { seconds: afterSeconds },
          ...(wish && { narrowing: { without: [], params: {}, ...wish } }),
        };
      }),
    table: noting(journals),
    hears: () => (hears[events++ % hears.length] ?? []).map((late) => late * 1_000),
    isDeaf: () => isDeaf,
    onTouch: ({ ordinal, when }) => {
      const moment = 2 * (ordinal - 1) + (when === "after" ? 1 : 0);
      moments = Math.max(moments, moment + 1);
      return deaths.includes(moment) ? "crash" : undefined;
    },
    onActing: (command, execution) => {
      const entries = journals.get(incidentOf(execution)) ?? [];
      sent.push({ at: s.clock.now(), command, execution, standing: standing(entries) });
    },
  });
  seedQueues(s);
  for (const { episode, helps } of trouble) await episode.seed(s, helps);
  const group = s.sim.world.groups["gpu-workers"];
  if (group && told.rebalances) group.capacityRebalance = true;
  const before = new Map<RunbookEpisode, unknown>();
  for (const { episode } of trouble) before.set(episode, await episode.shows(s));
  for (const { operation, from, ...fault } of told.faults) {
    s.clock.at(startMs + from * 1_000, () => void s.sim.faults.add({ ...fault, ...named(known, operation) }));
  }
  for (const { episode } of trouble) await episode.trouble(s);
  const scope = halt?.scoped ? `runbook/${trouble[0]?.episode.runbook.id}` : undefined;
  const whatPeopleDo = [
    ...(undoAfter === undefined ? [] : [{ at: undoAfter, does: () => undoLatest(s) }]),
    ...(halt ? [{ at: halt.from, does: () => Promise.resolve(setHalt(s, halt.unreadable, scope)) }] : []),
    ...(halt ? [{ at: halt.from + halt.lasts, does: () => resume(s) }] : []),
  ].toSorted((a, b) => a.at - b.at);
  for (const { at, does } of whatPeopleDo) {
    await s.runTo({ seconds: at });
    await does();
  }
  await s.runTo({ hours: 14 });
  s.sim.faults.clear();
  // An execution that was lost in silence is found after a day.
  for (const hours of [14.5, 16, 18, 26, 27, 29, 31]) {
    await sweep(s.world);
    await s.runTo({ hours });
  }
  const shown: Over["shown"][number][] = [];
  for (const [episode, was] of before) shown.push({ episode, before: was, after: await episode.shows(s) });
  const from = startMs + (halt?.from ?? 0) * 1_000;
  const isWhole = halt && (halt.unreadable || !halt.scoped);
  return { s, sent, moments, shown, ...(isWhole && { halted: { from, to: from + halt.lasts * 1_000 } }) };
}

function episodeOf(id: string): RunbookEpisode {
  const found = episodes.find(({ runbook }) => runbook.id === id);
  if (!found) throw new Error(`there is no episode of ${id}`);
  return found;
}

const named = (known: readonly string[], index: number): Pick<Fault, "service" | "operation"> => {
  const [service, operation = ""] = (known[index % known.length] ?? "").split(":");
  return { service: service as ServiceName, operation };
};

/** The incident that an execution is about. */
export const incidentOf = (execution: string): string => /[0-9a-f]{12}-\d+/.exec(execution)?.[0] ?? "";

/** A table that tells what is in its journals at every moment. */
function noting(journals: Map<string, readonly Entry[]>): Table {
  const table = memoryTable();
  const note = (item: { pk: string; body: unknown }): void => {
    if (item.pk.startsWith("journal#")) {
      journals.set(item.pk.slice("journal#".length), (item.body as { entries: readonly Entry[] }).entries);
    }
  };
  return {
    ...table,
    async create(item) {
      const isWritten = await table.create(item);
      if (isWritten) note(item);
      return isWritten;
    },
    async replace(item) {
      const isWritten = await table.replace(item);
      if (isWritten) note(item);
      return isWritten;
    },
  };
}

async function undoLatest(s: AnyStack): Promise<void> {
  const [incident] = await s.world.incidents.recent(1);
  const alex = { id: "U0ALEX", team: "T0PARAMEDIC" };
  if (incident) await requestUndo(s.world, incident.id, alex, "it does not feel right");
}

let readable = (): void => {};
function setHalt({ sim }: AnyStack, unreadable: boolean, scope: string | undefined): void {
  if (unreadable) {
    const when = (input: unknown): boolean => JSON.stringify(input).includes(haltParameter);
    readable = sim.faults.add({ service: "ssm", operation: "GetParameter", kind: "denied", when });
    return;
  }
  const value = { by: "Sam", why: "release", ...(scope !== undefined && { scope }) };
  sim.seed.parameter({ name: haltParameter, value: JSON.stringify(value) });
}
async function resume({ sim }: AnyStack): Promise<void> {
  readable();
  readable = () => {};
  if (haltParameter in sim.world.parameters) await sim.call("ssm", "DeleteParameter", { Name: haltParameter });
}
