import { createHash } from "node:crypto";
import { z } from "zod";
import type { Duration } from "../clock.ts";
import { canonicalJson } from "../json.ts";
import type { ActionStep } from "./action.ts";
import type { ConditionRef } from "./condition.ts";

/** What may be said of a step that looks or waits. */
interface Following {
  /** It is about the action before it: an override that leaves that one out leaves this out too. */
  readonly follows?: boolean;
}

export interface WaitStep extends Following {
  readonly kind: "wait";
  readonly why: string;
  readonly for: Duration;
}

export interface UntilStep<Id extends string = string> extends Following {
  readonly kind: "until";
  readonly what: string;
  readonly condition: ConditionRef<Id>;
  readonly every: Duration;
  readonly within: Duration;
}

export interface CheckStep<Id extends string = string> extends Following {
  readonly kind: "check";
  readonly what: string;
  readonly condition: ConditionRef<Id>;
}

export interface SayStep {
  readonly kind: "say";
  readonly text: string;
}

/** One line of a plan. `Id` bounds the actions and conditions it may name to those that the runbook declares. */
export type Step<Id extends string = string> = ActionStep<Id> | WaitStep | UntilStep<Id> | CheckStep<Id> | SayStep;

/** The runbook looked and there is nothing to do. */
export interface Skip {
  readonly kind: "skip";
  readonly why: string;
}

export const skip = (why: string): Skip => ({ kind: "skip", why });

/** Lets time pass. Costs nothing: the execution sleeps. */
export const wait = (why: string, length: Duration): WaitStep => ({ kind: "wait", why, for: length });

/** Waits for a condition; if it does not hold within the time, the plan has failed. */
export const until = <Id extends string>(
  what: string,
  condition: ConditionRef<Id>,
  { every, within }: { every: Duration; within: Duration },
): UntilStep<Id> => ({ kind: "until", what, condition, every, within });

/** A gate inside a plan: if the condition does not hold now, the plan has failed. */
export const check = <Id extends string>(what: string, condition: ConditionRef<Id>): CheckStep<Id> => ({
  kind: "check",
  what,
  condition,
});

/**
 * Says that steps are about the action before them, and about nothing else of the plan: where a person leaves that action
 * out, nobody waits for what it would have brought.
 */
export const following = <const S extends readonly (WaitStep | UntilStep | CheckStep)[]>(...steps: S): S[number][] =>
  steps.map((step) => ({ ...step, follows: true }));

/** Tells the incident's thread something. */
export const say = (text: string): SayStep => ({ kind: "say", text });

const duration = z.object({
  days: z.number().optional(),
  hours: z.number().optional(),
  minutes: z.number().optional(),
  seconds: z.number().optional(),
});
const condition = z.object({ condition: z.string(), params: z.json() });
const follows = z.boolean().optional();

/** A step as it is stored: what was planned, in words, and what it would change. */
export const storedStep = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("action"),
    action: z.string(),
    params: z.json(),
    lease: duration.optional(),
    untilHelped: z.boolean().optional(),
    mayFail: z.boolean().optional(),
    unless: z.object({ what: z.string(), condition }).optional(),
    required: z.boolean().optional(),
    /** What it does and how it would be undone, in words, as people approved it. */
    does: z.string(),
    undo: z.string(),
    touches: z.array(z.string()),
    /** The state it found when the plan was made. */
    was: z.json(),
    /** What it adds to the bill while it stands, in US dollars an hour. `null`: nobody knows. Absent: nothing. */
    usdPerHour: z.number().nullable().optional(),
  }),
  z.object({ kind: z.literal("wait"), why: z.string(), for: duration, follows }),
  z.object({ kind: z.literal("until"), what: z.string(), condition, every: duration, within: duration, follows }),
  z.object({ kind: z.literal("check"), what: z.string(), condition, follows }),
  z.object({ kind: z.literal("say"), text: z.string() }),
]);
export type StoredStep = z.infer<typeof storedStep>;
export type StoredAction = Extract<StoredStep, { kind: "action" }>;

/** How much a plan needs people's word on the rung `veto`, and why, in words for them. */
export const consent = z.object({ needs: z.enum(["none", "a-yes"]), why: z.string() });
export type Consent = z.infer<typeof consent>;

/** A plan as it is stored, shown, approved and run: pure data with a hash over all of it. */
export const storedPlan = z.object({
  steps: z.array(storedStep),
  /** The part of the estate it belongs to and how much of that part it touches, for limits by share. */
  fleet: z.object({ scope: z.string(), size: z.number().int().positive() }).optional(),
  /** How much this plan needs people's word where its runbook acts by `veto`, and why. Absent: it goes unless they object. */
  consent: consent.optional(),
  verify: condition.optional(),
  hash: z.string(),
});
export type StoredPlan = z.infer<typeof storedPlan>;

/** The hash that an approval is bound to: SHA-256 over the canonical JSON of everything in the plan but the hash. */
export function hashPlan(plan: Omit<StoredPlan, "hash">): string {
  return createHash("sha256").update(canonicalJson(plan)).digest("hex");
}

/** Everything that a plan would change, each thing once. */
export const touchedBy = (plan: StoredPlan): string[] => [
  ...new Set(actionsOf(plan).flatMap(({ touches }) => touches)),
];

/** What a plan adds to the bill while it stands, in US dollars an hour; `undefined` when a price is not known. */
export function usdPerHourOf(plan: StoredPlan): number | undefined {
  let total = 0;
  for (const { usdPerHour = 0 } of actionsOf(plan)) {
    if (usdPerHour === null) return undefined;
    total += usdPerHour;
  }
  return total;
}

/** The actions of a plan, in order. */
export function actionsOf(plan: StoredPlan): StoredAction[] {
  return plan.steps.filter((step) => step.kind === "action");
}

/** Whether all that a plan changes goes back by itself. */
export const isLent = (plan: StoredPlan): boolean => actionsOf(plan).every(({ lease }) => lease !== undefined);
