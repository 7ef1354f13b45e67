import { BotError } from "../bot-error.ts";

/** One configuration fits all metrics; only the seed and the name differ. */
export interface DetectorSettings {
  /** A whole number, 0 to 2³² − 1. The same seed and points give the same verdicts. */
  readonly seed: number;
  /** What `why` calls the metric; at most 128 characters. */
  readonly name: string;
  /** Points before the first score, 24 to 750. One hour of one-minute points is the least that shows how a metric swings. */
  readonly warmUpPoints: number;
  /** A gap of more than this many usual intervals makes what was just seen worthless; 2 to 1,000. */
  readonly staleIntervals: number;
  /** An episode of this many points is a lasting change and becomes normal; 10 to 300. By default three hours of one-minute points. */
  readonly adaptPoints: number;
}

export const nameMax = 128;
const defaults: DetectorSettings = { seed: 1, name: "value", warmUpPoints: 60, staleIntervals: 10, adaptPoints: 180 };

/** Fills in what was not given. Throws `bad_setting` for what is out of range. */
export function readSettings(given: Partial<DetectorSettings>): DetectorSettings {
  const settings = { ...defaults, ...given };
  const { seed, name, warmUpPoints, staleIntervals, adaptPoints } = settings;
  const wrong = (what: string, value: unknown) =>
    new BotError("bad_setting", `making a detector: ${what} is ${String(value)}`);
  if (!isWhole(seed, 0, 0xffffffff)) throw wrong("seed", seed);
  if (name.length > nameMax) throw wrong("the length of the name", name.length);
  if (!isWhole(warmUpPoints, 24, 750)) throw wrong("warmUpPoints", warmUpPoints);
  if (!(staleIntervals >= 2 && staleIntervals <= 1000)) throw wrong("staleIntervals", staleIntervals);
  if (!isWhole(adaptPoints, 10, 300)) throw wrong("adaptPoints", adaptPoints);
  return settings;
}

function isWhole(x: number, min: number, max: number): boolean {
  return Number.isInteger(x) && x >= min && x <= max;
}
