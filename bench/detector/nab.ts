import { Alarm, novelFrom } from "../../src/detect/alarm.ts";
import { createDetector } from "../../src/detect/detector.ts";
import { spanMax, spanMin } from "../../src/detect/novelty.ts";
import type { Series } from "./nab-corpus.ts";
import type { ProfileName, ScoredFile } from "./nab-score.ts";
import { probation, profiles, scoreAt } from "./nab-score.ts";

/** What our detector said about one file. */
export interface Run {
  readonly series: Series;
  readonly novelty: Float64Array;
  /** 1 where the product raised the alarm `novel`, else 0. */
  readonly novel: Float64Array;
  /** 1 where the product opened an episode, else 0: what may lead to action. */
  readonly onset: Float64Array;
}

/** NAB tells each detector how long its probation is; ours warms up as long. Nothing else about a file is given. */
export const warmUpOf = (rows: number): number => Math.max(24, Math.min(spanMax, probation(rows)));
export const spanOf = (rows: number): number => Math.max(spanMin, warmUpOf(rows));

/** Feeds a file to a detector that knows nothing, point by point. */
export function runSeries(series: Series, seed: number): Run {
  const rows = series.values.length;
  const detector = createDetector({ seed, warmUpPoints: warmUpOf(rows) });
  const run = { series, novelty: new Float64Array(rows), novel: new Float64Array(rows), onset: new Float64Array(rows) };
  for (let row = 0; row < rows; row++) {
    const verdict = detector.next(series.atMs[row]!, series.values[row]!);
    if (verdict.kind === "abstained") continue;
    run.novelty[row] = verdict.novelty;
    run.novel[row] = Number(verdict.novel);
    run.onset[row] = Number(verdict.onset);
  }
  return run;
}

export interface NabResult {
  readonly standard: number;
  readonly lowFP: number;
  readonly lowFN: number;
  /** The standard score of each seed. */
  readonly bySeed: readonly number[];
}

/** Mean over seeds, each at the product's own fixed threshold. */
export function score(runs: readonly (readonly Run[])[], what: "novel" | "onset"): NabResult {
  const mean = (profile: ProfileName) =>
    average(
      runs.map((files) =>
        scoreAt(
          files.map((run) => toFile(run, run[what])),
          profiles[profile],
          1,
        ),
      ),
    );
  return {
    standard: mean("standard"),
    lowFP: mean("lowFP"),
    lowFN: mean("lowFN"),
    bySeed: runs.map((files) =>
      scoreAt(
        files.map((run) => toFile(run, run[what])),
        profiles.standard,
        1,
      ),
    ),
  };
}

export interface SplitResult {
  /** What was chosen on one half only. */
  readonly chosen: "threshold";
  /** The score of the half the threshold was chosen on; mean of both ways. */
  readonly tuned: number;
  /** The score of the other half, its windows pooled. */
  readonly unseen: number;
}

/** Thresholds from half to twice the product's, 4 % apart. */
const candidates = Array.from({ length: 36 }, (_, i) => novelFrom * 0.5 * 1.04 ** i);

/**
 * Chooses the threshold on every other file, scores the others with it, and the other way round.
 *
 * Only the threshold: views, window lengths and the alarm's quiet time were chosen on all files, so `unseen` still flatters.
 */
export function splitHalves(runs: readonly (readonly Run[])[]): SplitResult {
  const halves = [0, 1].map((half) => runs.map((files) => files.filter((_, i) => i % 2 === half)));
  const both = [0, 1].map((half) => {
    const tried = candidates.map((from) => ({
      from,
      score: average(halves[half]!.map((files) => scoreFrom(files, from))),
    }));
    const best = tried.reduce((a, b) => (b.score > a.score ? b : a));
    const other = halves[1 - half]!;
    const windows = other[0]!.reduce((sum, { series }) => sum + series.windows.length, 0);
    return { tuned: best.score, unseen: average(other.map((files) => scoreFrom(files, best.from))), windows };
  });
  const windows = both.reduce((sum, way) => sum + way.windows, 0);
  return {
    chosen: "threshold",
    tuned: average(both.map((way) => way.tuned)),
    unseen: both.reduce((sum, way) => sum + (way.unseen * way.windows) / windows, 0),
  };
}

/** The standard score with another threshold than the product's, by the product's own rule. */
function scoreFrom(runs: readonly Run[], from: number): number {
  const files = runs.map((run) => {
    const rows = run.novelty.length;
    const alarm = new Alarm(spanOf(rows), from);
    // As the product: nothing is asked of it before it is warm.
    return toFile(
      run,
      run.novelty.map((novelty, row) => (row < warmUpOf(rows) ? 0 : Number(alarm.next(novelty)))),
    );
  });
  return scoreAt(files, profiles.standard, 1);
}

const toFile = ({ series }: Run, scores: Float64Array): ScoredFile => ({ scores, windows: series.windows });

export function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}
