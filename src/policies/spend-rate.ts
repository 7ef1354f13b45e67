import { type Duration, toMs } from "../clock.ts";

/** Money that was spent at a moment, in US dollars. */
export interface Amount {
  readonly at: number;
  readonly usd: number;
}

/**
 * What is spent in an hour at the rate of the last `over` before `until`, in US dollars. `since` says from when on the amounts
 * are known, if that is later: then the rate is that of the time since.
 *
 * `undefined` when nothing is known of this time. No amounts within a time that is known are a rate of 0.
 */
export function hourlyRate(
  amounts: readonly Amount[],
  { over, until, since = -Infinity }: { over: Duration; until: number; since?: number },
): number | undefined {
  const from = Math.max(until - toMs(over), since);
  if (from >= until) return undefined;
  const spent = amounts.reduce((sum, { at, usd }) => (at > from && at <= until ? sum + usd : sum), 0);
  return (spent / (until - from)) * toMs({ hours: 1 });
}

/**
 * What is spent in an hour at the rate of the last reports, those of the last `over` at least, in US dollars: what a runaway shows
 * within half a minute, when the rate of five minutes has hardly moved. A report is for the time since the one before it.
 *
 * `undefined` when there are not yet two reports, or the last one is older than `staleAfter`: reports that ended are no rate.
 */
export function latestRate(
  amounts: readonly Amount[],
  { over, until, staleAfter }: { over: Duration; until: number; staleAfter: Duration },
): number | undefined {
  const times = amounts.map(({ at }) => at).filter((at) => at <= until);
  const last = Math.max(...times);
  const from = Math.max(...times.filter((at) => at <= last - toMs(over)));
  if (last < until - toMs(staleAfter) || from === -Infinity) return undefined;
  return hourlyRate(amounts, { over: { seconds: (last - from) / 1_000 }, until: last });
}

/**
 * The shares of its plan from which on a spender is held back, and stopped: 120 and 150 %.
 *
 * They are a choice, not a measurement: the usual alerts of AWS Budgets begin at 80 and 100 %, where people should look and
 * no machine act; a fifth above is more than what plans of token use are off by from hour to hour, and half above is no
 * longer explained by a busy hour.
 */
export const heldFrom = 1.2;
export const stoppedFrom = 1.5;

/**
 * The share of its plan from which on nobody need be asked whether to hold a spender back: ten times. The launches and busy
 * days that people tell of bring two to five times as much; twice that is left for those they do not tell of.
 */
export const plainFrom = 10;

/** How far a rate is beyond what was planned. */
export type Excess = "within" | "over" | "far-over" | "plainly-over";

export function excessOf(usdPerHour: number, plannedUsdPerHour: number): Excess {
  const share = usdPerHour / plannedUsdPerHour;
  if (share < heldFrom) return "within";
  if (share < stoppedFrom) return "over";
  return share < plainFrom ? "far-over" : "plainly-over";
}

/** A rate that counts as back to plan: halfway to where it would be held again, so that it does not flap around one bound. */
export const backBelow = (plannedUsdPerHour: number): number => (plannedUsdPerHour * (1 + heldFrom)) / 2;

/** The one that spends most beyond its plan, in dollars; `undefined` when nobody is over it. */
export function worstOf<S extends { readonly usdPerHour: number; readonly plannedUsdPerHour: number }>(
  spenders: readonly S[],
): S | undefined {
  const beyond = ({ usdPerHour, plannedUsdPerHour }: S): number => usdPerHour - plannedUsdPerHour;
  return spenders
    .filter(({ usdPerHour, plannedUsdPerHour }) => excessOf(usdPerHour, plannedUsdPerHour) !== "within")
    .toSorted((a, b) => beyond(b) - beyond(a))[0];
}
