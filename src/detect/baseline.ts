import type { Band } from "./bands.ts";
import { bandsOf, beyond } from "./bands.ts";
import type { ByteReader, ByteWriter } from "./binary.ts";
import { featureIndex, width } from "./features.ts";
import { mixSeeds, Random } from "./random.ts";
import { TailRank } from "./tail.ts";

/** Rows kept: 512 × 4 features × 4 bytes are 8 kB of saved state. */
const rowsMax = 512;
/** Once full, one new row in 16 replaces a random old one: a memory of some 8,000 points, most of a week of minutes. */
const keepOneIn = 16;
/** Bands are fitted again when half as many rows have come, at least 30 and at most 256. */
const pendingMax = 256;
const pendingMin = 30;

/** The median novelty of noise. */
const usualNovelty = 0.1;

/** How strange a row is. */
export interface Judgement {
  /** The share of normal rows at least as strange, above 0 to 1. */
  readonly tail: number;
  /** How far it is from normal in units of the bands, by its two farthest features. */
  readonly distance: number;
  /** The same for each feature. */
  readonly distances: Float64Array;
}

/**
 * What is normal for one series: a thinned memory of feature rows, the bands made from it, and how strange its rows were.
 * *
 * Rows wait until the next fit and only then enter the memory, so bands always follow from the memory alone: they are not saved but
 * made again.
 */
export class Baseline {
  readonly #rows = new Float32Array(rowsMax * width);
  readonly #pending = new Float64Array(pendingMax * width);
  #ranks = new TailRank();
  #last = 0;
  #random: Random;
  #count = 0;
  #waiting = 0;
  #ready = false;
  /** Levels are kept as the difference to this, since 32 bits hold seven digits. */
  #origin = 0;
  #bands: Band[] = [];

  constructor(seed: number) {
    this.#random = Random.fromSeed(mixSeeds(seed, 0));
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Rows that wait for the next fit. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The band of a feature as values of the metric; of `level` absolute, of the others around 0. */
  band(feature: keyof typeof featureIndex): { low: number; high: number } {
    const { middle, below, above } = this.#bands[featureIndex[feature]]!;
    const zero = feature === "level" ? this.#origin : 0;
    return { low: zero + middle - below, high: zero + middle + above };
  }

  /**
   * How strange a row is: how novel its point was, and how many octaves it is away from its bands. Together they see what is new in
   * any way, and tell the far from the near.
   */
  judge(features: Float64Array, novelty: number): Judgement {
    const distances = new Float64Array(width);
    for (let feature = 0; feature < width; feature++) {
      const zero = feature === featureIndex.level ? this.#origin : 0;
      distances[feature] = beyond(this.#bands[feature]!, features[feature]! - zero);
    }
    const distance = magnitude(distances);
    const strangeness = novelty + Math.log2(1 + distance);
    // Strangeness has no end; this is below 1, and finest where most of it is.
    this.#last = strangeness / (1 + strangeness);
    return { tail: this.#ranks.tail(this.#last), distance, distances };
  }

  /** Learns a row, which must be the one judged last once there are bands. Fits again when enough have come. */
  learn(features: Float64Array): void {
    if (this.#ready) this.#ranks.learn(this.#last);
    this.#pending.set(features, this.#waiting++ * width);
    const due = Math.max(pendingMin, Math.min(pendingMax, this.#count >> 1));
    if (this.#waiting === pendingMax || (this.ready && this.#waiting >= due)) this.fit();
  }

  /** Forgets what was normal. */
  forget(): void {
    this.#ready = false;
    this.#count = 0;
    this.#waiting = 0;
    this.#ranks = new TailRank();
  }

  /** Takes the latest rows that still wait back out, up to so many: the beginning of an episode, before it was known. */
  takeBack(rows: number): number[] {
    const from = Math.max(0, this.#waiting - rows);
    const taken = [...this.#pending.subarray(from * width, this.#waiting * width)];
    this.#waiting = from;
    return taken;
  }

  /** Makes these rows part of what is normal, all of them and now. */
  absorb(rows: readonly number[]): void {
    this.#merge();
    for (let at = 0; at < rows.length; at += width) this.#keep(Float64Array.from(rows.slice(at, at + width)));
    this.#bands = bandsOf(this.#rows, this.#count, this.#origin);
  }

  /** Takes in the waiting rows and makes the bands anew. */
  fit(): void {
    const rows = this.#pending.slice(0, this.#waiting * width);
    const first = !this.#ready;
    if (first) this.#origin = medianLevel(rows);
    this.#ready = true;
    this.#merge();
    this.#bands = bandsOf(this.#rows, this.#count, this.#origin);
    // The first ranks are those of the rows the bands come from, for want of others.
    if (first) for (let at = 0; at < rows.length; at += width) this.#rank(rows.subarray(at, at + width));
  }

  save(out: ByteWriter): void {
    for (const word of this.#random.state()) out.u32(word);
    out.f64(this.#origin);
    out.u16(Number(this.#ready));
    out.u32(this.#count);
    for (const x of this.#rows.subarray(0, this.#count * width)) out.f32(x);
    out.u32(this.#waiting);
    for (const x of this.#pending.subarray(0, this.#waiting * width)) out.f64(x);
    this.#ranks.save(out);
  }

  /** Takes over what {@link Baseline.save} wrote and makes the bands again. */
  load(from: ByteReader): void {
    this.#random = Random.fromState(Uint32Array.from({ length: 4 }, () => from.u32()));
    this.#origin = from.f64();
    this.#ready = from.u16() === 1;
    this.#count = from.count(rowsMax);
    for (let i = 0; i < this.#count * width; i++) this.#rows[i] = from.f32();
    this.#waiting = from.count(pendingMax);
    for (let i = 0; i < this.#waiting * width; i++) this.#pending[i] = from.f64();
    this.#ranks.load(from);
    if (this.#ready) this.#bands = bandsOf(this.#rows, this.#count, this.#origin);
  }

  #rank(features: Float64Array): void {
    this.judge(features, usualNovelty);
    this.#ranks.learn(this.#last);
  }

  #merge(): void {
    for (let row = 0; row < this.#waiting; row++) {
      if (this.#count < rowsMax || this.#random.below(keepOneIn) === 0) {
        this.#keep(this.#pending.subarray(row * width, (row + 1) * width));
      }
    }
    this.#waiting = 0;
  }

  #keep(features: Float64Array): void {
    const at = this.#count < rowsMax ? this.#count++ : this.#random.below(rowsMax);
    this.#rows.set(features, at * width);
    this.#rows[at * width + featureIndex.level] = features[featureIndex.level]! - this.#origin;
  }
}

/** How far a row is from normal: the mean of its two farthest features, so that no single one decides alone. */
function magnitude(distances: Float64Array): number {
  let first = 0;
  let second = 0;
  for (const distance of distances) {
    if (distance > first) {
      second = first;
      first = distance;
    } else if (distance > second) second = distance;
  }
  return (first + second) / 2;
}

function medianLevel(rows: Float64Array): number {
  const levels = rows.filter((_, i) => i % width === featureIndex.level).sort();
  return levels[levels.length >> 1] ?? 0;
}
