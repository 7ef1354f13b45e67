import type { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { BotError } from "../bot-error.ts";
import type { Duration } from "../clock.ts";
import type { Json } from "../json.ts";
import type { ConditionRef } from "./condition.ts";
import type { Prices } from "../prices.ts";
import type { Resource } from "./resource.ts";

/** What `probe` found: whether the change is in place, and if so what `do` would have returned. */
export type Probed = { readonly applied: true; readonly out: Json } | { readonly applied: false };

/** Why a change needs no way back. Only for changes that end by themselves or harm nobody; people read the reason. */
export interface NothingToUndo {
  readonly nothing: string;
}

/** Declares that a change has no undo, and why that is safe. */
export function nothingToUndo(why: string): NothingToUndo {
  return { nothing: why };
}

/**
 * One kind of change to the account, defined once and reviewed once. It owns its own safety.
 */
export interface ActionDefinition<Id extends string = string, Params extends z.ZodType = z.ZodType> {
  /** Unique, `service.verb-noun`. It is stored in plans and journals, so it never changes its meaning. */
  readonly id: Id;
  /** What it does, as you would tell a colleague: people read this in Slack at night. */
  readonly summary: (params: z.output<Params>) => string;
  readonly params: Params;
  /** Every AWS operation that the functions below call, as IAM actions. The role can do nothing else. */
  readonly permissions: readonly string[];
  /** What is changed. One target has at most one remediation at a time, across all runbooks. */
  readonly touches: (params: z.output<Params>) => readonly Resource[];
  /** How long it usually takes; a plan with a deadline keeps what still fits. Default: 2 seconds. */
  readonly takes?: Duration;
  /**
   * What the change adds to the bill while it stands, in US dollars an hour; less than 0 when it saves. `undefined` when
   * nobody knows the price, and people are told so. Default: nothing.
   */
  readonly costs?: (tools: { params: z.output<Params>; before: Json; prices: Prices }) => number | undefined;
  /**
   * Whether `asked` changes no more than `planned` does: what a person may make of this action when they override a plan.
   * Only parameters for which this says so can be overridden. Default: none.
   */
  readonly narrows?: (tools: { planned: z.output<Params>; asked: z.output<Params>; before: Json }) => boolean;
  /**
   * Read-only: the state that `undo` would restore. Read when the plan is made and again before it runs; if it has moved
   * since a person approved, the plan is stale. So it holds what `undo` needs and nothing that changes by itself.
   */
  readonly before?: (tools: { params: z.output<Params>; aws: Aws }) => Promise<Json>;
  /**
   * The change itself. Called at most once per attempt, through clients that never retry by themselves. `key` is the same
   * for every attempt of one step of one incident: pass it on as the client token where the service takes one.
   */
  readonly do: (tools: {
    params: z.output<Params>;
    aws: Aws;
    key: string;
    before: Json;
    /** When the change will be given back, if it is leased: for changes that can say so to those who see them. */
    leaseUntil?: number;
    incident: string;
    now: number;
    /** What this incident has done before this, oldest first: action and what its `do` answered. */
    earlier: readonly { readonly action: string; readonly out: Json }[];
  }) => Promise<Json>;
  /**
   * The service takes `key` as a client token and answers a repeat with what the first call did. Then a repeat is the
   * best look there is, and an unknown outcome is asked about that way; `probe` is left for those who must not change.
   */
  readonly keyed?: boolean;
  /**
   * Read-only: did it happen? Asked after a crash, a timeout or an unknown error, before anything else is done. "Not
   * applied" leads to another `do` with the same key, so where a look cannot tell, answer what does no harm.
   */
  readonly probe: (tools: { params: z.output<Params>; aws: Aws; key: string; before: Json }) => Promise<Probed>;
  /** The way back. Called at least once, so it must bear repeating, and must bear that the change never happened. */
  readonly undo:
    | ((tools: {
        params: z.output<Params>;
        aws: Aws;
        key: string;
        before: Json;
        out: Json;
        now: number;
      }) => Promise<void>)
    | NothingToUndo;
  /** Read-only: the state to wait for after `do`. Not reached within `within` counts as failed. */
  readonly verify?: {
    readonly within: Duration;
    readonly every: Duration;
    readonly holds: (tools: { params: z.output<Params>; aws: Aws; out: Json }) => Promise<boolean>;
  };
}

/** An action in a plan: pure data. */
export interface ActionStep<Id extends string = string> {
  readonly kind: "action";
  readonly action: Id;
  readonly params: Json;
  /** The change is given back after this long. */
  readonly lease?: Duration;
  /** The change is given back as soon as the plan has helped, and at the end of its lease at the latest. */
  readonly untilHelped?: boolean;
  /**
   * It bounds what a step before it has begun. So an override cannot leave it out and a deadline does not cut it off; and
   * where a halt has come between and what was done stays, it is done when the halt is over.
   */
  readonly required?: boolean;
  /** If it fails, the plan goes on without it and people are told. */
  readonly mayFail?: boolean;
  /** Asked when its turn comes: if this holds by then, it is not needed and left out. */
  readonly unless?: { readonly what: string; readonly condition: ConditionRef<Id> };
}

/** What an author holds: call it with parameters to put the action into a plan. */
export interface Action<Id extends string = string, Params extends z.ZodType = z.ZodType> {
  (params: z.input<Params> & { lease?: Duration }): ActionStep<Id>;
  readonly kind: "action";
  readonly id: Id;
  readonly definition: ActionDefinition<Id, Params>;
}

/**
 * Defines an action.
 *
 * @throws BotError `bad_plan`, when called for a plan with parameters that its schema refuses: the message names the
 * action and the parameter.
 *
 * @example
 * export const setFlag = defineAction({ id: "flags.set", … });
 * const step = setFlag({ flag: "beta", on: false, lease: { minutes: 30 } });
 */
export function defineAction<const Id extends string, Params extends z.ZodType>(
  definition: ActionDefinition<Id, Params>,
): Action<Id, Params> {
  const plan = (given: z.input<Params> & { lease?: Duration }): ActionStep<Id> => {
    const { lease, ...rest } = given as Record<string, unknown> & { lease?: Duration };
    const read = definition.params.safeParse(rest);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new BotError(
        "bad_plan",
        `planning ${definition.id}: ${issue?.path.join(".") || "parameters"}: ${issue?.message}`,
        { cause: read.error, action: definition.id },
      );
    }
    return { kind: "action", action: definition.id, params: read.data as Json, ...(lease && { lease }) };
  };
  return Object.assign(plan, { kind: "action" as const, id: definition.id, definition });
}

/** Puts an action into a plan that goes on without it if it fails: better three of four than none. */
export function attempt<Id extends string>(step: ActionStep<Id>): ActionStep<Id> {
  return { ...step, mayFail: true };
}

/** Puts an action into a plan that is left out if, when its turn comes, something holds already: the next thing to try. */
export function unless<Id extends string, Asked extends string>(
  what: string,
  condition: ConditionRef<Asked>,
  step: ActionStep<Id>,
): ActionStep<Id | Asked> {
  return { ...step, unless: { what, condition } };
}

/**
 * Puts an action into a plan that bounds or ends what a step before it began. An override cannot leave it out, a deadline
 * does not cut it off, and after a halt it is done all the same.
 */
export function required<Id extends string>(step: ActionStep<Id>): ActionStep<Id> {
  return { ...step, required: true };
}

/** Puts a leased action into a plan that is given back as soon as the plan has helped, not only when its lease ends. */
export function untilHelped<Id extends string>(step: ActionStep<Id>): ActionStep<Id> {
  return { ...step, untilHelped: true };
}
