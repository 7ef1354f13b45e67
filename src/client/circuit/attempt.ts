import { type Timer, withTimeLimit } from "../timer.ts";
import type { Verdict } from "./classify.ts";
import type { CircuitRules } from "./settings.ts";
import type { Ending } from "./window.ts";

/** How an attempt ended. `refused`: nothing was sent. */
export type Attempt<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "refused"; readonly retryAt: number }
  | { readonly kind: "failed"; readonly error: unknown; readonly verdict: Verdict };

/** Makes a call within its time limit; every ending is a value. What the caller has called off says nothing. */
export async function send<T>(
  fn: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal | undefined,
  { timeoutMs, classify }: CircuitRules,
  { timer, now }: { readonly timer: Timer; readonly now: () => number },
): Promise<Attempt<T>> {
  try {
    const value = await withTimeLimit(timeoutMs, timer, (limit) =>
      fn(signal ? AbortSignal.any([limit, signal]) : limit),
    );
    return { kind: "done", value };
  } catch (error) {
    return { kind: "failed", error, verdict: signal?.aborted ? { kind: "ignored" } : classify(error, now()) };
  }
}

/** What the end of a call that took `ms` says about the provider; `undefined`: nothing. */
export function endingOf(attempt: Attempt<unknown>, ms: number, slowMs: number): Ending | "fatal" | undefined {
  if (attempt.kind === "done") return ms >= slowMs ? "slow" : "ok";
  if (attempt.kind === "refused" || attempt.verdict.kind === "ignored") return undefined;
  return attempt.verdict.kind;
}

/** The pause that the provider asked for, if it did. */
export function pauseOf(attempt: Attempt<unknown>): { retryAfterMs?: number } {
  if (attempt.kind !== "failed" || attempt.verdict.kind !== "throttled") return {};
  const { retryAfterMs } = attempt.verdict;
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

/** What a failure is called in the story of the circuit. */
export const nameOf = (attempt: Attempt<unknown>): string =>
  attempt.kind === "failed" && attempt.error instanceof Error ? attempt.error.name : "a failure";
