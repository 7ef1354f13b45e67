import type { StoredPlan } from "../runbook/plan.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { act } from "./act.ts";
import { findAction } from "./make-plan.ts";
import type { Steps } from "./steps.ts";
import type { World } from "./world.ts";

/** Whether something of a plan, from this step on, bounds what was begun before it. */
export const isHalfBegun = ({ steps }: StoredPlan, at: number): boolean =>
  steps.some((step, index) => index >= at && step.kind === "action" && step.required === true);

/**
 * Does what is left of a plan that stopped half-way as far as it bounds what was begun, and no more: a group that was given a
 * replacement gives up the instance that it replaces. For runbooks whose changes stay; others are taken back. Every one of
 * these actions goes through the halt gate again. Answers what could not be done, in words.
 */
export async function finishBegun(
  world: World,
  steps: Steps,
  runbook: Runbook,
  id: string,
  plan: StoredPlan,
  at: number,
): Promise<string[]> {
  const isBegun = await steps.atLeastOnce("what was begun", async () =>
    (await world.journal.read(id)).some(({ step, state }) => step < at && state === "done"),
  );
  if (!isBegun) return [];
  const failures: string[] = [];
  for (const [index, step] of plan.steps.entries()) {
    if (index < at || step.kind !== "action" || !step.required) continue;
    const acted = await act(world, steps, id, findAction(runbook, step.action), step, index, " after all");
    if (acted.kind !== "done") failures.push(acted.why);
  }
  return failures;
}
