/** What a verdict can name. All four are in the unit of the metric, so one floor and one band rule serve them all. */
export const featureNames = ["level", "jump", "trend", "spread"] as const;
export type Feature = (typeof featureNames)[number];

export const width = featureNames.length;
export const featureIndex = { level: 0, jump: 1, trend: 2, spread: 3 } as const satisfies Record<Feature, number>;

/** Points that must precede a row: 9 for the jump, and some more for the older half of the trend. */
export const contextMin = 12;
/** Points remembered: the trend compares 5 points with the 25 before them. */
const contextMax = 29;
const jumpOver = 9;
const trendOver = 5;
const spreadOver = 9;

/**
 * The last points of a series, out of which one row of features is made. It looks back only.
 *
 * Windows are told by their medians: with means, one spike would echo for as long as it stays in the window and pass for evidence
 * from several points.
 */
export class Context {
  readonly #points = new Float64Array(contextMax);
  readonly #sorted = new Float64Array(contextMax);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The points held, oldest first. */
  points(): Float64Array {
    return this.#points.slice(0, this.#count);
  }

  push(value: number): void {
    if (this.#count === contextMax) this.#points.copyWithin(0, 1);
    else this.#count++;
    this.#points[this.#count - 1] = value;
  }

  clear(): void {
    this.#count = 0;
  }

  /** The median of the last 9 points: what `jump` is measured from. */
  recent(): number {
    return this.#median(this.#count - jumpOver, this.#count);
  }

  /**
   * Writes the features of `value` after the points held, which must be {@link contextMin} or more.
   *
   * `level` is the value itself; `jump` its distance from the median of the 9 points before; `trend` the median of the last 5
   * points less that of up to 25 before them; `spread` the median step between neighbours over the last 9 steps.
   */
  features(value: number, into: Float64Array): void {
    const points = this.#points;
    const count = this.#count;
    const cut = count - (trendOver - 1);
    into[featureIndex.level] = value;
    into[featureIndex.jump] = value - this.recent();
    this.#sort(cut, count);
    this.#insert(value, count - cut);
    into[featureIndex.trend] = this.#sorted[(count - cut + 1) >> 1]! - this.#median(0, cut);
    for (let i = 0; i < spreadOver; i++) {
      const later = i === 0 ? value : points[count - i]!;
      this.#insert(Math.abs(later - points[count - i - 1]!), i);
    }
    into[featureIndex.spread] = this.#sorted[spreadOver >> 1]!;
  }

  /** The upper median of the points from `from` to `to`. */
  #median(from: number, to: number): number {
    this.#sort(from, to);
    return this.#sorted[(to - from) >> 1]!;
  }

  /** By insertion: for some ten numbers faster than the built-in sort. */
  #sort(from: number, to: number): void {
    for (let i = from; i < to; i++) this.#insert(this.#points[i]!, i - from);
  }

  /** Puts `x` into place among the first `count` numbers in order. */
  #insert(x: number, count: number): void {
    const sorted = this.#sorted;
    let at = count;
    for (; at > 0 && sorted[at - 1]! > x; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = x;
  }
}

/**
 * The rows in which `jump`, `trend` or `spread` is highest or lowest, at most six of them: what an episode leaves behind.
 *
 * Bands hold what was seen three times, so the job that runs every night alerts two or three times and not for ever. Whoever
 * freezes the detector during an incident keeps even these out.
 */
export function extremesOf(rows: readonly number[]): number[] {
  const kept = new Set<number>();
  for (const feature of [featureIndex.jump, featureIndex.trend, featureIndex.spread]) {
    let least = 0;
    let most = 0;
    for (let row = 0; row < rows.length; row += width) {
      if (rows[row + feature]! < rows[least + feature]!) least = row;
      if (rows[row + feature]! > rows[most + feature]!) most = row;
    }
    kept.add(least).add(most);
  }
  return [...kept].flatMap((row) => rows.slice(row, row + width));
}
