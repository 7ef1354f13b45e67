import type { Feature } from "./features.ts";
import { featureNames, width } from "./features.ts";

/**
 * Why nothing is said of a point. `drifted`: after a gap of more than a day the level is another one, and nobody saw it change.
 * `noisy`: it would open an episode, but has been in one for so much of the time that this says nothing.
 */
export type Abstention = "cold" | "stale" | "late" | "duplicate" | "not-finite" | "frozen" | "drifted" | "noisy";

/** What the detector says about one point. */
export type Verdict =
  | {
      /** Not enough is known to say anything: never a reason to act, and not a sign of health either. */
      readonly kind: "abstained";
      readonly why: Abstention;
      /** In words: "23 of 60 points seen". */
      readonly detail: string;
    }
  | {
      readonly kind: "scored";
      /** The mean of the forests' scores, 0 to 1; comparable within a series only. */
      readonly score: number;
      /** How often a point of this series is as strange as this in normal times: above 0, up to 1. Rare, not necessarily far. */
      readonly tail: number;
      /** Novelty times octaves away from normal, 0 or more and continuous, comparable between series: 1 is a clear incident if it lasts. */
      readonly severity: number;
      /** How unlike everything before: 0 or more, 0 as long as too little is known; comparable between series. */
      readonly novelty: number;
      /** True where novelty raises an alarm, one an episode: more sensitive than `onset`, and for people to look at, not to act on. */
      readonly novel: boolean;
      /** Where the value would be ordinary, in its own unit. */
      readonly expected: { readonly low: number; readonly high: number };
      /** How the deviation divides among the features: most first, adding up to 1. Of the deviation, not of the cause. */
      readonly carried: readonly { readonly feature: Feature; readonly share: number }[];
      /** True on the one point that opens an episode: the alert. */
      readonly onset: boolean;
      readonly inEpisode: boolean;
      /** True on the point where a change has lasted so long that it is from now on normal; the episode ends with it. */
      readonly adapted: boolean;
    };

/** A number as a person would say it: three digits, without a trail of zeros. */
export function say(x: number): string {
  const size = Math.abs(x);
  if (size !== 0 && (size >= 1e9 || size < 1e-3)) return x.toExponential(1);
  return String(size >= 100 ? Math.round(x * 10) / 10 : Number(x.toPrecision(3)));
}

/** Shares of the deviation: of what lies outside the bands, or if nothing does, of what there is. */
export function shareOut(distances: Float64Array): { feature: Feature; share: number }[] {
  const outside = distances.some((distance) => distance > 1);
  const parts = distances.map((distance) => (outside ? Math.max(0, distance - 1) : distance));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return featureNames
    .map((feature, i) => ({ feature, share: total > 0 ? parts[i]! / total : 1 / width }))
    .sort((a, b) => b.share - a.share);
}
