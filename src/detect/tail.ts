const bins = 512;
/** After this many, everything counts half: two weeks of one-minute points, then older ones fade. */
const countMax = 16_384;

/**
 * How rare a number is among those seen in normal times: a histogram of 512 bins over 0 to 1, so its size is fixed and old
 * numbers fade by halving.
 */
export class TailRank {
  readonly counts = new Uint16Array(bins);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /**
   * The share of what was learned that is as high as `x` or higher, counting `x` itself: from 1 ÷ (n + 1) to 1.
   *
   * Numbers within 1/512 of each other are equal, which errs towards "ordinary".
   */
  tail(x: number): number {
    let above = 0;
    for (let bin = binOf(x); bin < bins; bin++) above += this.counts[bin]!;
    return (above + 1) / (this.#total + 1);
  }

  learn(x: number): void {
    this.counts[binOf(x)]!++;
    if (++this.#total < countMax) return;
    this.#total = 0;
    for (let bin = 0; bin < bins; bin++) this.#total += this.counts[bin]! >>>= 1;
  }

  /** Takes back counts that were saved. */
  load(counts: Iterable<number>): void {
    this.counts.set([...counts]);
    this.#total = this.counts.reduce((sum, count) => sum + count, 0);
  }
}

function binOf(x: number): number {
  return Math.max(0, Math.min(bins - 1, Math.floor(x * bins)));
}
