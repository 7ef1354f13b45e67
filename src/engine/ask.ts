import { pricesOf } from "../prices.ts";
import type { Incident } from "../incidents/incident.ts";
import { type StoredPlan, touchedBy } from "../runbook/plan.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Approval } from "./approvals.ts";
import type { End, Question } from "./decide.ts";
import { haltGate, scopesOf } from "./gates.ts";
import { inWords } from "./in-words.ts";
import { makePlan } from "./make-plan.ts";
import { narrowPlan } from "./narrow.ts";
import { setPhase } from "./phase.ts";
import type { Steps } from "./steps.ts";
import { showIncident, tell } from "./tell.ts";
import type { World } from "./world.ts";

/** What came of asking people. `stale`: the world has moved meanwhile, and the plan has to be made again. */
export type Answer =
  | { readonly kind: "go"; readonly plan: StoredPlan }
  | { readonly kind: "stale" }
  | ({ readonly kind: "end" } & End);

/**
 * Puts a plan before people and waits for their word, or for the time to pass. What they approve is bound to the plan's
 * hash; it is looked up anew before it is used, and used once.
 */
export async function askPeople(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
  plan: StoredPlan,
  proposal: number,
  { silence, lengthMs }: Question,
): Promise<Answer> {
  const length = { seconds: Math.ceil(lengthMs / 1000) };
  await steps.waitForPeople(
    `ask ${proposal}`,
    async (callbackId) => {
      const { requestedBy, service } = await world.incidents.get(id);
      const asked = await world.approvals.ask({
        incident: id,
        ...(requestedBy !== undefined && { requestedBy }),
        runbook: runbook.id,
        ...(service !== undefined && { service }),
        planHash: plan.hash,
        callbackId,
        until: world.clock.now() + lengthMs,
        silence,
        needs: runbook.definition.risk === "high" ? 2 : 1,
      });
      await setPhase(world, id, { state: "waiting", approvalId: asked.id, until: asked.until });
      const said =
        silence === "goes"
          ? `Going ahead in ${inWords(length)} unless somebody objects.`
          : `Asked for approval; there are ${inWords(length)} to decide.`;
      await tell(world, id, `asked ${asked.id}`, said);
      await showIncident(world, id);
    },
    lengthMs,
  );
  return await steps.atLeastOnce(`answer ${proposal}`, async (): Promise<Answer> => {
    const incident = await world.incidents.get(id);
    if (incident.phase.state !== "waiting") return afterAnswer(incident);
    const { approvalId } = incident.phase;
    // Whoever decides in the last moment either is heard or is told that it is too late, never both.
    const asked = await world.approvals.withdraw(approvalId);
    const refusal = await refusalIn(world, id, approvalId, asked, inWords(length));
    if (refusal) return refusal;

    const gate = await haltGate(world, scopesOf(incident));
    if (!gate.open) return { kind: "end", end: "refused", why: gate.why };
    const again = await makePlan(world, runbook, incident);
    if (again.kind === "skip") return { kind: "end", end: "skipped", why: `approved, but by now ${again.why}` };
    if (again.plan.hash !== plan.hash) {
      const said = "The situation has changed since this was proposed. Proposing again.";
      await tell(world, id, `stale ${approvalId}`, said);
      await setPhase(world, id, { state: "planning" });
      return { kind: "stale" };
    }
    const agreed = await narrowed(world, runbook, id, plan, asked);
    if (agreed.kind !== "go") return agreed;
    if (asked?.decision && !(await world.approvals.redeem(approvalId, steps.execution, plan.hash))) {
      return { kind: "end", end: "refused", why: "the approval had been used already" };
    }
    await setPhase(world, id, { state: "acting" }, { plan: agreed.plan });
    return agreed;
  });
}

/** Writes down what people said, and answers the end if it was no, or if silence means no. */
async function refusalIn(
  world: World,
  id: string,
  approvalId: string,
  asked: Approval | undefined,
  length: string,
): Promise<({ kind: "end" } & End) | undefined> {
  if (!asked?.decision) {
    if (asked?.silence === "goes") {
      await tell(world, id, `silence ${approvalId}`, `Nobody objected within ${length}.`);
      return undefined;
    }
    const more = asked && asked.assents.length > 0 ? `; it has to be approved by ${asked.needs} people` : "";
    return { kind: "end", end: "refused", why: `nobody decided within ${length}${more}` };
  }
  const { name, verdict, at, why, by, groups } = asked.decision;
  const who = verdict === "denied" ? name : [...asked.assents.map((assent) => assent.name), name].join(" and ");
  await world.incidents.update(id, (was) => ({ ...was, decision: `${verdict} by ${who}` }));
  const because = why ? `: ${why}` : "";
  await tell(world, id, `decided ${approvalId}`, `${who} ${verdict} the plan${because}.`, {
    who: by,
    facts: { at, ...(groups && { groups }) },
  });
  return verdict === "denied" ? { kind: "end", end: "refused", why: `denied by ${name}${because}` } : undefined;
}

/** The plan that people agreed to: all of it, or what they left of it. */
async function narrowed(
  world: World,
  runbook: Runbook,
  id: string,
  plan: StoredPlan,
  asked: Approval | undefined,
): Promise<Exclude<Answer, { kind: "stale" }>> {
  const { narrowing, name, by } = asked?.decision ?? {};
  if (!narrowing) return { kind: "go", plan };
  const less = narrowPlan(runbook, plan, narrowing, pricesOf(world.settings.prices));
  if (less.kind === "refused")
    return { kind: "end", end: "refused", why: `the override cannot be followed: ${less.why}` };
  await tell(world, id, `narrowed ${less.plan.hash}`, `Narrowed by ${name}: ${less.changes.join("; ")}.`, {
    ...(by !== undefined && { who: by }),
    facts: { proposed: plan.hash, runs: less.plan.hash },
  });
  // What nobody touches any more is free for others.
  const kept = touchedBy(less.plan);
  await world.ledger.release(
    touchedBy(plan).filter((target) => !kept.includes(target)),
    id,
  );
  return { kind: "go", plan: less.plan };
}

/** The answer as an earlier, interrupted attempt of the same step has left it. */
function afterAnswer({ phase, plan }: Incident): Answer {
  if (phase.state === "acting" && plan) return { kind: "go", plan };
  if (phase.state === "planning") return { kind: "stale" };
  return { kind: "end", end: "escalated", why: `unexpectedly ${phase.state}` };
}
