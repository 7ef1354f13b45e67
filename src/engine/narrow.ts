import { canonicalJson, type Json } from "../json.ts";
import type { Prices } from "../prices.ts";
import { toMs } from "../clock.ts";
import type { ActionStep } from "../runbook/action.ts";
import { actionsOf, hashPlan, type StoredAction, type StoredPlan, touchedBy, usdPerHourOf } from "../runbook/plan.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { inWords } from "./in-words.ts";
import { findAction } from "./make-plan.ts";
import type { Narrowing } from "./narrowing.ts";
import { storedAction } from "./stored-action.ts";

/** The narrowed plan with its own hash, or why it is none, in words for the person who asked. */
export type Narrowed =
  | { readonly kind: "narrowed"; readonly plan: StoredPlan; readonly changes: readonly string[] }
  | { readonly kind: "refused"; readonly why: string };

const refused = (why: string): Narrowed => ({ kind: "refused", why });

/**
 * A plan with less in it: fewer actions, shorter leases, narrower parameters. Pure: the same plan and wish give the same
 * hash. What would widen it in any way is refused, and says what.
 */
export function narrowPlan(
  runbook: Runbook,
  plan: StoredPlan,
  { without, leaseMinutes, params }: Narrowing,
  prices: Prices,
): Narrowed {
  const changes: string[] = [];
  const unknown = [...without, ...Object.keys(params).map(Number)].find((at) => plan.steps[at]?.kind !== "action");
  if (unknown !== undefined) return refused(`Step ${unknown + 1} of the plan is not an action.`);

  const steps: StoredPlan["steps"] = [];
  /** Whether the last action before is left out. */
  let isLeftOut = false;
  for (const [at, step] of plan.steps.entries()) {
    if (step.kind === "action") isLeftOut = without.includes(at);
    if (without.includes(at)) {
      if (step.kind === "action" && step.required) {
        return refused(`"${step.does}" cannot be left out: it bounds what comes before it.`);
      }
      changes.push(`without "${step.kind === "action" ? step.does : at}"`);
      continue;
    }
    if (step.kind !== "action") {
      if (!(isLeftOut && step.kind !== "say" && step.follows)) steps.push(step);
      continue;
    }
    const lease = shorter(step, leaseMinutes);
    if (lease === "longer") {
      return refused(
        `"${step.does}" is leased for ${inWords(step.lease ?? {})}; an override can only make it shorter.`,
      );
    }
    const asked = params[String(at)];
    const other = asked === undefined ? step.params : narrower(runbook, step, asked);
    if (other === undefined)
      return refused(`"${step.does}" cannot be changed to that: it would be more, or something else.`);
    const made = storedAction(
      findAction(runbook, step.action),
      { ...planned(step), params: other, ...(lease && { lease }) },
      step.was,
      prices,
    );
    if (made.does !== step.does) changes.push(`"${made.does}" instead of "${step.does}"`);
    // Not everything that may be less is in the words.
    else if (canonicalJson(other) !== canonicalJson(step.params)) changes.push(`"${made.does}" with less of it`);
    if (lease && step.lease && toMs(lease) !== toMs(step.lease)) {
      changes.push(`"${made.does}" for ${inWords(lease)} instead of ${inWords(step.lease)}`);
    }
    steps.push(made);
  }

  const { hash: _, ...rest } = plan;
  const less = { ...rest, steps };
  const narrow: StoredPlan = { ...less, hash: hashPlan(less) };
  if (actionsOf(narrow).length === 0) return refused("That leaves nothing to do. Deny the plan instead.");
  const touched = new Set(touchedBy(plan));
  const more = touchedBy(narrow).find((target) => !touched.has(target));
  if (more !== undefined) return refused(`That would touch ${more}, which the plan does not.`);
  // What saves money cannot be left out while what costs money stays.
  const [costs, costed] = [usdPerHourOf(narrow), usdPerHourOf(plan)];
  if (costed !== undefined && (costs ?? Infinity) > Math.max(0, costed))
    return refused("That would cost more than the plan does.");
  if (changes.length === 0) return refused("That is the plan as it stands. Approve it instead.");
  return { kind: "narrowed", plan: narrow, changes };
}

const planned = ({ action, params, lease, untilHelped, mayFail, required, unless }: StoredAction): ActionStep => ({
  kind: "action",
  action,
  params,
  ...(lease && { lease }),
  ...(untilHelped !== undefined && { untilHelped }),
  ...(mayFail !== undefined && { mayFail }),
  ...(required !== undefined && { required }),
  ...(unless && { unless }),
});

/** The lease a step would have; a step without a lease keeps having none. */
function shorter({ lease }: StoredAction, minutes: number | undefined) {
  if (!lease || minutes === undefined) return lease;
  return minutes * 60_000 > toMs(lease) ? "longer" : { minutes };
}

/** The parameters as the action reads them, if it calls them narrower than those planned. */
function narrower(runbook: Runbook, step: StoredAction, asked: Json): Json | undefined {
  const { params: schema, narrows } = findAction(runbook, step.action);
  const read = schema.safeParse(asked);
  if (!read.success || !narrows?.({ planned: step.params, asked: read.data, before: step.was })) return undefined;
  return read.data as Json;
}
