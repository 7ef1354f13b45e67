import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { IsolationForest as NpmForest } from "isolation-forest";
import { IsolationForest as MlForest } from "ml-isolation-forest";
import { IsolationForest } from "../../src/detect/forest.ts";

/** Rows with labels: the last column of the file says which are anomalies. */
export interface Table {
  readonly name: string;
  readonly width: number;
  /** Row-major. */
  readonly rows: Float64Array;
  readonly anomalous: readonly boolean[];
}

/** One implementation on one table; by processor time: other programs on the machine do not count. */
export interface ForestResult {
  readonly name: string;
  readonly data: string;
  readonly fitMs: number;
  readonly pointsPerSecond: number;
  readonly auc: number;
}

/** Reads `32_shuttle.csv.gz` and its like. */
function readTable(folder: string, name: string): Table {
  const lines = gunzipSync(readFileSync(join(folder, `${name}.csv.gz`)))
    .toString()
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
  const width = lines[0]!.length - 1;
  return {
    name,
    width,
    rows: Float64Array.from(lines.flatMap((line) => line.slice(0, width))),
    anomalous: lines.map((line) => line[width] === 1),
  };
}

/** Of ADBench: numbers only, and small enough that the slowest peer ends. Those that are in the folder. */
const names = ["32_shuttle", "23_mammography", "6_cardio", "31_satimage-2", "38_thyroid"];

export const tablesIn = (folder: string): Table[] =>
  names.filter((name) => existsSync(join(folder, `${name}.csv.gz`))).map((name) => readTable(folder, name));

const trees = 100;
const subsample = 256;
/** After so many fits of a few milliseconds they take as long as they ever will. */
const warmUp = 10;

/**
 * Ours: medians of nine fits and of nine scorings, after those in which the compiler warms up, as in a sandbox that lives on.
 * The peers warm up within one of theirs, which takes a thousand times as long.
 */
export function ours({ name, width, rows, anomalous }: Table): ForestResult & { readonly modelBytes: number } {
  const fit = (seed: number) => IsolationForest.fit(rows, width, { seed, trees, subsample });
  const times = Array.from({ length: warmUp + 9 }, (_, seed) => timed(() => fit(seed))).slice(warmUp);
  const forest = times[0]!.value;
  const scored = Array.from({ length: 10 }, () => timed(() => forest.scores(rows))).slice(1);
  return {
    name: "ours",
    data: name,
    fitMs: medianMs(times),
    pointsPerSecond: (anomalous.length / medianMs(scored)) * 1000,
    // One forest says little: on a table of 1,800 rows two of them differ by 0.04.
    auc: mean(times.map(({ value }) => areaUnderCurve(value.scores(rows), anomalous))),
    modelBytes: forest.serialise().length,
  };
}

/** The npm package `isolation-forest`, fitted once: it takes its time, and its random numbers cannot be seeded. The median of three scorings. */
export function npmForest({ name, width, rows, anomalous }: Table): ForestResult {
  const points = anomalous.map((_, row) =>
    Object.fromEntries(Array.from({ length: width }, (_, i) => [`f${i}`, rows[row * width + i]!])),
  );
  const forest = new NpmForest(trees, subsample);
  const fit = timed(() => forest.fit(points));
  const scored = [0, 1, 2].map(() => timed(() => forest.predict(points)));
  return {
    name: "isolation-forest 0.0.9",
    data: name,
    fitMs: fit.ms,
    pointsPerSecond: (points.length / medianMs(scored)) * 1000,
    auc: areaUnderCurve(Float64Array.from(scored[0]!.value), anomalous),
  };
}

/** The npm package `ml-isolation-forest`, which grows each tree from all rows; once, as the other one. */
export function mlForest({ name, width, rows, anomalous }: Table): ForestResult {
  const points = anomalous.map((_, row) => Array.from({ length: width }, (_, i) => rows[row * width + i]!));
  const forest = new MlForest({ nEstimators: trees });
  const fit = timed(() => forest.train(points));
  const scored = timed(() => forest.predict(points));
  return {
    name: "ml-isolation-forest 0.1.0",
    data: name,
    fitMs: fit.ms,
    pointsPerSecond: (points.length / scored.ms) * 1000,
    auc: areaUnderCurve(Float64Array.from(scored.value), anomalous),
  };
}

/** How many times as fast ours is as another one on the same table. */
export const timesAsFast = (ours: ForestResult, other: ForestResult) => ({
  fit: other.fitMs / ours.fitMs,
  score: ours.pointsPerSecond / other.pointsPerSecond,
  aucMore: ours.auc - other.auc,
});

const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;

const medianMs = (runs: readonly { readonly ms: number }[]): number =>
  runs.map(({ ms }) => ms).sort((a, b) => a - b)[runs.length >> 1]!;

/** How often an anomaly scores higher than a normal row; equal scores count half. */
export function areaUnderCurve(scores: Float64Array, anomalous: readonly boolean[]): number {
  const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!);
  let ranks = 0;
  let positives = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (let i = from; i < to; i++) {
      if (!anomalous[order[i]!]) continue;
      positives++;
      ranks += (from + to + 1) / 2;
    }
    from = to;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

function timed<T>(run: () => T): { value: T; ms: number } {
  const from = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(from);
  return { value, ms: (user + system) / 1000 };
}
