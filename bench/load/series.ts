import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createDetector, type Detector } from "../../src/detect/detector.ts";
import { Random } from "../../src/detect/random.ts";

export interface SeriesLoad {
  /** Points scored in a second, on one core, of series that are warm. */
  readonly pointsPerSecond: number;
  /** What a thousand series take in the table, in MB. */
  readonly storedMbPerThousand: number;
  /** What a thousand of them would take in one process, in MB; a sandbox keeps 64. */
  readonly liveMbPerThousand: number;
}

/** Two days of a sample a minute: forests have grown, and nothing is warming up. */
const points = 2_880;

/** Lets `series` detectors see two days of a sample a minute each, and measures what the last hours took and what is left. */
export function measureSeries({ series }: { series: number }): SeriesLoad {
  const random = Random.fromSeed(3);
  const value = (i: number): number => 100 + 20 * Math.sin(i / 200) + 10 * random.next();
  const before = memory();
  const detectors: Detector[] = Array.from({ length: series }, () => createDetector());
  const one = (from: number, to: number) => {
    for (const detector of detectors) for (let i = from; i < to; i++) detector.next(i * 60_000, value(i));
  };
  one(0, points - 120);
  const start = performance.now();
  one(points - 120, points);
  const seconds = (performance.now() - start) / 1_000;
  const live = memory() - before;
  const stored = detectors.reduce((sum, detector) => sum + detector.save().length, 0);
  const perThousand = (bytes: number): number => Math.round((bytes / series) * 1_000) / 1e6;
  return {
    pointsPerSecond: Math.round((series * 120) / seconds),
    storedMbPerThousand: Math.round(perThousand(stored)),
    liveMbPerThousand: Math.round(perThousand(live)),
  };
}

/** What is in use after everything that can go has gone. */
function memory(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
