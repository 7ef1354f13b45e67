import { z } from "zod";
import type { Json } from "../../src/json.ts";
import type { Narrowing } from "../../src/engine/narrowing.ts";
import type { StoredPlan } from "../../src/runbook/plan.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import type { SettingsInput } from "../../src/settings.ts";
import type { Clock } from "../../src/clock.ts";
import { type Duration, toMs } from "../../src/clock.ts";
import type { AnyStack } from "../support/stack.ts";

/** Trouble that a runbook answers, from its event to its end: how it begins, and how anybody sees what became of it. */
export interface RunbookEpisode {
  readonly runbook: Runbook;
  /** What the settings have to say for it. Names are its own, so that episodes go side by side in one world. */
  readonly settings?: Partial<Pick<SettingsInput, "services" | "batch" | "prices">>;
  /** Makes its part of the estate. `helps`: whether what the runbook does will be any good. */
  seed(s: AnyStack, helps: boolean): void | Promise<void>;
  /** Lets the trouble begin, now or within the next hours, and tells the bot what AWS does not say by itself. */
  trouble(s: AnyStack): void | Promise<void>;
  /** Whether it needs the bot to hear what AWS says. */
  readonly hears?: boolean;
  /** So long after the beginning it is over, everything taken back included. */
  readonly over: Duration;
  /** What the runbook changes, as anybody can see it. */
  shows(s: AnyStack): unknown;
  /** How that is at the end when it helped. What was lent is back, so it is as before. */
  readonly healed: unknown;
  /** Where a failure leaves something else than there was before, and why that is right. */
  readonly undone?: { readonly shows: unknown; readonly because: string };
  /** What a person may make of its plan; or why there is nothing that is less. */
  readonly less: ((plan: StoredPlan) => Partial<Narrowing>) | { readonly nothing: string };
}

/** The place of the first action of this id in a plan. */
function placeOf(action: string, { steps }: StoredPlan): number {
  const at = steps.findIndex((step) => step.kind === "action" && step.action === action);
  if (at < 0) throw new Error(`the plan has no ${action}`);
  return at;
}

/** The plan without the first action of this id. */
export const without =
  (action: string) =>
  (plan: StoredPlan): Partial<Narrowing> => ({ without: [placeOf(action, plan)] });

/** The plan with other parameters for the first action of this id. */
export const instead =
  (action: string, params: Record<string, Json>) =>
  (plan: StoredPlan): Partial<Narrowing> => {
    const at = placeOf(action, plan);
    const step = plan.steps[at];
    const planned = step?.kind === "action" ? z.record(z.string(), z.json()).parse(step.params) : {};
    return { params: { [at]: { ...planned, ...params } } };
  };

/** Has something happen so long after now. */
export function later(clock: AnyStack["clock"], after: Duration, does: () => unknown): void {
  clock.at(clock.now() + toMs(after), () => void does());
}

/** Samples of a metric: `[from, value]`, each until the next, the last for so long; a sample every so often. */
export function course(
  clock: Clock,
  points: readonly (readonly [from: Duration, value: number])[],
  { every = { minutes: 1 }, end = { hours: 3 } }: { every?: Duration; end?: Duration } = {},
): [number, number][] {
  return points.flatMap(([from, value], index) => {
    const samples: [number, number][] = [];
    const until = toMs(points[index + 1]?.[0] ?? end);
    for (let at = toMs(from); at < until; at += toMs(every)) samples.push([clock.now() + at, value]);
    return samples;
  });
}
