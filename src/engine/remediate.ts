import { z } from "zod";
import { readFailure } from "../aws/failure.ts";
import { BotError } from "../bot-error.ts";
import { toMs } from "../clock.ts";
import { type Incident, isClosed, type Outcome, type Phase } from "../incidents/incident.ts";
import { actionsOf, type StoredPlan, touchedBy } from "../runbook/plan.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { closeIncident } from "./close.ts";
import { haltGate, openingGates } from "./gates.ts";
import { executionTimeout, inWords, makePlan } from "./make-plan.ts";
import { lastAsked, look, runPlan } from "./run-plan.ts";
import { standing } from "./journal.ts";
import type { Granted } from "./ledger.ts";
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

const request = z.object({ kind: z.enum(["remediate", "undo"]), incident: z.string(), runbook: z.string() });

/** What the durable function does when it is started: remediates an incident, or takes back what was left behind. */
export const onRequest =
  (world: World) =>
  (event: unknown, steps: Steps): Promise<Ended> => {
    const { kind, incident, runbook } = request.parse(event);
    const run = kind === "remediate" ? remediate : compensate;
    return run(world, steps, runbookOf(world, runbook), incident);
  };

/** `page`: people have to know of it although it is neither `undone` nor `escalated`. */
type End = { readonly end: Outcome; readonly why: string; readonly page?: boolean };
type Decision =
  /** `askMs`: people are asked first, and have so long to decide. */
  { readonly kind: "go"; readonly plan: StoredPlan; readonly askMs?: number } | ({ readonly kind: "end" } & End);

/** How often a plan that went stale while people thought about it is made and proposed again. */
const proposalsMax = 3;

/**
 * The remediation of one incident, from signal to outcome: plan, gates, approval, actions, verify, undo or lease.
 *
 * This is the one place that puts things in order, and it is deterministic: everything that looks at the world or changes
 * it happens inside a step. Every ending is an outcome; what is thrown is a bug or a store that stays away, and then
 * `watch` takes over.
 */
export async function remediate(world: World, steps: Steps, runbook: Runbook, id: string): Promise<Ended> {
  const planned = await decideAndAsk(world, steps, runbook, id);
  if ("end" in planned) return finish(world, steps, id, planned);

  const ran = await runPlan(world, steps, runbook, id, planned.plan);
  if (ran.kind === "failed") return await takeBack(world, steps, runbook, id, ran.why);
  if (ran.kind === "halted") {
    const why = `${ran.why}; what was done before stays until people resume`;
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
async function compensate(world: World, steps: Steps, runbook: Runbook, id: string): Promise<Ended> {
  const why = "the remediation was ended from outside";
  const found = await steps.atLeastOnce("take over", async () => {
    const { phase } = await world.incidents.get(id);
    if (phase.state === "waiting") await world.approvals.withdraw(phase.approvalId);
    await setPhase(world, id, { state: "undoing", why });
    await tell(world, id, `taken over ${steps.execution}`, "Taking over: what stands is looked up and taken back.");
    return phase.state === "closed" ? { outcome: phase.outcome, why: phase.why } : null;
  });
  // What the ended execution had on its way to AWS lands within its request timeout; looking earlier could miss it.
  await steps.sleep("let what is on its way land", 30_000);
  if (!found) return await takeBack(world, steps, runbook, id, why);

  // How it ended has been said; all that can be left is something lent that could not be given back then.
  const { stuck } = await undoAll(world, steps, runbook, id, "leases");
  if (stuck.length > 0) await steps.atLeastOnce("page", () => world.page(`Not given back: ${id}`, stuck.join("; ")));
  await steps.atLeastOnce("show", async () => void (await showIncident(world, id)));
  return { incident: id, ...found };
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
    if (decision.askMs === undefined) return { plan };
    const answer = await askPeople(world, steps, runbook, id, plan, proposal, decision.askMs);
    if (answer.kind === "go") return { plan };
    if (answer.kind === "end") return answer;
  }
  return { end: "refused", why: `the situation changed ${proposalsMax} times while people were asked` };
}

/** Gates, plan, limits and locks. Everything in here bears repeating. */
async function decide(world: World, runbook: Runbook, id: string): Promise<Decision> {
  const end = (outcome: Outcome, why: string): Decision => ({ kind: "end", end: outcome, why });
  const [incident, gate] = await Promise.all([world.incidents.get(id), openingGates(world)]);
  if (isClosed(incident)) return end(incident.phase.outcome, incident.phase.why);
  if (incident.deadlineAt !== undefined && world.clock.now() >= incident.deadlineAt) {
    return end("expired", `it reached us ${Math.round((world.clock.now() - incident.deadlineAt) / 1000)} s too late`);
  }
  if (!gate.open) return end("refused", gate.why);

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
  const mode = world.settings.autonomy[runbook.id] ?? "observe";
  if (mode === "observe") {
    const would = actionsOf(plan).map(({ does }) => does);
    await world.incidents.update(id, (was) => ({ ...was, plan }));
    return end("skipped", `observing only; it would have: ${would.join(", ")}`);
  }
  // The plan is stored before its targets are locked: whoever closes the incident frees what its plan names.
  await setPhase(world, id, { state: "planning" }, { plan });
  const reserved = await reserve(world, runbook, incident, plan);
  if (!reserved.granted) return { ...end("refused", reserved.why), ...(reserved.page && { page: true }) };

  const does = actionsOf(plan).map((action) => action.does);
  await Promise.all([
    mode === "auto" && setPhase(world, id, { state: "acting" }),
    tell(world, id, `plan ${plan.hash}`, `Plan: ${does.join("; ")}.`),
  ]);
  if (mode === "auto") return { kind: "go", plan };
  // After the deadline there is nothing left to decide about.
  const leftMs = (incident.deadlineAt ?? Infinity) - world.clock.now();
  return { kind: "go", plan, askMs: Math.min(toMs({ minutes: world.settings.approvalMinutes }), leftMs) };
}

/** Limits and locks, in order; the first that refuses says why. Reserving twice for one incident counts once. */
async function reserve(world: World, runbook: Runbook, incident: Incident, plan: StoredPlan): Promise<Granted> {
  const { limit } = runbook.definition;
  const { id, root } = incident;
  const run = await world.ledger.countRun(runbook.id, limit, id);
  if (!run.granted) return overLimit(run);
  if (limit.share !== undefined && plan.fleet) {
    const share = await world.ledger.countShare(plan.fleet, { ...limit, share: limit.share }, id, [root]);
    if (!share.granted) return overLimit(share);
  }
  const targets = touchedBy(plan);
  // What only an earlier proposal wanted is free for others.
  const dropped = incident.plan ? touchedBy(incident.plan).filter((target) => !targets.includes(target)) : [];
  await world.ledger.release(dropped, id);
  return await world.ledger.lock(targets, id, world.clock.now() + toMs(executionTimeout));
}

const overLimit = (refusal: Extract<Granted, { granted: false }>): Granted => ({
  ...refusal,
  why: `limit: ${refusal.why}`,
});

type Answer = { readonly kind: "go" } | { readonly kind: "stale" } | ({ readonly kind: "end" } & End);

async function askPeople(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
  plan: StoredPlan,
  proposal: number,
  lengthMs: number,
): Promise<Answer> {
  const length = { seconds: Math.ceil(lengthMs / 1000) };
  await steps.waitForPeople(
    `ask ${proposal}`,
    async (callbackId) => {
      const until = world.clock.now() + lengthMs;
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
    lengthMs,
  );
  return await steps.atLeastOnce(`answer ${proposal}`, async (): Promise<Answer> => {
    const incident = await world.incidents.get(id);
    if (incident.phase.state !== "waiting") return afterAnswer(incident);
    const { approvalId } = incident.phase;
    // Whoever decides in the last moment either is heard or is told that it is too late, never both.
    const asked = await world.approvals.withdraw(approvalId);
    if (!asked?.decision) {
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
    const ends = standing(await world.journal.read(id)).flatMap(({ leaseUntil }) => leaseUntil ?? []);
    const end = Math.max(world.clock.now(), ...ends);
    await setPhase(world, id, { state: "holding", until: end });
    await tell(world, id, "holding", "It helped. What was changed is given back by itself when its time is over.");
    await showIncident(world, id);
    return end - world.clock.now();
  });
  await steps.sleep("lease", until);
  // Trouble that came back while the lease was held has joined this incident and calls nobody else: so it is looked for.
  const asked = lastAsked(plan);
  const seen = asked && (await look(world, steps, runbook, "lease end", asked));
  const { stuck } = await undoAll(world, steps, runbook, id, "leases");
  // A lease that cannot be given back now is in the journal; `watch` gives it back when it can.
  if (stuck.length > 0) return { end: "escalated", why: stuck.join("; ") };
  return seen?.holds === false
    ? { end: "escalated", why: `given back at the end of its lease, but ${seen.saw}` }
    : undefined;
}

async function takeBack(world: World, steps: Steps, runbook: Runbook, id: string, why: string): Promise<Ended> {
  await steps.atLeastOnce("take back", async () => {
    await setPhase(world, id, { state: "undoing", why });
    await tell(world, id, `take back ${steps.execution}`, `It did not work out: ${why}.`);
  });
  const { undone, kept, stuck } = await undoAll(world, steps, runbook, id, runbook.definition.onFailure ?? "undo");
  const rest = [...stuck, ...(kept.length > 0 ? [`what was done stays: ${kept.join(", ")}`] : [])];
  if (rest.length > 0) return finish(world, steps, id, { end: "escalated", why: [why, ...rest].join("; ") });
  if (undone.length > 0) return finish(world, steps, id, { end: "undone", why });
  return finish(world, steps, id, { end: "escalated", why: `${why}; nothing had been changed` });
}

/** Ends the incident. People are woken first: once it is closed, nobody would come back to do that. */
async function finish(world: World, steps: Steps, id: string, { end, why, page }: End): Promise<Ended> {
  if (page || end === "undone" || end === "escalated") {
    await steps.atLeastOnce("page", () => world.page(`${end}: ${id}`, why));
  }
  await steps.atLeastOnce("finish", () => closeIncident(world, id, end, why));
  return { incident: id, outcome: end, why };
}

/** Moves an incident on. One that is closed stays closed, and from taking back there is no way but to the end. */
async function setPhase(world: World, id: string, phase: Phase, more: Partial<Incident> = {}): Promise<void> {
  await world.incidents.update(id, (was) =>
    isClosed(was) || (was.phase.state === "undoing" && phase.state !== "undoing") ? was : { ...was, ...more, phase },
  );
}

/** The runbook of this id. @throws BotError `not_found` when this deployment has none. */
export function runbookOf(world: Pick<World, "runbooks">, id: string): Runbook {
  const found = world.runbooks.find((runbook) => runbook.id === id);
  if (!found) throw new BotError("not_found", `remediating: this deployment has no runbook ${id}`, { runbook: id });
  return found;
}
