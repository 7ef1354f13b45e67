import { Random } from "../../src/detect/random.ts";

/** A figure with its 95 % interval over seeds. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** As many as give two stable digits to the ends of an interval, and still take milliseconds. */
const resamples = 1_000;

/**
 * A statistic over seeds with the 95 % percentile interval of a bootstrap, itself seeded: the same runs give the same interval.
 *
 * `statistic` is given the places of the seeds that count, some more than once; what it pairs stays paired. Resamples without an
 * answer (`NaN`) are left out. With one seed the interval is the point.
 */
export function bootstrap(seeds: number, statistic: (places: readonly number[]) => number): Estimate {
  const random = Random.fromSeed(seeds);
  const all = Array.from({ length: seeds }, (_, place) => place);
  const drawn = Array.from({ length: resamples }, () => statistic(all.map(() => random.below(seeds))))
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  const at = (share: number) => drawn[Math.round(share * (drawn.length - 1))] ?? Number.NaN;
  return { mean: statistic(all), low: at(0.025), high: at(0.975) };
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The value that a share (0–1) of the values lie at or under, by nearest rank; `NaN` of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
