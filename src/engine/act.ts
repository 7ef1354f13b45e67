import { readFailure } from "../aws/failure.ts";
import { toMs } from "../clock.ts";
import type { Json } from "../json.ts";
import type { ActionDefinition } from "../runbook/action.ts";
import type { StoredAction } from "../runbook/plan.ts";
import { haltGate, scopesOf } from "./gates.ts";
import type { Steps } from "./steps.ts";
import { tell } from "./tell.ts";
import type { World } from "./world.ts";

/**
 * Why a plan must stop before its next action: people have halted it, somebody else has taken the incident over, a person
 * wants everything back, or the deadline has passed.
 */
export type Stopped = "halted" | "lost" | "undo" | "late";

/** What became of an action. */
export type Acted =
  | { readonly kind: "done"; readonly out: Json }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: Stopped; readonly why: string };

/** How often an action is tried when it certainly did not happen. */
const attemptsMax = 3;

type Earlier = { readonly action: string; readonly out: Json }[];
type Ready =
  | {
      readonly go: true;
      readonly before: Json;
      readonly earlier: Earlier;
      readonly scopes: readonly string[];
      readonly leaseUntil?: number;
    }
  | { readonly go: false; readonly kind: "unseen" | Exclude<Stopped, "halted">; readonly why: string };
type DoResult =
  | { readonly result: "done"; readonly out: Json; readonly at?: number; readonly tookMs?: number }
  | { readonly result: "not-applied"; readonly retryable: boolean; readonly why: string }
  | { readonly result: "halted"; readonly why: string; readonly unreadable?: true }
  | { readonly result: "unknown"; readonly why: string };

/**
 * Runs one action of a plan: way back, gate, change, and where the outcome is unknown a look before anything else.
 *
 * The gate is asked in the same breath as the change: between two steps a sandbox may die and minutes may pass.
 * The change itself begins at most once per attempt, and a new attempt is made only after it is certain that the last
 * one did nothing. A halt switch that cannot be read is asked again as often, because that may pass.
 *
 * `turn` names a second go at the same action, such as after a halt; the steps of an execution have names of their own.
 */
export async function act(
  world: World,
  steps: Steps,
  incident: string,
  action: ActionDefinition,
  planned: StoredAction,
  index: number,
  turn = "",
): Promise<Acted> {
  const key = `${incident}-${index}`;
  const params = planned.params;
  let last = "it did not happen";
  let isRecorded = false;
  let isInDoubt = false;
  const look = (name: string, before: Json) =>
    steps.atLeastOnce(name, async () => {
      const found = await action.probe({ params, aws: world.reading, key, before });
      return found.applied ? { applied: true as const, out: plain(found.out) } : { applied: false as const };
    });
  let before: Json = null;
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const name = `${index} ${planned.action}${turn}${attempt === 1 ? "" : ` #${attempt}`}`;
    const ready = await steps.atLeastOnce(`ready ${name}`, () => prepare(world, incident, action, planned, index, key));
    if (!ready.go && ready.kind !== "unseen") return { kind: ready.kind, why: ready.why };
    if (!ready.go) {
      last = ready.why;
      if (attempt < attemptsMax) await steps.sleep(`pause ${name}`, pauseMs(attempt));
      continue;
    }
    isRecorded = true;
    ({ before } = ready);

    const tried = await steps.atMostOnce<DoResult>(`do ${name}`, async () => {
      const gate = await haltGate(world, ready.scopes);
      if (!gate.open) return { result: "halted", why: gate.why, ...(gate.unreadable && { unreadable: true }) };
      const at = world.clock.now();
      try {
        const { earlier, leaseUntil } = ready;
        const about = { params, key, before, earlier, incident, now: at, ...(leaseUntil && { leaseUntil }) };
        const out = plain(await action.do({ ...about, aws: world.acting }));
        return { result: "done", out, at, tookMs: world.clock.now() - at };
      } catch (error) {
        const { kind, ...failure } = readFailure(error);
        return { result: kind, retryable: false, ...failure };
      }
    });
    let result: DoResult = tried.kind === "ended" ? tried.value : { result: "unknown", why: tried.why };

    // The same again, with the same key, answers what the first call did.
    if (result.result === "unknown") isInDoubt = true;
    if (result.result === "unknown" && action.keyed && attempt < attemptsMax) {
      result = { result: "not-applied", retryable: true, why: result.why };
    }
    if (result.result === "unknown") {
      const { why } = result;
      await steps.sleep(`let land ${name}`, landsWithinMs);
      const probed = await look(`probe ${name}`, before);
      result = probed.applied ? { result: "done", out: probed.out } : { result: "not-applied", retryable: true, why };
    }
    if (result.result === "done") {
      const { out, at, tookMs } = result;
      await steps.atLeastOnce(`note ${name}`, () => settle(world, incident, planned, index, { out, at, tookMs }));
      return await verify(world, steps, action, planned, index, out, turn);
    }
    if (result.result === "halted" && result.unreadable && attempt < attemptsMax) {
      await steps.sleep(`pause ${name}`, pauseMs(attempt));
      continue;
    }
    if (result.result === "halted") {
      const { why } = result;
      const late = isInDoubt ? await look(`look again ${name}`, before) : { applied: false as const };
      await steps.atLeastOnce(`note ${name} halted`, () =>
        late.applied
          ? settle(world, incident, planned, index, late)
          : world.journal.settle(incident, index, { state: "not-done" }),
      );
      return { kind: "halted", why };
    }
    last = result.why;
    if (result.result === "not-applied" && !result.retryable) break;
    if (attempt < attemptsMax) await steps.sleep(`pause ${name}`, pauseMs(attempt));
  }
  // An attempt of which nobody knew may have worked late, and a later one been refused because of it.
  if (isInDoubt) {
    const late = await look(`look again ${index}${turn}`, before);
    if (late.applied) {
      await steps.atLeastOnce(`note ${index}${turn} after all`, () => settle(world, incident, planned, index, late));
      return await verify(world, steps, action, planned, index, late.out, turn);
    }
  }
  await steps.atLeastOnce(`note ${index}${turn} failed`, async () => {
    if (isRecorded) await world.journal.settle(incident, index, { state: "not-done" });
    await tell(world, incident, `failed ${index}`, `Could not ${planned.does}: ${last}`);
  });
  return { kind: "failed", why: `could not ${planned.does}: ${last}` };
}

/** What was on its way when its connection or its sandbox was lost lands within the request timeout of 5 s. */
const landsWithinMs = 6_000;

/** Between two attempts, doubling. */
const pauseMs = (attempt: number): number => 1_000 * 2 ** (attempt - 1);

/** Whose incident it is, the state found, and the way back, written down. Bears repeating. */
async function prepare(
  world: World,
  incident: string,
  action: ActionDefinition,
  planned: StoredAction,
  index: number,
  key: string,
): Promise<Ready> {
  const [found, looked] = await Promise.all([world.incidents.get(incident), lookBefore(world, action, planned)]);
  if (found.phase.state === "undoing" || found.phase.state === "closed") {
    return { go: false, kind: "lost", why: "this incident has been taken over" };
  }
  if (found.undo) return { go: false, kind: "undo", why: `${found.undo.name} wants it back` };
  // What bounds a change that was begun in time is not cut off by it.
  if (found.deadlineAt !== undefined && !planned.required && world.clock.now() >= found.deadlineAt) {
    return { go: false, kind: "late", why: `"${planned.does}" would come too late` };
  }
  if ("why" in looked) return { go: false, kind: "unseen", why: looked.why };
  const { action: id, params: stored, does } = planned;
  const { entry, earlier } = await world.journal.intend(incident, {
    step: index,
    action: id,
    params: stored,
    key,
    before: looked.before,
    does,
    ...(planned.lease && { leaseUntil: world.clock.now() + toMs(planned.lease) }),
  });
  return {
    go: true,
    before: entry.before,
    scopes: scopesOf(found),
    earlier: earlier.filter(({ state }) => state === "done").map(({ action, out }) => ({ action, out })),
    ...(entry.leaseUntil && { leaseUntil: entry.leaseUntil }),
  };
}

/** The state that the undo would restore. What cannot be seen is not changed: that is an answer, and the plan decides. */
async function lookBefore(
  world: World,
  action: ActionDefinition,
  { params }: StoredAction,
): Promise<{ readonly before: Json } | { readonly why: string }> {
  try {
    return { before: plain(action.before ? await action.before({ params, aws: world.reading }) : null) };
  } catch (error) {
    return { why: `the state before it cannot be read: ${readFailure(error).why}` };
  }
}

async function settle(
  world: World,
  incident: string,
  planned: StoredAction,
  index: number,
  { out, at, tookMs }: { out: Json; at?: number | undefined; tookMs?: number | undefined },
) {
  await world.incidents.update(incident, (was) =>
    was.firstActionAt === undefined ? { ...was, firstActionAt: at ?? world.clock.now() } : was,
  );
  await world.journal.settle(incident, index, { state: "done", out, ...(tookMs !== undefined && { tookMs }) });
  await tell(world, incident, `done ${index}`, `Done: ${planned.does}.`, { facts: { out } });
}

async function verify(
  world: World,
  steps: Steps,
  action: ActionDefinition,
  planned: StoredAction,
  index: number,
  out: Json,
  turn: string,
): Promise<Acted> {
  if (!action.verify) return { kind: "done", out };
  const { within, every, holds } = action.verify;
  const asks = Math.max(1, Math.ceil(toMs(within) / toMs(every)));
  for (let i = 1; i <= asks; i++) {
    const held = await steps.atLeastOnce(`verify ${index} ${planned.action}${turn} ${i}`, () =>
      holds({ params: planned.params, aws: world.reading, out }),
    );
    if (held) return { kind: "done", out };
    if (i < asks) await steps.sleep(`verify ${index}${turn} pause ${i}`, toMs(every));
  }
  return { kind: "failed", why: `${planned.does}: done, but its effect did not show` };
}

/** What a step may answer: plain JSON, checked before it is recorded, so that a replay sees what the first run saw. */
function plain(value: Json | undefined): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
