import type { FromEvent } from "./event.ts";

/**
 * The bot's own schedule has looked and found a reason to plan. Made inside the bot only: no event from outside can claim one.
 *
 * `at` is the time that was scheduled, not that of the look: however often it is found, it opens one incident.
 */
export interface Due extends FromEvent {
  readonly kind: "due";
  /** `rise-ahead`: more is going to be asked of a service than it takes. `size-off`: its tasks have more or less than they need.
   * `memory-leaks`: their memory rises, and ends within a day. */
  readonly what: "rise-ahead" | "size-off" | "memory-leaks";
  /** The service in the settings. */
  readonly service: string;
  readonly why: string;
}
