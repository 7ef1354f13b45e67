import type { ByteReader, ByteWriter } from "./binary.ts";

/** A power of two above the longest look back: four windows of a 24th of {@link spanMax}. */
const kept = 256;
/** The largest whole number that two bytes hold. */
const wholeMax = 32_767;

/**
 * The last values of a series as whole numbers, and what windows of them look like.
 *
 * Whole numbers make running sums exact: a window read after a restart is equal to the last bit, and nothing drifts in a year.
 */
export class History {
  readonly #values = new Int16Array(kept);
  readonly #sums = new Float64Array(kept);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    const whole = Math.max(-wholeMax, Math.min(wholeMax, Math.round(value)));
    const before = (this.#count - 1) & (kept - 1);
    const at = this.#count++ & (kept - 1);
    this.#values[at] = whole;
    this.#sums[at] = this.#sums[before]! + whole;
  }

  /** The value that came `ago` points before the last; the first one where there were not so many. */
  at(ago: number): number {
    return this.#values[Math.max(0, this.#count - 1 - ago) & (kept - 1)]!;
  }

  /** The mean of `points` values that end `ago` before the last, or of as many as there were. */
  mean(points: number, ago = 0): number {
    const sums = this.#sums;
    const end = Math.max(0, this.#count - 1 - ago);
    const length = Math.min(points, end + 1);
    // Before the first value the sum is 0; that slot is written only much later.
    const before = end - length < 0 ? 0 : sums[(end - length) & (kept - 1)]!;
    return (sums[end & (kept - 1)]! - before) / length;
  }

  /** Of `points` values that end `ago` before the last, the one farthest from 0, which is the usual level. */
  extreme(points: number, ago: number): number {
    const end = Math.max(0, this.#count - 1 - ago);
    let most = this.#values[end & (kept - 1)]!;
    for (let i = end - 1; i > end - points && i >= 0; i--) {
      const x = this.#values[i & (kept - 1)]!;
      if (Math.abs(x) > Math.abs(most)) most = x;
    }
    return most;
  }

  save(out: ByteWriter): void {
    out.f64(this.#count);
    for (let ago = Math.min(this.#count, kept) - 1; ago >= 0; ago--) out.u16(this.at(ago) + wholeMax);
  }

  load(from: ByteReader): void {
    const count = from.f64();
    this.#count = Math.max(0, count - kept);
    while (this.#count < count) this.push(from.u16() - wholeMax);
  }
}
