import type { Duration } from "../clock.ts";
import type { Action } from "./action.ts";
import type { Condition, ConditionRef } from "./condition.ts";
import type { Deadline } from "./deadline.ts";
import type { Look } from "./look.ts";
import type { Consent, Skip, Step } from "./plan.ts";
import type { Resource } from "./resource.ts";
import type { Trigger } from "./trigger.ts";

/** What a runbook may use: its plans can hold nothing else. */
export type Usable = Pick<Action, "kind" | "id"> | Pick<Condition, "kind" | "id">;

/** Whether it is whole: what an author declares always is, and carries its definition. */
export const isDefined = (usable: Usable): usable is Action | Condition => "definition" in usable;

/** A bound on changes. */
export interface Limit {
  /** At most so many remediations by this runbook… */
  readonly runs: number;
  /** …within this time. */
  readonly within: Duration;
  /** At most this share of the fleet (0–1) touched within that time. Needs `fleet`. */
  readonly share?: number;
}

export interface RunbookDefinition<S, Uses extends readonly Usable[]> {
  /** Unique, `kebab-case`; stored with incidents, so it stays. */
  readonly id: string;
  /** What it is for, in a line. */
  readonly summary: string;
  readonly on: readonly Trigger<S>[];
  /** `fast`: has a deadline, never waits for people. `slow`: may ask first. */
  readonly lane: "fast" | "slow";
  readonly uses: Uses;
  readonly limit: Limit;
  /** `high`: two people have to approve, and silence never means yes. Default: `normal`. */
  readonly risk?: "normal" | "high";
  /** The part of the estate that `limit.share` is a share of. */
  readonly fleet?: (about: { signal: S; look: Look }) => Promise<{ scope: Resource; size: number } | undefined>;
  /** Looks, and says what to do about it. Pure data comes back; nothing is changed. */
  readonly plan: (about: { signal: S; look: Look; deadline: Deadline }) => Promise<Step<Uses[number]["id"]>[] | Skip>;
  /**
   * How much the plan made of this picture needs people's word on the rung `veto`. `none`: it goes at once, if all that it
   * changes is lent; for evidence so plain that to wait for an objection only adds to the damage. `a-yes`: silence refuses;
   * for what a machine cannot tell from something good. By default it goes unless somebody objects. The other rungs are
   * as they are, and two people are asked all the same where the risk is `high`.
   */
  readonly consent?: (about: { signal: S; look: Look }) => Promise<Consent | undefined>;
  /**
   * By which other names events may speak of what the incident is about, such as the container instance on an instance:
   * events that no runbook answers and that are about one of them join the incident.
   */
  readonly alsoKnownAs?: (about: { signal: S; look: Look }) => Promise<readonly Resource[]>;
  /** What must be true afterwards. Asked repeatedly for as long as `verifyWithin` says (default: once). */
  readonly verify?: (about: { signal: S }) => ConditionRef<Uses[number]["id"]>;
  readonly verifyWithin?: Duration;
  /**
   * What becomes of the changes already made when the plan cannot be finished or did not help.
   * `undo` (the default): everything is undone. `keep`: it stays, because undoing would hurt more; people are paged.
   */
  readonly onFailure?: "undo" | "keep";
}

/** A runbook with its signal type hidden, for lists and the engine. */
export interface Runbook {
  readonly id: string;
  readonly definition: RunbookDefinition<unknown, readonly Usable[]>;
}

/** Defines a runbook: which signals it answers, what it may do, within which limit, and how it plans. */
export function defineRunbook<S, const Uses extends readonly Usable[]>(
  definition: RunbookDefinition<S, Uses>,
): Runbook & { readonly definition: RunbookDefinition<S, Uses> } {
  return { id: definition.id, definition } as Runbook & { readonly definition: RunbookDefinition<S, Uses> };
}
