import type { Approval } from "../engine/approvals.ts";
import { inWords } from "../engine/in-words.ts";
import type { Incident } from "../incidents/incident.ts";
import { type StoredPlan, type StoredStep, touchedBy, usdPerHourOf } from "../runbook/plan.ts";
import { code, fold, foreign } from "./text.ts";

/** Enough to read without scrolling far at night; the rest is counted. With these a card stays within `limits.text`. */
const stepsMax = 10;
const targetsMax = 15;

/** What will be done, is being done or was done, each step with its way back. */
export function planInWords(
  plan: StoredPlan,
  state: Incident["phase"]["state"],
  silence: Approval["silence"] = "refuses",
): string {
  const asked = silence === "goes" ? "Unless somebody objects" : "If approved";
  const title = state === "waiting" ? asked : state === "closed" ? "The plan was" : "The plan";
  const lines = plan.steps.map((step, index) => `${index + 1}. ${stepInWords(step)}`);
  const verify = plan.verify ? `\nThen it is verified: ${code(plan.verify.condition, 100)}` : "";
  const steps = fold(lines, { linesMax: stepsMax, charsMax: 2_700 }, (from) => restInWords(plan.steps.slice(from)));
  return `*${title}*\n${steps}${verify}`;
}

function stepInWords(step: StoredStep): string {
  switch (step.kind) {
    case "action":
      return `${foreign(step.does, 200)} (${foreign(step.undo, 200)})${step.mayFail ? " – may fail" : ""}`;
    case "wait":
      return `wait ${inWords(step.for)}: ${foreign(step.why, 200)}`;
    case "until":
      return `wait until ${foreign(step.what, 200)}, at most ${inWords(step.within)}; otherwise the plan has failed`;
    case "check":
      return `check that ${foreign(step.what, 200)}; otherwise the plan has failed`;
    case "say":
      return `say: ${foreign(step.text, 200)}`;
  }
}

/** Steps that have no line of their own are still counted by kind: nobody approves an action that they were not told of. */
function restInWords(steps: readonly StoredStep[]): string {
  const counts = new Map<string, number>();
  for (const step of steps) {
    const kind = step.kind === "action" ? step.action : step.kind;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].map(([kind, count]) => `${count} × ${code(kind, 60)}`);
  const which = fold(
    kinds,
    { linesMax: 6, charsMax: 500, separator: ", " },
    (from) => `${kinds.length - from} more kinds`,
  );
  return `and ${steps.length} more: ${which}`;
}

/** The blast radius: everything that would be changed, its share of the fleet, and what it adds to the bill. */
export function touchesInWords(plan: StoredPlan): string {
  const targets = touchedBy(plan);
  const names = targets.map((target) => code(target, 120));
  const list = fold(
    names,
    { linesMax: targetsMax, charsMax: 1_500, separator: ", " },
    (from) => `and ${names.length - from} more`,
  );
  const { fleet } = plan;
  // Limits by share count the root resource of the incident, so that is what the share here means, too.
  const share = fleet ? `\nOne of ${fleet.size} in ${code(fleet.scope, 120)} (${percent(1 / fleet.size)})` : "";
  return `*Touches ${targets.length}*\n${list || "nothing"}${share}\n${costInWords(plan)}`;
}

const percent = (share: number): string => (share < 0.01 ? "under 1 %" : `${Math.round(share * 100)} %`);

function costInWords(plan: StoredPlan): string {
  const usd = usdPerHourOf(plan);
  if (usd === undefined) return "Cost: price unknown";
  if (usd === 0) return "Cost: adds nothing to the bill";
  return usd > 0 ? `Cost: +${dollars(usd)}/h while it stands` : `Saves ${dollars(-usd)}/h while it stands`;
}

/** What approving costs, short enough for a button: `+$1.92/h`, `price unknown`, or nothing. */
export function costOnButton(plan: StoredPlan | undefined): string {
  const usd = plan ? usdPerHourOf(plan) : 0;
  if (usd === undefined) return "price unknown";
  return usd > 0 ? `+${dollars(usd)}/h` : "";
}

/** Cents, or as many digits as it takes to be more than nothing. */
const dollars = (usd: number): string => `$${usd >= 0.01 ? usd.toFixed(2) : usd.toPrecision(1)}`;
