import { lookPermissions } from "../../src/aws/look.ts";
import type { StoredPlan } from "../../src/runbook/plan.ts";
import { isDefined, type Runbook } from "../../src/runbook/runbook.ts";

/** The IAM actions that a plan needs, and what needs them. */
export interface Needed {
  readonly by: string;
  readonly permissions: readonly string[];
}

/** What each action and condition of a plan declares, and what looking takes whatever the plan is. */
export function permissionsOf({ definition }: Runbook, plan: StoredPlan | undefined): Needed[] {
  const named = new Set((plan?.steps ?? []).flatMap((step) => namedBy(step)));
  if (plan?.verify) named.add(plan.verify.condition);
  return [
    ...definition.uses
      .filter(isDefined)
      .filter(({ id }) => named.has(id))
      .map(({ id, definition: { permissions } }) => ({ by: id, permissions })),
    { by: "looking", permissions: lookPermissions },
  ];
}

function namedBy(step: StoredPlan["steps"][number]): string[] {
  if (step.kind === "action") return [step.action];
  return step.kind === "until" || step.kind === "check" ? [step.condition.condition] : [];
}
