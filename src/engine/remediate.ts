import { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Outcome } from "../incidents/incident.ts";
import { toMs } from "../clock.ts";
import { actionsOf, type StoredPlan } from "../runbook/plan.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { askPeople } from "./ask.ts";
import { decide, type End } from "./decide.ts";
import { type Ended, finish } from "./finish.ts";
import { finishBegun, isHalfBegun } from "./finish-begun.ts";
import { openingGates, scopesOf } from "./gates.ts";
import { holdLeases } from "./hold.ts";
import { inWords } from "./in-words.ts";
import { type Landed, landCanary } from "./land-canary.ts";
import { setPhase } from "./phase.ts";
import { runPlan } from "./run-plan.ts";
import type { Steps } from "./steps.ts";
import { showIncident, tell } from "./tell.ts";
import { undoAll } from "./undo.ts";
import { heldMost, untilOpen } from "./until-open.ts";
import type { World } from "./world.ts";

const request = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["remediate", "undo"]), incident: z.string(), runbook: z.string() }),
  z.object({ kind: z.literal("canary"), sentAt: z.number() }),
]);

/** What the durable function does when it is started: remediates an incident, takes back what was left behind, or nothing. */
export const onRequest =
  (world: World) =>
  (event: unknown, steps: Steps): Promise<Ended | Landed> => {
    const asked = request.parse(event);
    switch (asked.kind) {
      case "remediate":
        return remediate(world, steps, runbookOf(world, asked.runbook), asked.incident);
      case "undo":
        return compensate(world, steps, runbookOf(world, asked.runbook), asked.incident);
      case "canary":
        return landCanary(world, steps, asked.sentAt);
    }
  };

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
  const agreed = await agree(world, steps, runbook, id);
  if ("end" in agreed) return finish(world, steps, id, agreed);

  const ran = await runPlan(world, steps, runbook, id, agreed.plan);
  switch (ran.kind) {
    case "lost":
      // Whoever has taken the incident over will close it.
      return { incident: id, outcome: "escalated", why: ran.why };
    case "late": {
      const left = await finishBegun(world, steps, runbook, id, agreed.plan, ran.at);
      return finish(world, steps, id, { end: "expired", why: [ran.why, ...left].join("; ") });
    }
    case "halted":
      return await afterHalt(world, steps, runbook, id, agreed.plan, ran);
    case "undo":
    case "failed":
      return await takeBack(world, steps, runbook, id, ran.why);
    case "ran":
  }

  const held = await holdLeases(world, steps, runbook, id, agreed.plan);
  if (held.kind === "undo") return await takeBack(world, steps, runbook, id, "somebody wants it back");
  const { stuck } = await undoAll(world, steps, runbook, id, "leases");
  // A lease that cannot be given back now is in the journal; `watch` gives it back when it can.
  const troubles = [...ran.failures.map((why) => `helped, but: ${why}`), ...stuck];
  if (held.troubleIsBack) troubles.push(`given back at the end of its lease, but ${held.troubleIsBack}`);
  const why = troubles.join("; ") || ran.saw;
  return finish(world, steps, id, { end: troubles.length > 0 ? "escalated" : "healed", why });
}

/**
 * Takes back what an execution left behind that was ended from outside, or what a person wants back after the end.
 * Started by `watch` and by people.
 */
async function compensate(world: World, steps: Steps, runbook: Runbook, id: string): Promise<Ended> {
  const found = await steps.atLeastOnce("take over", async () => {
    const { phase, undo } = await world.incidents.get(id);
    const why = undo ? `${undo.name} wants it back` : "the remediation was ended from outside";
    if (phase.state === "waiting") await world.approvals.withdraw(phase.approvalId);
    if (undo) await world.incidents.update(id, (was) => ({ ...was, phase: { state: "undoing", why } }));
    else await setPhase(world, id, { state: "undoing", why });
    await tell(world, id, `taken over ${steps.execution}`, "Taking over: what stands is looked up and taken back.");
    const closed = phase.state === "closed" && !undo;
    return { why, ...(closed && { ended: { outcome: phase.outcome, why: phase.why } }) };
  });
  // What the ended execution had on its way to AWS lands within its request timeout; looking earlier could miss it.
  await steps.sleep("let what is on its way land", 30_000);
  if (!found.ended) return await takeBack(world, steps, runbook, id, found.why);

  // How it ended has been said; all that can be left is something lent that could not be given back then.
  const { stuck } = await undoAll(world, steps, runbook, id, "leases");
  if (stuck.length > 0) await steps.atLeastOnce("page", () => world.page(`Not given back: ${id}`, stuck.join("; ")));
  await steps.atLeastOnce("show", async () => void (await showIncident(world, id)));
  return { incident: id, ...found.ended };
}

/** A plan that may be run, or why there is none. */
async function agree(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
): Promise<{ readonly plan: StoredPlan } | End> {
  for (let proposal = 1; proposal <= proposalsMax; proposal++) {
    const decision = await steps.atLeastOnce(`decide ${proposal}`, () => decide(world, runbook, id));
    if (decision.kind === "end") return decision;
    if (decision.kind === "held") {
      if (!(await untilGatesOpen(world, steps, id, `hold ${proposal}`, decision.why))) {
        return { end: "refused", why: `${decision.why}, for ${inWords(heldMost)}` };
      }
      continue;
    }
    if (!decision.ask) return { plan: decision.plan };
    const answer = await askPeople(world, steps, runbook, id, decision.plan, proposal, decision.ask);
    if (answer.kind !== "stale") return answer;
  }
  return { end: "refused", why: `the situation changed ${proposalsMax} times while people were asked` };
}

/** Waits at a closed gate until people open it: what has no deadline is looked at again then. */
async function untilGatesOpen(
  world: World,
  steps: Steps,
  id: string,
  name: string,
  why: string,
  mostMs = toMs(heldMost),
): Promise<boolean> {
  const scopes = await steps.atLeastOnce(`${name} begins`, async () => {
    await setPhase(world, id, { state: "halted", why });
    await tell(world, id, name, `Waiting: ${why}. It is looked at again when that is over.`);
    await showIncident(world, id);
    return scopesOf(await world.incidents.get(id));
  });
  return await untilOpen(steps, name, () => openingGates(world, scopes), mostMs);
}

/** So long after its deadline something may still be bounded that was begun: groups notice late that an instance is gone. */
const boundsForMs = 300_000;

/**
 * A halt has stopped a plan half-way. What was done stays as it is while people hold the bot still; when they resume, it is
 * taken back, because half a plan is neither the world people knew nor the one they approved. Where a runbook keeps what it
 * did, what bounds it is done then, as long as that can do any good.
 */
async function afterHalt(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
  plan: StoredPlan,
  { why, at }: { readonly why: string; readonly at: number },
): Promise<Ended> {
  const kept = runbook.definition.onFailure === "keep";
  const stays = `${why}; what was done before stays${kept ? "" : " until people resume"}`;
  if (kept) {
    const left = isHalfBegun(plan, at)
      ? await finishAfterHalt(world, steps, runbook, id, plan, { why: stays, at })
      : [];
    return finish(world, steps, id, { end: "escalated", why: [stays, ...left].join("; ") });
  }
  await steps.atLeastOnce("page halted", () => world.page(`halted: ${id}`, stays));
  if (await untilGatesOpen(world, steps, id, "halted", stays)) {
    return await takeBack(world, steps, runbook, id, `${why}, half-way`);
  }
  return finish(world, steps, id, { end: "escalated", why: `${stays}; not resumed for ${inWords(heldMost)}` });
}

/** Answers what is said of it besides that it was halted. */
async function finishAfterHalt(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
  plan: StoredPlan,
  { why, at }: { readonly why: string; readonly at: number },
): Promise<string[]> {
  const mostMs = await steps.atLeastOnce("how long it can be bounded", async () => {
    const { deadlineAt } = await world.incidents.get(id);
    return deadlineAt === undefined ? toMs(heldMost) : Math.max(0, deadlineAt + boundsForMs - world.clock.now());
  });
  if (await untilGatesOpen(world, steps, id, "halted", why, mostMs)) {
    return await finishBegun(world, steps, runbook, id, plan, at);
  }
  const left = actionsOf({ ...plan, steps: plan.steps.slice(at) }).filter(({ required }) => required);
  return left.map(({ does }) => `not done: ${does}`);
}

async function takeBack(world: World, steps: Steps, runbook: Runbook, id: string, why: string): Promise<Ended> {
  const wanted = await steps.atLeastOnce("take back", async () => {
    await setPhase(world, id, { state: "undoing", why });
    const { undo } = await world.incidents.get(id);
    const said = undo ? `${undo.name} wants it back: ${undo.why}.` : `It did not work out: ${why}.`;
    await tell(world, id, `take back ${steps.execution}`, said);
    return undo ? `wanted back by ${undo.name}: ${undo.why}` : null;
  });
  // A person's wish goes further than what the runbook does by itself.
  const how = wanted === null ? (runbook.definition.onFailure ?? "undo") : "undo";
  const { undone, kept, stuck } = await undoAll(world, steps, runbook, id, how);
  const reason = wanted ?? why;
  const rest = [...stuck, ...(kept.length > 0 ? [`what was done stays: ${kept.join(", ")}`] : [])];
  const end = (outcome: Outcome, said: string): Promise<Ended> =>
    finish(world, steps, id, {
      end: outcome,
      why: said,
      ...(wanted !== null && stuck.length === 0 && { page: false }),
    });
  if (rest.length > 0) return end("escalated", [reason, ...rest].join("; "));
  if (undone.length > 0 || wanted !== null) return end("undone", reason);
  return end("escalated", `${reason}; nothing had been changed`);
}

/** The runbook of this id. @throws BotError `not_found` when this deployment has none. */
export function runbookOf(world: Pick<World, "runbooks">, id: string): Runbook {
  const found = world.runbooks.find((runbook) => runbook.id === id);
  if (!found) throw new BotError("not_found", `remediating: this deployment has no runbook ${id}`, { runbook: id });
  return found;
}
