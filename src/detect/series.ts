import type { Detector } from "./detector.ts";
import type { Verdict } from "./verdict.ts";

export interface Point {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly value: number;
}

/**
 * Scores several points of one series, oldest first whatever order they came in, and returns them in that order with their verdicts.
 *
 * Metrics arrive in batches that are not sorted; only a point older than an earlier batch is late.
 */
export function scoreSeries(detector: Detector, points: Iterable<Point>): { point: Point; verdict: Verdict }[] {
  return [...points]
    .sort((a, b) => a.atMs - b.atMs)
    .map((point) => ({ point, verdict: detector.next(point.atMs, point.value) }));
}
