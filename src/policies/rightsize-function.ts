import { needed, shrinking, step, tooLittle, worstDay } from "./usage.ts";

/** A Lambda function's memory, and what it used of it at its most within five minutes, in MiB. */
export interface FunctionUse {
  readonly now: number;
  readonly memory: number;
  /** Oldest first; none for minutes in which it did not run. */
  readonly use: readonly { readonly at: number; readonly memory: number }[];
  readonly days: number;
  readonly memoryMayShrink: boolean;
  /** When its configuration was changed last. */
  readonly sizedAt: number;
}

/** The memory that it should have. */
export type FunctionSized =
  | { readonly kind: "abstain" | "keep"; readonly why: string }
  | { readonly kind: "resize"; readonly memory: number; readonly why: string };

/** A day's worth of five minutes, spread over the window: a function that ran less says little of what it may need. */
const valuesMin = 288;
/** What Lambda takes, in MiB. */
const memoryMin = 128;
const memoryMax = 10_240;

/**
 * The memory of a function by what it used: as for tasks, the highest daily 99th percentile plus 15 %, up at once, down by a fifth
 * a day and only where that was allowed. Lambda gives CPU by memory, so less of it is slower too: all the more reason. Pure.
 */
export function rightsizeFunction({ now, memory, use, days, memoryMayShrink, sizedAt }: FunctionUse): FunctionSized {
  const why = tooLittle(use, now, days, valuesMin);
  if (why !== undefined) return { kind: "abstain", why };
  const used = worstDay(use, now);
  const need = needed(used, memory, 100);
  const { allowed, ranOut } = shrinking(use, memory, now, sizedAt);
  const wanted = step(need, memory, allowed && memoryMayShrink);
  // Lambda takes whole MiB; multiples of 64 are what people write.
  const to = wanted === memory ? memory : Math.min(memoryMax, Math.max(memoryMin, Math.ceil(wanted / 64) * 64));
  const numbers = `in ${days} days 99 % of the worst day at most ${Math.round(used)} of ${memory} MiB; with 15 % to spare ${Math.round(need)}`;
  if (to === memory) {
    return { kind: "keep", why: ranOut ? `memory ran out within 72 hours: ${numbers}` : numbers };
  }
  return { kind: "resize", memory: to, why: numbers };
}
