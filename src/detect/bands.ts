import { featureIndex, width } from "./features.ts";

/** Where a feature lies in normal times: its median, and how far it goes below and above before that is unusual. */
export interface Band {
  readonly middle: number;
  readonly below: number;
  readonly above: number;
  /** Nineteen rows in twenty are equal: a forest has next to nothing to split there. */
  readonly flat: boolean;
}

/**
 * A change of less than half a percent of the usual level matters to nobody, however still the metric is; where the usual level
 * is zero, any change does.
 */
const floorShare = 0.005;
const floorMin = 1e-9;
/** Bands from few rows are too narrow: at 60 rows they count twice as wide, at 600 a tenth wider. */
const doubtfulRows = 60;

/** What was seen three times, such as the morning's rise of a daily pattern, is at most one and a half bands away. */
const seenOften = 2;
const oftenDistance = 1.5;

/**
 * The bands of all features, from row-major rows.
 *
 * The sides are measured apart (median to the 2.5 % and to the 97.5 % quantile), so that a skewed metric such as latency is
 * not forever "too high". Two outliers cannot widen them.
 */
export function bandsOf(rows: Float32Array, count: number, origin: number): Band[] {
  const sorted = new Float32Array(count);
  const doubt = 1 + doubtfulRows / count;
  let floor = 0;
  const band = (feature: number): Band => {
    for (let row = 0; row < count; row++) sorted[row] = rows[row * width + feature]!;
    sorted.sort();
    const at = (share: number) => sorted[Math.round(share * (count - 1))]!;
    const middle = at(0.5);
    if (feature === featureIndex.level) floor = Math.max(floorMin, Math.abs(origin + middle) * floorShare);
    const below = Math.max(middle - at(0.025), (middle - sorted[seenOften]!) / oftenDistance);
    const above = Math.max(at(0.975) - middle, (sorted[count - 1 - seenOften]! - middle) / oftenDistance);
    // Hardly ever anything else than the middle: then the nearest other value tells what a step of this metric is.
    const step = below && above ? 0 : nearest(sorted, middle);
    return {
      middle,
      below: Math.max(below || step, floor) * doubt,
      above: Math.max(above || step, floor) * doubt,
      flat: below === 0 && above === 0,
    };
  };
  const bands = Array.from({ length: width }, (_, feature) => band(feature));
  // A median window of a sparse metric is nearly always still; what moves it is judged by what a single step of the metric is.
  const jump = bands[featureIndex.jump]!;
  const least = Math.max(jump.below, jump.above) / 2;
  for (const feature of [featureIndex.trend, featureIndex.spread]) {
    const { below, above } = bands[feature]!;
    bands[feature] = { ...bands[feature]!, below: Math.max(below, least), above: Math.max(above, least) };
  }
  return bands;
}

/** The distance in units of the band: 1 at its edge, 0 in its middle, at most 1,000. */
export function beyond(band: Band, x: number): number {
  return Math.min(1000, x < band.middle ? (band.middle - x) / band.below : (x - band.middle) / band.above);
}

/** The smallest distance from `middle` of a value that is not equal to it; 0 without one. */
function nearest(sorted: Float32Array, middle: number): number {
  let least = Infinity;
  for (const x of sorted) if (x !== middle) least = Math.min(least, Math.abs(x - middle));
  return least === Infinity ? 0 : least;
}
