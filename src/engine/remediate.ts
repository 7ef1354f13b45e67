import { z } from "zod";
import { readFailure } from "../aws/failure.ts";
import { BotError } from "../bot-error.ts";
import { toMs } from "../clock.ts";
import { type Incident, isClosed, type Outcome, type Phase } from "../incidents/incident.ts";
import { actionsOf, type StoredPlan } from "../runbook/plan.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { act } from "./act.ts";
import { haltGate, openingGates } from "./gates.ts";
import { executionTimeout, findAction, findCondition, inWords, makePlan } from "./make-plan.ts";
import type { Steps } from "./steps.ts";
import { showIncident, tell } from "./tell.ts";
import { undoAll } from "./undo.ts";
import type { World } from "./world.ts";

/** How a remediation ended, as the durable service records it. */
export interface Ended {
  readonly incident: string;
  readonly outcome: Outcome;
  readonly why: string;
}

const request = z.object({ kind: z.enum(["remediate", "undo"]), incident: z.string() });

/** What the durable function does when it is started: remediates an incident, or takes back what was left behind. */
export const onRequest =
  (world: World) =>
  (event: unknown, steps: Steps): Promise<Ended> => {
    const { kind, incident } = request.parse(event);
    return kind === "remediate" ? remediate(world, steps, incident) : compensate(world, steps, incident);
  };

type End = { readonly end: Outcome; readonly why: string };
type Decision =
  | { readonly kind: "go"; readonly plan: StoredPlan; readonly ask: boolean }
  | ({ readonly kind: "end" } & End);

/** How often a plan that went stale while people thought about it is made and proposed again. */
const proposalsMax = 3;

/**
 * The remediation of one incident, from signal to outcome: plan, gates, approval, actions, verify, undo or lease.
 *
 * This is the one place that puts things in order, and it is deterministic: everything that looks at the world or changes
 * it happens inside a step. Every ending is an outcome; what is thrown is a bug or a store that stays away, and then
 * `watch` takes over.
 */
export async function remediate(world: World, steps: Steps, id: string): Promise<Ended> {
  const runbook = runbookOf(
    world,
    await steps.atLeastOnce("which runbook", async () => (await world.incidents.get(id)).runbook),
  );
  const planned = await decideAndAsk(world, steps, runbook, id);
  if ("end" in planned) return finish(world, steps, id, planned);

  const ran = await runPlan(world, steps, runbook, id, planned.plan);
  if (ran.kind === "failed") return await takeBack(world, steps, runbook, id, ran.why);
  if (ran.kind === "halted") {
    const why = `${ran.why}; what was done before stays until people resume`;
    await steps.atLeastOnce("page halted", () => world.page(`Halted in the middle: ${id}`, why));
    return finish(world, steps, id, { end: "escalated", why });
  }
  // Whoever has taken the incident over will close it.
  if (ran.kind !== "ran") return { incident: id, outcome: "escalated", why: ran.why };

  const held = await holdLeases(world, steps, runbook, id, planned.plan);
  if (held) return finish(world, steps, id, held);
  const why = ran.failures.length > 0 ? `helped, but: ${ran.failures.join("; ")}` : ran.saw;
  return finish(world, steps, id, { end: ran.failures.length > 0 ? "escalated" : "healed", why });
}

/** Takes back what an execution left behind that was ended from outside, and pages. Started by `watch`. */
export async function compensate(world: World, steps: Steps, id: string): Promise<Ended> {
  const runbook = runbookOf(
    world,
    await steps.atLeastOnce("which runbook", async () => (await world.incidents.get(id)).runbook),
  );
  const why = "the remediation was ended from outside";
  await steps.atLeastOnce("take over", async () => {
    await setPhase(world, id, { state: "undoing", why });
    await tell(world, id, `taken over ${steps.execution}`, "Taking over: what stands is looked up and taken back.");
  });
  // What the ended execution had on its way to AWS lands within its request timeout; looking earlier could miss it.
  await steps.sleep("let what is on its way land", 30_000);
  return await takeBack(world, steps, runbook, id, why);
}

async function decideAndAsk(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
): Promise<{ readonly plan: StoredPlan } | End> {
  for (let proposal = 1; proposal <= proposalsMax; proposal++) {
    const decision = await steps.atLeastOnce(`decide ${proposal}`, () => decide(world, runbook, id));
    if (decision.kind === "end") return decision;
    const { plan } = decision;
    if (!decision.ask) return { plan };
    const answer = await askPeople(world, steps, runbook, id, plan, proposal);
    if (answer.kind === "go") return { plan };
    if (answer.kind === "end") return answer;
  }
  return { end: "refused", why: `the situation changed ${proposalsMax} times while people were asked` };
}

/** Gates, plan, limits and locks. Everything in here bears repeating. */
async function decide(world: World, runbook: Runbook, id: string): Promise<Decision> {
  const end = (outcome: Outcome, why: string): Decision => ({ kind: "end", end: outcome, why });
  const incident = await world.incidents.get(id);
  if (isClosed(incident)) return end(incident.phase.outcome, incident.phase.why);
  if (incident.deadlineAt !== undefined && world.clock.now() >= incident.deadlineAt) {
    return end("expired", `it reached us ${Math.round((world.clock.now() - incident.deadlineAt) / 1000)} s too late`);
  }
  const gate = await openingGates(world);
  if (!gate.open) return end("refused", gate.why);

  let planned: Awaited<ReturnType<typeof makePlan>>;
  try {
    planned = await makePlan(world, runbook, incident);
  } catch (error) {
    const failure = readFailure(error);
    // What may pass is tried again by the engine; the rest is for people.
    if (!(error instanceof BotError) && (failure.kind === "unknown" || failure.retryable)) throw error;
    return end("escalated", `no plan could be made: ${failure.why}`);
  }
  if (planned.kind === "skip") return end("skipped", planned.why);

  const { plan } = planned;
  const mode = world.settings.autonomy[runbook.id] ?? "observe";
  if (mode === "observe") {
    const would = actionsOf(plan).map(({ does }) => does);
    await world.incidents.update(id, (was) => ({ ...was, plan }));
    return end("skipped", `observing only; it would have: ${would.join(", ")}`);
  }
  const refusal = await reserve(world, runbook, id, plan);
  if (refusal !== undefined) return end("refused", refusal);

  const ask = mode === "approve";
  await world.incidents.update(id, (was) => ({ ...was, plan, phase: { state: ask ? "planning" : "acting" } }));
  await tell(
    world,
    id,
    `plan ${plan.hash}`,
    `Plan: ${actionsOf(plan)
      .map(({ does }) => does)
      .join("; ")}.`,
  );
  return { kind: "go", plan, ask };
}

/** Limits and locks, in order; the first that refuses says why. Reserving twice for one incident counts once. */
async function reserve(world: World, runbook: Runbook, id: string, plan: StoredPlan): Promise<string | undefined> {
  const { limit } = runbook.definition;
  const targets = [...new Set(actionsOf(plan).flatMap(({ touches }) => touches))];
  const run = await world.ledger.countRun(runbook.id, limit, id);
  if (!run.granted) return await overLimit(world, id, run.why);
  if (limit.share !== undefined && plan.fleet) {
    const root = (await world.incidents.get(id)).root;
    const share = await world.ledger.countShare(plan.fleet, { ...limit, share: limit.share }, id, [root]);
    if (!share.granted) return await overLimit(world, id, share.why);
  }
  const locked = await world.ledger.lock(targets, id, world.clock.now() + toMs(executionTimeout));
  return locked.granted ? undefined : locked.why;
}

async function overLimit(world: World, id: string, why: string): Promise<string> {
  const told = await world.stories.tell(id, "limit", `Limit reached: ${why}. Nothing is done; people are paged.`);
  if (told.isNew) await world.page(`Limit reached: ${id}`, why);
  return `limit: ${why}`;
}

type Answer = { readonly kind: "go" } | { readonly kind: "stale" } | ({ readonly kind: "end" } & End);

async function askPeople(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
  plan: StoredPlan,
  proposal: number,
): Promise<Answer> {
  const length = { minutes: world.settings.approvalMinutes };
  await steps.waitForPeople(
    `ask ${proposal}`,
    async (callbackId) => {
      const until = world.clock.now() + toMs(length);
      const asked = await world.approvals.ask({
        incident: id,
        runbook: runbook.id,
        planHash: plan.hash,
        callbackId,
        until,
      });
      await setPhase(world, id, { state: "waiting", approvalId: asked.id, until: asked.until });
      await tell(world, id, `asked ${asked.id}`, `Asked for approval; there are ${inWords(length)} to decide.`);
      await showIncident(world, id);
    },
    toMs(length),
  );
  return await steps.atLeastOnce(`answer ${proposal}`, async (): Promise<Answer> => {
    const incident = await world.incidents.get(id);
    if (incident.phase.state !== "waiting") return afterAnswer(incident);
    const { approvalId } = incident.phase;
    const asked = await world.approvals.get(approvalId);
    if (!asked?.decision) {
      await world.approvals.withdraw(approvalId);
      return { kind: "end", end: "refused", why: `nobody decided within ${inWords(length)}` };
    }
    const { name, verdict, at } = asked.decision;
    await world.incidents.update(id, (was) => ({ ...was, decision: `${verdict} by ${name}` }));
    await tell(world, id, `decided ${approvalId}`, `${name} ${verdict} the plan.`, {
      who: asked.decision.by,
      facts: { at },
    });
    if (verdict === "denied") return { kind: "end", end: "refused", why: `denied by ${name}` };

    const gate = await haltGate(world);
    if (!gate.open) return { kind: "end", end: "refused", why: gate.why };
    const again = await makePlan(world, runbook, incident);
    if (again.kind === "skip") return { kind: "end", end: "skipped", why: `approved, but by now ${again.why}` };
    if (again.plan.hash !== plan.hash) {
      await tell(
        world,
        id,
        `stale ${approvalId}`,
        "The situation has changed since this was proposed. Proposing again.",
      );
      await setPhase(world, id, { state: "planning" });
      return { kind: "stale" };
    }
    if (!(await world.approvals.redeem(approvalId, steps.execution, plan.hash))) {
      return { kind: "end", end: "refused", why: "the approval had been used already" };
    }
    await setPhase(world, id, { state: "acting" });
    return { kind: "go" };
  });
}

/** The answer as an earlier, interrupted attempt of the same step has left it. */
function afterAnswer(incident: Incident): Answer {
  if (incident.phase.state === "acting") return { kind: "go" };
  if (incident.phase.state === "planning") return { kind: "stale" };
  return { kind: "end", end: "escalated", why: `unexpectedly ${incident.phase.state}` };
}

type Ran =
  | { readonly kind: "ran"; readonly failures: readonly string[]; readonly saw: string }
  | { readonly kind: "failed" | "halted" | "lost"; readonly why: string };

async function runPlan(world: World, steps: Steps, runbook: Runbook, id: string, plan: StoredPlan): Promise<Ran> {
  const failures: string[] = [];
  for (const [index, step] of plan.steps.entries()) {
    switch (step.kind) {
      case "action": {
        const acted = await act(world, steps, id, findAction(runbook, step.action), step, index);
        if (acted.kind === "halted" || acted.kind === "lost") {
          await steps.atLeastOnce(`stopped ${index}`, () =>
            tell(world, id, `stopped ${index}`, `Stopped before "${step.does}": ${acted.why}.`),
          );
          return acted;
        }
        if (acted.kind === "failed" && !step.mayFail) return acted;
        if (acted.kind === "failed") failures.push(acted.why);
        break;
      }
      case "wait":
        await show(world, steps, id, index);
        await steps.sleep(`wait ${index}`, toMs(step.for));
        break;
      case "say":
        await steps.atLeastOnce(`say ${index}`, () => tell(world, id, `say ${index}`, step.text));
        break;
      case "check": {
        const seen = await look(world, steps, runbook, `check ${index}`, step.condition);
        if (!seen.holds) return { kind: "failed", why: `${step.what}: no; ${seen.saw}` };
        break;
      }
      case "until": {
        await show(world, steps, id, index);
        const seen = await poll(
          world,
          steps,
          runbook,
          `until ${index}`,
          step.condition,
          toMs(step.every),
          toMs(step.within),
        );
        if (!seen.holds)
          return { kind: "failed", why: `${step.what}: not within ${inWords(step.within)}; ${seen.saw}` };
        await steps.atLeastOnce(`seen ${index}`, () => tell(world, id, `seen ${index}`, `${step.what}: ${seen.saw}.`));
      }
    }
  }
  if (!plan.verify) return { kind: "ran", failures, saw: "every step was done" };
  const { verifyWithin = {} } = runbook.definition;
  const seen = await poll(world, steps, runbook, "verify", plan.verify, 10_000, toMs(verifyWithin));
  return seen.holds ? { kind: "ran", failures, saw: seen.saw } : { kind: "failed", why: `verify: ${seen.saw}` };
}

/** Slack is told when the plan is about to wait and when it has ended: it never stands between two actions. */
const show = (world: World, steps: Steps, id: string, index: number): Promise<void> =>
  steps.atLeastOnce(`show ${index}`, async () => void (await showIncident(world, id)));

type Asked = Extract<StoredPlan["steps"][number], { kind: "check" }>["condition"];

async function look(world: World, steps: Steps, runbook: Runbook, name: string, asked: Asked) {
  const condition = findCondition(runbook, asked.condition);
  return await steps.atLeastOnce(name, async () => {
    const { holds, saw } = await condition.holds({ params: asked.params, look: world.look });
    return { holds, saw };
  });
}

async function poll(
  world: World,
  steps: Steps,
  runbook: Runbook,
  name: string,
  asked: Asked,
  everyMs: number,
  withinMs: number,
) {
  const asks = Math.max(1, Math.ceil(withinMs / everyMs));
  for (let i = 1; ; i++) {
    const seen = await look(world, steps, runbook, `${name} ${i}`, asked);
    if (seen.holds || i >= asks) return seen;
    await steps.sleep(`${name} pause ${i}`, everyMs);
  }
}

/** Gives leased changes back when their time has come. `undefined`: all is well, or there was no lease. */
async function holdLeases(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
  plan: StoredPlan,
): Promise<End | undefined> {
  if (!actionsOf(plan).some(({ lease }) => lease)) return undefined;
  const until = await steps.atLeastOnce("hold", async () => {
    const ends = (await world.journal.read(id)).flatMap(({ leaseUntil }) => leaseUntil ?? []);
    const end = Math.max(...ends);
    await setPhase(world, id, { state: "holding", until: end });
    await tell(world, id, "holding", "It helped. What was changed is given back by itself when its time is over.");
    await showIncident(world, id);
    return end - world.clock.now();
  });
  await steps.sleep("lease", Math.max(0, until));
  const given = await undoAll(world, steps, runbook, id, "undo");
  // A lease that cannot be given back now is in the journal; `watch` gives it back when it can.
  return given.kind === "stuck" ? { end: "escalated", why: given.why } : undefined;
}

async function takeBack(world: World, steps: Steps, runbook: Runbook, id: string, why: string): Promise<Ended> {
  const how = runbook.definition.onFailure ?? "undo";
  await steps.atLeastOnce("take back", async () => {
    await setPhase(world, id, { state: "undoing", why });
    await tell(world, id, `take back ${steps.execution}`, `It did not work out: ${why}.`);
  });
  const undone = await undoAll(world, steps, runbook, id, how);
  const end: End =
    undone.kind === "undone"
      ? { end: "undone", why }
      : { end: "escalated", why: undone.kind === "kept" ? `${why}; what was done stays` : `${why}; ${undone.why}` };
  await steps.atLeastOnce("page", () => world.page(`${end.end}: ${id}`, end.why));
  return finish(world, steps, id, end);
}

async function finish(world: World, steps: Steps, id: string, { end, why }: End): Promise<Ended> {
  await steps.atLeastOnce("finish", async () => {
    const closed = await world.incidents.update(id, (was) =>
      isClosed(was) ? was : { ...was, phase: { state: "closed", outcome: end, why, at: world.clock.now() } },
    );
    await tell(world, id, "outcome", `${end[0]?.toUpperCase()}${end.slice(1)}: ${why}.`);
    const targets = closed.plan ? actionsOf(closed.plan).flatMap(({ touches }) => touches) : [];
    await world.ledger.release(targets, id);
    await showIncident(world, id);
  });
  return { incident: id, outcome: end, why };
}

/** Moves an incident on; one that is closed stays closed. */
async function setPhase(world: World, id: string, phase: Phase): Promise<void> {
  await world.incidents.update(id, (was) => (isClosed(was) ? was : { ...was, phase }));
}

function runbookOf(world: World, id: string): Runbook {
  const found = world.runbooks.find((runbook) => runbook.id === id);
  if (!found) throw new BotError("not_found", `remediating: this deployment has no runbook ${id}`, { runbook: id });
  return found;
}
