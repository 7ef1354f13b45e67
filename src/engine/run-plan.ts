import { readFailure } from "../aws/failure.ts";
import { toMs } from "../clock.ts";
import type { StoredPlan } from "../runbook/plan.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { act, type Stopped } from "./act.ts";
import { inWords } from "./in-words.ts";
import { findAction, findCondition } from "./make-plan.ts";
import type { Steps } from "./steps.ts";
import { showIncident, tell } from "./tell.ts";
import type { World } from "./world.ts";

/** How far a plan came. `failures` are the actions that were allowed to fail and did. */
export type Ran =
  | { readonly kind: "ran"; readonly failures: readonly string[]; readonly saw: string }
  /** `at`: the step before which it stopped, counted from 0. */
  | { readonly kind: "failed" | Stopped; readonly why: string; readonly at: number };

/**
 * Runs the steps of a plan in order, then asks whether it helped. Stops at the first thing that may not fail, at a halt,
 * and when somebody else has taken the incident over.
 */
export async function runPlan(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
  plan: StoredPlan,
): Promise<Ran> {
  const failures: string[] = [];
  for (const [index, step] of plan.steps.entries()) {
    switch (step.kind) {
      case "action": {
        const asked = step.unless && (await look(world, steps, runbook, id, `unless ${index}`, step.unless.condition));
        if (asked?.undo) return { kind: "undo", why: asked.saw, at: index };
        if (asked?.holds) {
          const text = `Not needed: ${step.does}; ${asked.saw}.`;
          await steps.atLeastOnce(`not needed ${index}`, () => tell(world, id, `not needed ${index}`, text));
          break;
        }
        const acted = await act(world, steps, id, findAction(runbook, step.action), step, index);
        if (acted.kind !== "done" && acted.kind !== "failed") {
          await steps.atLeastOnce(`stopped ${index}`, () =>
            tell(world, id, `stopped ${index}`, `Stopped before "${step.does}": ${acted.why}.`),
          );
          return { ...acted, at: index };
        }
        if (acted.kind === "failed" && !step.mayFail) return { ...acted, at: index };
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
        const seen = await look(world, steps, runbook, id, `check ${index}`, step.condition);
        if (!seen.holds) return { kind: "failed", why: `${step.what}: no; ${seen.saw}`, at: index };
        break;
      }
      case "until": {
        await show(world, steps, id, index);
        const seen = await poll(
          world,
          steps,
          runbook,
          id,
          `until ${index}`,
          step.condition,
          toMs(step.every),
          toMs(step.within),
        );
        if (seen.undo) return { kind: "undo", why: seen.saw, at: index };
        if (!seen.holds)
          return { kind: "failed", why: `${step.what}: not within ${inWords(step.within)}; ${seen.saw}`, at: index };
        await steps.atLeastOnce(`seen ${index}`, () => tell(world, id, `seen ${index}`, `${step.what}: ${seen.saw}.`));
      }
    }
  }
  if (!plan.verify) return { kind: "ran", failures, saw: "every step was done" };
  const { verifyWithin = {} } = runbook.definition;
  const seen = await poll(world, steps, runbook, id, "verify", plan.verify, 10_000, toMs(verifyWithin));
  const at = plan.steps.length;
  if (seen.undo) return { kind: "undo", why: seen.saw, at };
  return seen.holds ? { kind: "ran", failures, saw: seen.saw } : { kind: "failed", why: `verify: ${seen.saw}`, at };
}

/** Slack is told when the plan is about to wait and when it has ended: it never stands between two actions. */
const show = (world: World, steps: Steps, id: string, index: number): Promise<void> =>
  steps.atLeastOnce(`show ${index}`, async () => void (await showIncident(world, id)));

type Asked = Extract<StoredPlan["steps"][number], { kind: "check" }>["condition"];

/** The question that told whether the plan had helped, if it asked one: its last condition. */
export function lastAsked({ steps, verify }: StoredPlan): Asked | undefined {
  return (
    verify ?? steps.flatMap((step) => (step.kind === "until" || step.kind === "check" ? step.condition : [])).at(-1)
  );
}

/** Asks a condition once, and says when; and whether a person wants everything back meanwhile. */
export async function look(world: World, steps: Steps, runbook: Runbook, id: string, name: string, asked: Asked) {
  const condition = findCondition(runbook, asked.condition);
  return await steps.atLeastOnce(name, async () => {
    const { undo } = await world.incidents.get(id);
    if (undo) return { holds: false, saw: `${undo.name} wants it back`, at: world.clock.now(), undo: true };
    try {
      const { holds, saw } = await condition.holds({ params: asked.params, look: world.look });
      return { holds, saw, at: world.clock.now(), undo: false };
    } catch (error) {
      // What cannot be looked at has not been seen to hold.
      const saw = `it could not be looked at: ${readFailure(error).why}`;
      return { holds: false, saw, at: world.clock.now(), undo: false };
    }
  });
}

async function poll(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
  name: string,
  asked: Asked,
  everyMs: number,
  withinMs: number,
) {
  const asksMax = Math.max(1, Math.ceil(withinMs / everyMs));
  let beganAt: number | undefined;
  for (let i = 1; ; i++) {
    const seen = await look(world, steps, runbook, id, `${name} ${i}`, asked);
    beganAt ??= seen.at;
    // By the clock, and at most so often: looks that were late must not stretch the time that was promised.
    if (seen.holds || seen.undo || i >= asksMax || seen.at - beganAt >= withinMs) return seen;
    await steps.sleep(`${name} pause ${i}`, everyMs);
  }
}
