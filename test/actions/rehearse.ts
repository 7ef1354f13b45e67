import { haltParameter } from "../../src/aws/switches.ts";
import { toMs } from "../../src/clock.ts";
import { Ended, plainSteps } from "../support/plain-steps.ts";
import type { ActionCase, ChangingCall, Happening, Rehearsal } from "./action-case.ts";
import type { Seen } from "./seen.ts";
import { type Stage, stageOf } from "./stage.ts";
import type { Trouble } from "./troubles.ts";

/** Plays one action through one kind of trouble. Every rehearsal has a world of its own. */
export async function rehearse(one: ActionCase, trouble: Trouble): Promise<Seen | { readonly cannot: string }> {
  const it = await one.rehearse();
  if (it.isDone() || !it.isBack()) throw new Error(`${one.action.id} begins where it should end: look at its case`);
  const stage = await stageOf(one, it);
  try {
    return await play(it, stage, trouble);
  } finally {
    stage.close();
  }
}

async function play(it: Rehearsal, stage: Stage, trouble: Trouble): Promise<Seen | { readonly cannot: string }> {
  const { sim } = it;
  const { clock, action } = stage;
  if (trouble.onTheWayBack && typeof action.undo !== "function") return { cannot: `no undo: ${action.undo.nothing}` };
  const planned = trouble.happens && it[trouble.happens];
  if (planned && "cannot" in planned) return planned;

  const restlessLooks: string[] = [];
  let attempts = 0;
  let seenUpTo = 0;
  const onStep = (name: string): void => {
    const since = sim.calls.slice(seenUpTo);
    seenUpTo = sim.calls.length;
    if (name.startsWith("do ")) attempts += 1;
    if (/^(do|undo) /.test(name)) return;
    restlessLooks.push(...since.filter(({ mutating }) => mutating).map(({ operation }) => `${name}: ${operation}`));
  };
  const steps = (fate?: Trouble["fate"]) => {
    seenUpTo = sim.calls.length;
    return plainSteps(clock, {
      onStep,
      twice: trouble.twice ?? false,
      fate: (name) => (name.endsWith("#2") || name.endsWith("#3") ? undefined : fate),
    });
  };
  const faults = (call: ChangingCall | undefined, on: Trouble["faults"] = []): void => {
    if (call) for (const fault of on) sim.faults.add({ ...call, ...fault });
  };
  const settle = (): void => clock.advance(toMs(it.settles ?? {}));

  if (trouble.happens !== "theirs") await come(planned);
  if (trouble.happens === "already" && !it.isDone()) throw new Error(`${action.id}: its "already" does not do it`);
  const beforeAll = sim.calls.length;
  faults(it.change, trouble.onTheWayBack ? [] : trouble.faults);
  let acted: Seen["acted"];
  try {
    acted = await stage.act(steps(trouble.fate));
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    acted = { kind: "ended" };
  }
  sim.faults.clear();
  settle();
  const forth = { ...countOf(it, it.change, beforeAll), isDone: it.isDone() };
  const entry = await stage.entry();

  const met = sim.calls.length;
  if (trouble.happens === "theirs") {
    await come(planned);
    if (!it.isTheirs()) throw new Error(`${action.id}: its "theirs" does not change anything`);
  }
  const beforeUndo = sim.calls.length;
  faults(it.back, trouble.onTheWayBack ? trouble.faults : []);
  const undone = await stage.undo(steps());
  sim.faults.clear();
  settle();
  const back = countOf(it, it.back, beforeUndo);
  const after = { isDoneStill: it.isDone(), isBack: it.isBack(), isTheirs: it.isTheirs() };
  if (undone.stuck.length > 0) {
    await stage.undo(steps());
    settle();
  }
  const ours = [...sim.calls.slice(beforeAll, met), ...sim.calls.slice(beforeUndo)].filter(
    ({ input }) => !isHalt(input),
  );
  return {
    action,
    acted,
    attempts,
    ...forth,
    entry: entry?.state,
    undone,
    backTries: back.tries,
    backs: back.changes,
    ...after,
    isBackLater: it.isBack(),
    story: await stage.story(),
    undeclared: ours.map(({ permission }) => permission).filter((name) => !action.permissions.includes(name)),
    restlessLooks,
  };
}

/** The gate before every change is no part of the action. */
const isHalt = (input: unknown): boolean => JSON.stringify(input).includes(haltParameter);

async function come(happening: Happening | undefined): Promise<void> {
  if (typeof happening === "function") await happening();
}

/** How often a call was made since then, and how often any call of ours changed something. */
function countOf({ sim }: Rehearsal, call: ChangingCall | undefined, since: number) {
  const ours = sim.calls.slice(since).filter(({ mutating }) => mutating);
  return {
    tries: ours.filter(({ service, operation }) => service === call?.service && operation === call.operation).length,
    changes: ours.filter(({ changed }) => changed).length,
  };
}
