import { spanOf, warmUpOf } from "./nab.ts";
import type { Series } from "./nab-corpus.ts";
import type { ScoredFile } from "./nab-score.ts";
import { profiles, scoreAt } from "./nab-score.ts";

/** What a careful team writes in an afternoon: the distance from the median of the last points, in median absolute deviations. */
export interface RobustZ {
  /** At the threshold that is best on these very files: it is given what no detector in the field is. */
  readonly standard: number;
  readonly lowFP: number;
}

/** A normal distribution's standard deviation is this many median absolute deviations. */
const normal = 1.4826;
/** As ours: a second alarm comes at the earliest after this share of the span. */
const quietShare = 0.15;
const thresholds = Array.from({ length: 40 }, (_, i) => 1.5 * 1.12 ** i);

/** The rolling robust z-score on the same files, with the same warm-up and one alarm an episode. */
export function robustZ(corpus: readonly Series[]): RobustZ {
  const scores = corpus.map(({ values }) => scoresOf(values, warmUpOf(values.length)));
  const tried = thresholds.map((from) => {
    const files = corpus.map(({ windows }, i): ScoredFile => ({ scores: alarms(scores[i]!, from), windows }));
    return { standard: scoreAt(files, profiles.standard, 1), lowFP: scoreAt(files, profiles.lowFP, 1) };
  });
  return tried.reduce((a, b) => (b.standard > a.standard ? b : a));
}

/** The score of each row by the `window` rows before it; 0 for those that have not so many. */
export function scoresOf(values: Float64Array, window: number): Float64Array {
  const scores = new Float64Array(values.length);
  const past = values.slice(0, window).sort();
  for (let row = window; row < values.length; row++) {
    const middle = past[window >> 1]!;
    const distance = Math.abs(values[row]! - middle);
    const scale = normal * middleDeviation(past) || (past.at(-1)! - past[0]!) / 4 || distance / 100;
    scores[row] = distance === 0 ? 0 : distance / scale;
    replace(past, values[row - window]!, values[row]!);
  }
  return scores;
}

/** The median distance from the median: outwards from the middle of what is in order, always to the nearer side. */
function middleDeviation(sorted: Float64Array): number {
  const middle = sorted[sorted.length >> 1]!;
  let below = (sorted.length >> 1) - 1;
  let above = sorted.length >> 1;
  let deviation = 0;
  for (let i = 0; i <= sorted.length >> 1; i++) {
    const down = below < 0 ? Infinity : middle - sorted[below]!;
    const up = above >= sorted.length ? Infinity : sorted[above]! - middle;
    deviation = Math.min(down, up);
    if (down < up) below--;
    else above++;
  }
  return deviation;
}

/** Takes one number out of what is in order and puts another in. */
function replace(sorted: Float64Array, out: number, into: number): void {
  let at = sorted.indexOf(out);
  for (; at > 0 && sorted[at - 1]! > into; at--) sorted[at] = sorted[at - 1]!;
  for (; at < sorted.length - 1 && sorted[at + 1]! < into; at++) sorted[at] = sorted[at + 1]!;
  sorted[at] = into;
}

function alarms(scores: Float64Array, from: number): Float64Array {
  const quietPoints = Math.round(quietShare * spanOf(scores.length));
  let quiet = 0;
  return scores.map((score) => {
    if (quiet-- > 0 || score < from) return 0;
    quiet = quietPoints;
    return 1;
  });
}
