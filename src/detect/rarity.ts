import type { ByteReader, ByteWriter } from "./binary.ts";
import { TailRank } from "./tail.ts";

/** Enough to tell apart the scores of a forest that lie beyond its 99.9 % quantile. */
const bins = 1024;

/**
 * How rare a score is among those seen before: −log10 of its rank among points, and of its rank among the highest of each block.
 *
 * A rank among points alone takes what comes every day for rare, since each day has only one highest point; among the highest of
 * blocks it is ordinary from the third day on.
 */
export class Rarity {
  readonly #points = new TailRank(bins);
  readonly #blocks = new TailRank(bins);
  readonly #blockLength: number;
  readonly #blockWeight: number;
  #highest = 0;
  #left: number;

  /** `blockLength` in points; a rank among blocks counts `blockWeight` times one among points. */
  constructor(blockLength: number, blockWeight: number) {
    this.#blockLength = blockLength;
    this.#blockWeight = blockWeight;
    this.#left = blockLength;
  }

  /** 0 for the most ordinary; of a score from 0 to 1. */
  of(score: number): number {
    const rank = Math.log10(this.#points.tail(score)) + this.#blockWeight * Math.log10(this.#blocks.tail(score));
    return (-2 * rank) / (2 + this.#blockWeight);
  }

  learn(score: number): void {
    this.#points.learn(score);
    if (score > this.#highest) this.#highest = score;
    if (--this.#left > 0) return;
    this.#blocks.learn(this.#highest);
    this.#highest = 0;
    this.#left = this.#blockLength;
  }

  save(out: ByteWriter): void {
    this.#points.save(out);
    this.#blocks.save(out);
    out.f64(this.#highest);
    out.u32(this.#left);
  }

  load(from: ByteReader): void {
    this.#points.load(from);
    this.#blocks.load(from);
    this.#highest = from.f64();
    this.#left = from.count(this.#blockLength);
  }
}
