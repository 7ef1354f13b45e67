import { toMs } from "../../src/clock.ts";
import { inWords } from "../../src/engine/make-plan.ts";
import { type Ended, remediate, runbookOf } from "../../src/engine/remediate.ts";
import type { Steps } from "../../src/engine/steps.ts";
import type { World } from "../../src/engine/world.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { actionsOf, type StoredPlan } from "../../src/runbook/plan.ts";
import type { Settings } from "../../src/settings.ts";

/** What the bot would have done. The words that an outcome has are the outcome it would have ended with. */
export type Decision = "act" | "ask" | "observe" | "skipped" | "refused" | "expired" | "escalated";

export interface Rehearsed {
  readonly decision: Decision;
  /** A sentence. */
  readonly why: string;
  readonly plan?: StoredPlan;
}

/**
 * Lets the engine remediate an incident up to the point where it would change something or ask somebody, and no further.
 *
 * Gates, plan, limits and locks are the engine's own, in its own order. What is known of an incident afterwards is what
 * would be: one that would be acted on lasts as long as its plan, one that people are asked about as long as they have.
 */
export async function rehearse(world: World, id: string): Promise<Rehearsed> {
  const at = world.clock.now();
  const decided = new Error("the decision is made, and a rehearsal goes no further");
  const { runbook } = await world.incidents.get(id);
  const steps = stepsUntil(world, id, decided);
  const ended = await remediate(world, steps, runbookOf(world, runbook), id).catch((error: unknown): undefined => {
    if (error !== decided) throw error;
  });
  const incident = await world.incidents.get(id);
  const { plan } = incident;
  const told = decisionOf(world, incident, ended);
  if (plan && (told.decision === "act" || told.decision === "ask"))
    await suppose(world, incident, plan, told.decision, at);
  return { ...told, ...(plan && { plan }) };
}

/** Steps that run everything up to the decision, and throw `decided` at what comes after it. */
function stepsUntil(world: World, id: string, decided: Error): Steps {
  const halt = (): never => {
    throw decided;
  };
  return {
    execution: `replay-${id}`,
    async atLeastOnce(_, body) {
      const { phase } = await world.incidents.get(id);
      return phase.state === "acting" ? halt() : await body();
    },
    atMostOnce: halt,
    sleep: halt,
    waitForPeople: halt,
  };
}

function decisionOf(
  { settings }: World,
  { runbook, plan }: Incident,
  ended: Ended | undefined,
): Omit<Rehearsed, "plan"> {
  if (!ended) {
    const { autonomy, approvalMinutes } = settings;
    if (autonomy[runbook] === "auto")
      return { decision: "act", why: `${runbook} is set to auto, and no gate or limit is against it` };
    const may = approversOf(settings, runbook);
    const who =
      may.length > 0
        ? `${may.join(" or ")} may decide, within ${inWords({ minutes: approvalMinutes })}`
        : "but nobody may decide";
    return { decision: "ask", why: `${runbook} is set to approve: ${who}` };
  }
  const { outcome, why } = ended;
  // With a plan and without a reason against it, only `observe` ends here.
  if (outcome === "skipped" && plan) {
    const set = settings.autonomy[runbook] ? "is set to observe" : "has no autonomy in the settings, so it observes";
    return { decision: "observe", why: `${runbook} ${set}` };
  }
  // What acts has acted by then: these two do not come out of a decision.
  return { decision: outcome === "healed" || outcome === "undone" ? "act" : outcome, why };
}

/** Who may decide about a runbook, by name. */
export const approversOf = ({ approvers }: Settings, runbook: string): string[] =>
  approvers.filter(({ may }) => may.includes("*") || may.includes(runbook)).map(({ name }) => name);

/** Goes on as if the plan had helped, or as if nobody had decided, so that later trouble finds the world it would find. */
async function suppose(
  world: World,
  { id }: Incident,
  plan: StoredPlan,
  decision: "act" | "ask",
  at: number,
): Promise<void> {
  const until = at + (decision === "act" ? lengthOf(plan) : toMs({ minutes: world.settings.approvalMinutes }));
  const targets = actionsOf(plan).flatMap(({ touches }) => touches);
  await world.ledger.release(targets, id);
  await world.ledger.lock(targets, id, until);
  const outcome = decision === "act" ? "healed" : "refused";
  await world.incidents.update(id, (was) => ({
    ...was,
    ...(decision === "act" && { firstActionAt: at }),
    phase: { state: "closed", outcome, why: "replayed", at: until },
  }));
}

/** How long a plan lasts at most, its leases included, in milliseconds. */
function lengthOf({ steps }: StoredPlan): number {
  const leases = steps.flatMap((step) => (step.kind === "action" && step.lease ? [toMs(step.lease)] : []));
  const waits = steps.map((step) =>
    step.kind === "wait" ? toMs(step.for) : step.kind === "until" ? toMs(step.within) : 0,
  );
  return waits.reduce((sum, ms) => sum + ms, 0) + Math.max(0, ...leases);
}
