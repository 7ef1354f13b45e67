import { readFailure } from "../aws/failure.ts";
import { toMs } from "../clock.ts";
import { type Incident, isClosed, type Outcome } from "../incidents/incident.ts";
import { actionsOf, isLent, type StoredPlan, touchedBy, usdPerHourOf } from "../runbook/plan.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { type Autonomy, configuredAutonomy } from "../settings.ts";
import { openingGates, scopesOf } from "./gates.ts";
import type { Granted } from "./ledger.ts";
import { executionTimeout, makePlan } from "./make-plan.ts";
import { setPhase } from "./phase.ts";
import { tell } from "./tell.ts";
import type { World } from "./world.ts";

/** How a remediation ends. `page`: people have to know of it although it is neither `undone` nor `escalated`. */
export type End = { readonly end: Outcome; readonly why: string; readonly page?: boolean };

/** What people are asked before a plan is run. */
export interface Question {
  readonly silence: "refuses" | "goes";
  readonly lengthMs: number;
}

export type Decision =
  | { readonly kind: "go"; readonly plan: StoredPlan; readonly ask?: Question }
  /** A gate is closed, and there is no hurry: it is asked again later. */
  | { readonly kind: "held"; readonly why: string }
  | ({ readonly kind: "end" } & End);

/** Gates, plan, autonomy, limits and locks. Everything in here bears repeating. */
export async function decide(world: World, runbook: Runbook, id: string): Promise<Decision> {
  const end = (outcome: Outcome, why: string): Decision => ({ kind: "end", end: outcome, why });
  const incident = await world.incidents.get(id);
  if (isClosed(incident)) return end(incident.phase.outcome, incident.phase.why);
  if (incident.undo) return end("refused", `${incident.undo.name} does not want it`);
  const { deadlineAt, service } = incident;
  if (deadlineAt !== undefined && world.clock.now() >= deadlineAt) {
    return end("expired", `it reached us ${Math.round((world.clock.now() - deadlineAt) / 1000)} s too late`);
  }
  const [gate, allowed] = await Promise.all([
    openingGates(world, scopesOf(incident)),
    world.trust.allowed(runbook.id, service, configuredAutonomy(world.settings, runbook.id, service)),
  ]);
  const autonomy = rungOf(runbook, incident, allowed);
  if (!gate.open) return deadlineAt === undefined ? { kind: "held", why: gate.why } : end("refused", gate.why);

  let planned: Awaited<ReturnType<typeof makePlan>>;
  try {
    planned = await makePlan(world, runbook, incident);
  } catch (error) {
    const failure = readFailure(error);
    // What may pass is tried again by the engine; the rest is for people.
    if (failure.kind === "unknown" || failure.retryable) throw error;
    return end("escalated", `no plan could be made: ${failure.why}`);
  }
  if (planned.kind === "skip") return end("skipped", planned.why);

  const { plan } = planned;
  const does = actionsOf(plan).map((action) => action.does);
  if (autonomy === "observe" || autonomy === "propose") {
    await world.incidents.update(id, (was) => ({ ...was, plan }));
    const first = autonomy === "observe" ? "observing only; it would have" : "proposed, for people to do";
    return end("skipped", `${first}: ${does.join(", ")}`);
  }
  // The plan is stored before its targets are locked: whoever closes the incident frees what its plan names.
  await setPhase(world, id, { state: "planning" }, { plan, autonomy });
  const reserved = await reserve(world, runbook, incident, plan);
  if (!reserved.granted) return { ...end("refused", reserved.why), ...(reserved.page && { page: true }) };

  const ask = questionOf(world, runbook, plan, autonomy, deadlineAt);
  await Promise.all([
    !ask && setPhase(world, id, { state: "acting" }),
    tell(world, id, `plan ${plan.hash}`, [`Plan: ${does.join("; ")}.`, ...consentInWords(plan, autonomy)].join(" ")),
    rememberNames(world, incident, planned.names),
  ]);
  return { kind: "go", plan, ...(ask && { ask }) };
}

/**
 * What a person has asked for has no measurement behind it, which is what `veto` and `auto` were granted for: it is always
 * proposed, and somebody else approves it. Without autonomy it stays a proposal. The fast lane has no time to ask.
 */
function rungOf({ definition }: Runbook, { requestedBy }: Incident, allowed: Autonomy): Autonomy {
  if (requestedBy === undefined || definition.lane === "fast") return allowed;
  if (allowed === "observe") return "propose";
  return allowed === "propose" ? allowed : "approve";
}

/** Why people are asked more or less than the rung says. */
const consentInWords = ({ consent }: StoredPlan, autonomy: Autonomy): string[] =>
  consent && autonomy === "veto" ? [`${consent.why}.`] : [];

/** Whether people are asked, how long they have, and what their silence means. */
function questionOf(
  { settings, clock }: World,
  { definition }: Runbook,
  plan: StoredPlan,
  autonomy: Autonomy,
  deadlineAt = Infinity,
): Question | undefined {
  const leftMs = deadlineAt - clock.now();
  const twoHaveTo = definition.risk === "high";
  if (autonomy === "auto" && !twoHaveTo) return undefined;
  const needs = plan.consent?.needs;
  if (autonomy === "veto" && !twoHaveTo && needs === "none" && isLent(plan)) return undefined;
  // After the deadline there is nothing left to decide about.
  if (autonomy === "approve" || twoHaveTo || needs === "a-yes") {
    return { silence: "refuses", lengthMs: Math.min(toMs({ minutes: settings.approvalMinutes }), leftMs) };
  }
  // What has a deadline needs most of it for acting.
  return { silence: "goes", lengthMs: Math.min(toMs({ minutes: settings.vetoMinutes }), leftMs / 4) };
}

/** Events that speak of the root resource by another name find the incident too. A courtesy: nothing depends on it. */
async function rememberNames(world: World, { id, root }: Incident, names: readonly string[]): Promise<void> {
  try {
    await Promise.all(names.map((name) => world.incidents.alias(name, root)));
  } catch (error) {
    world.log("warn", "what else the incident is about cannot be remembered", { incident: id, error: String(error) });
  }
}

/** Limits and locks, in order; the first that refuses says why. Reserving twice for one incident counts once. */
async function reserve(world: World, runbook: Runbook, incident: Incident, plan: StoredPlan): Promise<Granted> {
  const { limit } = runbook.definition;
  const { id, root, partOf: whole = id } = incident;
  const overLimit = async (refusal: Extract<Granted, { granted: false }>): Promise<Granted> => {
    await world.incidents.update(id, (was) => ({ ...was, overLimit: true }));
    return { ...refusal, why: `limit: ${refusal.why}` };
  };
  const run = await world.ledger.countRun(runbook.id, limit, id, whole);
  if (!run.granted) return await overLimit(run);
  if (limit.share !== undefined && plan.fleet) {
    const share = await world.ledger.countShare(plan.fleet, { ...limit, share: limit.share }, id, [root]);
    if (!share.granted) return await overLimit(share);
  }
  const wants = { changes: actionsOf(plan).length, usdPerHour: usdPerHourOf(plan) ?? 0 };
  const all = await world.ledger.countOverall(wants, id, whole);
  if (!all.granted) return await overLimit(all);
  const targets = touchedBy(plan);
  // What only an earlier proposal wanted is free for others.
  const dropped = incident.plan ? touchedBy(incident.plan).filter((target) => !targets.includes(target)) : [];
  await world.ledger.release(dropped, id);
  return await world.ledger.lock(targets, id, world.clock.now() + toMs(executionTimeout));
}
