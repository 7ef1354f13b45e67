import { type Clock, type Duration, toMs } from "../clock.ts";
import type { ActionStep } from "./action.ts";
import type { Step } from "./plan.ts";

/** How long there is left, for a plan that has to be over before something happens. */
export interface Deadline {
  /** Milliseconds since the epoch; absent when there is none. */
  readonly at?: number;
  /** Milliseconds left; `Infinity` without a deadline. */
  readonly leftMs: number;
  /**
   * Keeps the steps that still fit, in the order given. Give the most valuable first: a step whose usual duration no
   * longer fits is left out, and shorter ones behind it may still be kept. What bounds a step that is kept is kept.
   */
  fit<Id extends string>(steps: readonly Step<Id>[]): Step<Id>[];
}

/** A deadline as seen now. `takes` says how long an action usually takes. */
export function deadlineOf(at: number | undefined, clock: Clock, takes: (step: ActionStep) => Duration): Deadline {
  const leftMs = at === undefined ? Infinity : at - clock.now();
  return {
    ...(at !== undefined && { at }),
    leftMs,
    fit(steps) {
      let usedMs = 0;
      return steps.filter((step) => {
        if (step.kind !== "action") return true;
        const ms = toMs(takes(step));
        if (step.required && usedMs > 0) return true;
        if (usedMs + ms > leftMs) return false;
        usedMs += ms;
        return true;
      });
    },
  };
}
