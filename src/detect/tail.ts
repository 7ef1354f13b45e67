import type { ByteReader, ByteWriter } from "./binary.ts";

/** Bins are also counted by blocks of 32, so that a tail is a sum of some tens of numbers and not of all of them. */
const blockBits = 5;
/** After this many, everything counts half: two weeks of one-minute points, then older ones fade. */
const countMax = 16_384;

/**
 * How rare a number is among those seen in normal times: a histogram of equal bins over 0 to 1, so its size is fixed and old
 * numbers fade by halving.
 */
export class TailRank {
  readonly #counts: Uint16Array;
  readonly #blocks: Float64Array;
  #total = 0;

  /** 512 bins are enough for most; a multiple of 32. */
  constructor(bins = 512) {
    this.#counts = new Uint16Array(bins);
    this.#blocks = new Float64Array(bins >> blockBits);
  }

  /**
   * The share of what was learned that is as high as `x` or higher, counting `x` itself: from 1 ÷ (n + 1) to 1.
   *
   * Numbers in one bin are equal, which errs towards "ordinary".
   */
  tail(x: number): number {
    const at = this.#binOf(x);
    const block = at >> blockBits;
    let above = 0;
    for (let bin = at; bin < (block + 1) << blockBits; bin++) above += this.#counts[bin]!;
    for (let next = block + 1; next < this.#blocks.length; next++) above += this.#blocks[next]!;
    return (above + 1) / (this.#total + 1);
  }

  learn(x: number): void {
    this.#add(this.#binOf(x), 1);
    if (this.#total >= countMax) this.#halve();
  }

  /** Writes the bins that hold something, each after the number of empty ones before it. */
  save(out: ByteWriter): void {
    out.u16(this.#counts.reduce((held, count) => held + Number(count > 0), 0));
    let empty = 0;
    for (const count of this.#counts) {
      if (count === 0) empty++;
      else {
        out.varint(empty);
        out.varint(count);
        empty = 0;
      }
    }
  }

  /** Takes back what {@link TailRank.save} wrote, into one that has learned nothing. */
  load(from: ByteReader): void {
    let bin = 0;
    for (let held = from.u16(); held > 0; held--) {
      bin += from.varint();
      if (bin >= this.#counts.length) throw from.refuse("a histogram is too long");
      this.#add(bin++, from.varint());
    }
  }

  #halve(): void {
    const counts = this.#counts.map((count) => count >>> 1);
    this.#counts.fill(0);
    this.#blocks.fill(0);
    this.#total = 0;
    counts.forEach((count, bin) => this.#add(bin, count));
  }

  #add(bin: number, count: number): void {
    this.#counts[bin]! += count;
    this.#blocks[bin >> blockBits]! += count;
    this.#total += count;
  }

  #binOf(x: number): number {
    return Math.max(0, Math.min(this.#counts.length - 1, Math.floor(x * this.#counts.length)));
  }
}
