import { toMs } from "../../src/clock.ts";
import { openingGates, scopesOf } from "../../src/engine/gates.ts";
import { inWords } from "../../src/engine/in-words.ts";
import type { Ended } from "../../src/engine/finish.ts";
import { remediate, runbookOf } from "../../src/engine/remediate.ts";
import { calledBy, deciders } from "../../src/engine/people.ts";
import type { Steps } from "../../src/engine/steps.ts";
import type { World } from "../../src/engine/world.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { actionsOf, type StoredPlan } from "../../src/runbook/plan.ts";
import { type Autonomy, configuredAutonomy, type Settings } from "../../src/settings.ts";

/**
 * What the bot would have done. `veto`: act unless somebody objects; `held`: wait until a gate opens; the words that an
 * outcome has are the outcome it would have ended with.
 */
export type Decision =
  | "act"
  | "ask"
  | "veto"
  | "propose"
  | "observe"
  | "held"
  | "skipped"
  | "refused"
  | "expired"
  | "escalated";

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
  const { runbook } = await world.incidents.get(id);
  const steps = stepsUntilDecided(world, id);
  const came = await remediate(world, steps, runbookOf(world, runbook), id).catch((error: unknown) => {
    if (error instanceof Decided) return error;
    throw error;
  });
  const incident = await world.incidents.get(id);
  const { plan } = incident;
  const told = came instanceof Decided ? await whatNext(world, incident, came.next) : endOf(world, incident, came);
  if (plan && (told.decision === "act" || told.decision === "ask" || told.decision === "veto"))
    await suppose(world, incident, plan, told.decision, at);
  return { ...told, ...(plan && { plan }) };
}

/** Thrown where a rehearsal goes no further, with what would come next. */
class Decided extends Error {
  readonly next: "acts" | "asks" | "waits";
  constructor(next: Decided["next"]) {
    super(`the decision is made: it ${next}`);
    this.next = next;
  }
}

/** Steps that run everything up to the decision. Before anything is done, only a closed gate lets an execution sleep. */
function stepsUntilDecided(world: World, id: string): Steps {
  const decided = (next: Decided["next"]) => (): never => {
    throw new Decided(next);
  };
  return {
    execution: `replay-${id}`,
    async atLeastOnce(_, body) {
      const { phase } = await world.incidents.get(id);
      return phase.state === "acting" ? decided("acts")() : await body();
    },
    atMostOnce: decided("acts"),
    sleep: decided("waits"),
    waitForPeople: decided("asks"),
  };
}

async function whatNext(
  world: World,
  incident: Incident,
  next: Decided["next"],
): Promise<{ decision: Decision; why: string }> {
  const { settings } = world;
  const { runbook } = incident;
  const rung = rungOf(settings, incident);
  switch (next) {
    case "acts":
      return { decision: "act", why: `${runbook} is set to ${rung}, and no gate or limit is against it` };
    case "waits": {
      const gate = await openingGates(world, scopesOf(incident));
      return { decision: "held", why: gate.open ? "a gate was closed" : gate.why };
    }
    case "asks": {
      if (rung === "veto")
        return {
          decision: "veto",
          why: `${runbook} is set to veto: ${inWords({ minutes: settings.vetoMinutes })} to object`,
        };
      const may = approversOf(settings, runbook);
      const who =
        may.length > 0
          ? `${may.join(" or ")} may decide, within ${inWords({ minutes: settings.approvalMinutes })}`
          : "but nobody may decide";
      return { decision: "ask", why: `${runbook} is set to ${rung}: ${who}` };
    }
  }
}

function endOf({ settings }: World, incident: Incident, { outcome, why }: Ended): { decision: Decision; why: string } {
  const { runbook, plan } = incident;
  // With a plan and without a reason against it, only `observe` and `propose` end here.
  if (outcome === "skipped" && plan) {
    const rung = rungOf(settings, incident);
    const set = settings.autonomy[runbook] ? `is set to ${rung}` : "has no autonomy in the settings, so it observes";
    return { decision: rung === "propose" ? "propose" : "observe", why: `${runbook} ${set}` };
  }
  // What acts has acted by then: these two do not come out of a decision.
  return { decision: outcome === "healed" || outcome === "undone" ? "act" : outcome, why };
}

/** The rung that the engine has found for the incident; the one in the settings, if it ended before that. */
const rungOf = (settings: Settings, { autonomy, runbook, service }: Incident): Autonomy =>
  autonomy ?? configuredAutonomy(settings, runbook, service);

/** Who may decide about a runbook, by name. */
export const approversOf = (settings: Settings, runbook: string): string[] =>
  deciders(settings, { runbook }).map(calledBy);

/** Goes on as if the plan had helped, or as if nobody had decided, so that later trouble finds the world it would find. */
async function suppose(
  world: World,
  { id }: Incident,
  plan: StoredPlan,
  decision: "act" | "ask" | "veto",
  at: number,
): Promise<void> {
  const until = at + (decision !== "ask" ? lengthOf(plan) : toMs({ minutes: world.settings.approvalMinutes }));
  const targets = actionsOf(plan).flatMap(({ touches }) => touches);
  await world.ledger.release(targets, id);
  await world.ledger.lock(targets, id, until);
  const outcome = decision !== "ask" ? "healed" : "refused";
  await world.incidents.update(id, (was) => ({
    ...was,
    ...(decision !== "ask" && { firstActionAt: at }),
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
