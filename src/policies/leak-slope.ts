import { toMs } from "../clock.ts";

interface Point {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** What a course of memory tells. `perHour` and `level`, where it is now, are in the unit of the points. */
export type Leak =
  | { readonly kind: "insufficient"; readonly why: string }
  | { readonly kind: "steady" }
  | { readonly kind: "leaking"; readonly perHour: number; readonly level: number; readonly hoursToLimit: number };

/** Below two hours a warming cache looks like a leak; below 24 points a trend cannot be told from chance. */
const spanMinMs = toMs({ hours: 2 });
const pointsMin = 24;
/** One-sided 0.1 % of the normal distribution: memory wanders, and neighbouring values are alike, so 5 % would cry wolf. */
const zMin = 3.09;
/** A rise of less than a twentieth of the limit over all that was seen is a cache that still fills. */
const riseMin = 0.05;

/**
 * Whether memory leaks, how fast, and how long until it reaches its limit.
 *
 * The slope is that of Theil and Sen: the median of the slopes between all pairs of points, so that up to 29 % of them may be
 * anything (a burst of work, a garbage collection) without moving it. Whether there is a trend at all is Mann and Kendall's
 * test. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968); Kendall, "Rank Correlation
 * Methods" (1975). Give it what happened since the last restart: a saw's teeth have no slope.
 */
export function leakOf(points: readonly Point[], { limit }: { limit: number }): Leak {
  const ordered = points.toSorted((a, b) => a.at - b.at);
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (!first || !last || ordered.length < pointsMin) {
    return { kind: "insufficient", why: `${ordered.length} values, and ${pointsMin} are needed` };
  }
  if (last.at - first.at < spanMinMs) {
    return { kind: "insufficient", why: `${Math.round((last.at - first.at) / 60_000)} minutes since the last restart` };
  }
  const slope = slopeOf(ordered);
  const level = median(ordered.map(({ at, value }) => value + slope * (last.at - at)));
  const rise = slope * (last.at - first.at);
  if (rise < riseMin * limit || trendOf(ordered) < zMin) return { kind: "steady" };
  const hourMs = toMs({ hours: 1 });
  return {
    kind: "leaking",
    perHour: slope * hourMs,
    level,
    hoursToLimit: Math.max(0, limit - level) / (slope * hourMs),
  };
}

/** The median of the slopes between all pairs, in units a millisecond. */
export function slopeOf(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [index, a] of points.entries()) {
    for (const b of points.slice(index + 1)) if (b.at !== a.at) slopes.push((b.value - a.value) / (b.at - a.at));
  }
  return slopes.length > 0 ? median(slopes) : 0;
}

/** Mann and Kendall's z: how far the course is from one without a trend, in standard deviations; above 0 it rises. */
function trendOf(points: readonly Point[]): number {
  let rises = 0;
  for (const [index, a] of points.entries()) {
    for (const b of points.slice(index + 1)) rises += Math.sign(b.value - a.value);
  }
  const n = points.length;
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  return (rises - Math.sign(rises)) / deviation;
}

function median(values: readonly number[]): number {
  // A day of five-minute values has 41,000 pairs: numbers sort five times as fast where they need not be asked how.
  const sorted = Float64Array.from(values).sort();
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}
