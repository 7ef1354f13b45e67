import { Alarm } from "../../src/detect/alarm.ts";
import { Novelty } from "../../src/detect/novelty.ts";
import type { NoveltyTuning } from "../../src/detect/novelty-tuning.ts";
import { noveltyTuning } from "../../src/detect/novelty-tuning.ts";
import { average, spanOf, warmUpOf } from "./nab.ts";
import type { Series } from "./nab-corpus.ts";
import type { ScoredFile } from "./nab-score.ts";
import { profiles, scoreAt } from "./nab-score.ts";

/** All that is chosen on one half. */
interface Choice {
  readonly tuning: NoveltyTuning;
  readonly from: number;
  readonly quietShare: number;
}

export interface SplitResult {
  readonly chosen: "everything";
  /** The score of the half everything was chosen on, near its best threshold; mean of both ways, two seeds. */
  readonly tuned: number;
  /** The score of the other half with five seeds, its windows pooled. */
  readonly unseen: number;
  readonly choices: readonly Choice[];
}

/** Where the choice starts: every view, and nothing that was found out on all files. */
const start: NoveltyTuning = { ...noveltyTuning, blockWeight: 0, beyondWorth: 0, discount: 0 };

const without = (view: number) => noveltyTuning.weights.map((weight, i) => (i === view ? 0 : weight));

/** What is tried, one number after the other, each time with the best of the others so far. */
const steps: readonly (readonly Partial<NoveltyTuning>[])[] = [
  [0, 1, 2, 4].map((blockWeight) => ({ blockWeight })),
  [0.1, 0.2, 0.4, 0.8].map((blockShare) => ({ blockShare })),
  [0, 0.5, 1, 2].map((beyondWorth) => ({ beyondWorth })),
  [0, 0.1, 0.2, 0.4].map((discount) => ({ discount })),
  [noveltyTuning.weights, [1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1], ...[0, 1, 2, 3, 4, 5].map(without)].map(
    (weights) => ({
      weights,
    }),
  ),
  [64, 128, 256].map((subsample) => ({ subsample })),
  [0.1, 0.2, 0.5].map((widen) => ({ widen })),
];
const choosingSeeds = [11, 12];
const thresholds = Array.from({ length: 40 }, (_, i) => 0.3 * 1.045 ** i);
const quietShares = [0.1, 0.15, 0.2, 0.3];

/**
 * Chooses everything on every other file, scores the others with it, and the other way round.
 *
 * Everything that can be chosen by trying: which views count, all their numbers, threshold and quiet time. That these views are on the
 * list at all, and their window lengths, was found on all files: so much the `unseen` score still flatters.
 */
export function splitEverything(corpus: readonly Series[], seeds: number, tell: (line: string) => void): SplitResult {
  const halves = [0, 1].map((half) => corpus.filter((_, i) => i % 2 === half));
  const ways = [0, 1].map((half) => {
    tell(`choosing on half ${half + 1} of 2`);
    const { choice, score } = choose(halves[half]!, tell);
    const other = halves[1 - half]!;
    const unseen = Array.from({ length: seeds }, (_, i) =>
      scoreOf(other, noveltyOf(other, choice.tuning, i + 1), choice),
    );
    tell(`half ${half + 1}: ${score.toFixed(1)} where it was chosen, ${average(unseen).toFixed(1)} on the other`);
    return { choice, tuned: score, unseen: average(unseen), windows: windowsOf(other) };
  });
  const windows = windowsOf(corpus);
  return {
    chosen: "everything",
    tuned: average(ways.map(({ tuned }) => tuned)),
    unseen: ways.reduce((sum, way) => sum + (way.unseen * way.windows) / windows, 0),
    choices: ways.map(({ choice }) => choice),
  };
}

const windowsOf = (corpus: readonly Series[]) => corpus.reduce((sum, { windows }) => sum + windows.length, 0);

function choose(corpus: readonly Series[], tell: (line: string) => void): { choice: Choice; score: number } {
  let best = bestAlarm(corpus, start);
  for (const step of steps) {
    for (const change of step) {
      const tuning = { ...best.choice.tuning, ...change };
      const tried = bestAlarm(corpus, tuning);
      tell(`  ${JSON.stringify(change)} ${tried.score.toFixed(1)}`);
      if (tried.score > best.score) best = tried;
    }
  }
  return best;
}

/** The threshold and the quiet time that suit a tuning best: in the middle of good neighbours, since a lone peak is luck. */
function bestAlarm(corpus: readonly Series[], tuning: NoveltyTuning): { choice: Choice; score: number } {
  const novelties = choosingSeeds.map((seed) => noveltyOf(corpus, tuning, seed));
  return quietShares
    .flatMap((quietShare) => {
      const scores = thresholds.map((from) =>
        average(novelties.map((novelty) => scoreOf(corpus, novelty, { tuning, from, quietShare }))),
      );
      return thresholds.map((from, i) => ({
        choice: { tuning, from, quietShare },
        score: average(scores.slice(Math.max(0, i - 2), i + 3)),
      }));
    })
    .reduce((a, b) => (b.score > a.score ? b : a));
}

function noveltyOf(corpus: readonly Series[], tuning: NoveltyTuning, seed: number): Float64Array[] {
  return corpus.map(({ values }) => {
    const novelty = new Novelty(seed, spanOf(values.length), undefined, tuning);
    return values.map((value) => novelty.next(value, true));
  });
}

function scoreOf(corpus: readonly Series[], novelty: readonly Float64Array[], { from, quietShare }: Choice): number {
  const files = corpus.map(({ windows }, i): ScoredFile => {
    const rows = novelty[i]!.length;
    const alarm = new Alarm(spanOf(rows), from, quietShare);
    const scores = new Float64Array(rows);
    for (let row = warmUpOf(rows); row < rows; row++) scores[row] = Number(alarm.next(novelty[i]![row]!));
    return { scores, windows };
  });
  return scoreAt(files, profiles.standard, 1);
}
