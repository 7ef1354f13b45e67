import type { Point } from "../replay/csv.ts";
import type { Series } from "../../src/signals/signal.ts";

/** One thing of a history, with the time it is of, in milliseconds. */
export type Item =
  /** An event, as JSON on one line. */
  | { readonly kind: "event"; readonly at: number; readonly text: string }
  /** An object of a metric stream, as JSON on one line. */
  | { readonly kind: "object"; readonly at: number; readonly text: string }
  /** Points of a series that lie in one window, oldest first; `at` is the first of them. */
  | { readonly kind: "points"; readonly at: number; readonly series: Series; readonly points: readonly Point[] };

/**
 * What lies in one window reaches the bot at one time, measurements first. A detector is written back once a batch, which takes
 * half a millisecond, and CloudWatch shows a metric two or three minutes late anyway.
 */
export const windowMs = 15 * 60_000;

export const windowOf = (at: number): number => Math.floor(at / windowMs);

/** Splits points, oldest first, where a window ends. */
export function* byWindow(series: Series, points: readonly Point[]): Generator<Item> {
  for (const some of Map.groupBy(points, ({ at }) => windowOf(at)).values()) {
    const [first] = some;
    if (first) yield { kind: "points", at: first.at, series, points: some };
  }
}
