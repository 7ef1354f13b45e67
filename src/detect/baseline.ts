import type { Band } from "./bands.ts";
import { bandsOf, beyond } from "./bands.ts";
import type { ByteReader, ByteWriter } from "./binary.ts";
import { featureIndex, width } from "./features.ts";
import { mixSeeds, Random } from "./random.ts";
import { TailRank } from "./tail.ts";
import type { View } from "./views.ts";
import { fitView, views } from "./views.ts";

/** Rows kept: 512 × 4 features × 4 bytes are 8 kB of saved state. */
const rowsMax = 512;
/** Once full, one new row in 16 replaces a random old one: a memory of some 8,000 points, most of a week of minutes. */
const keepOneIn = 16;
/** Forests are fitted again when a third more rows have come, at least 30 and at most 256. */
const pendingMax = 256;
const pendingMin = 30;
/** −log10 of the tail, over this, lies between 0 and 1: the histogram never holds 10⁵ numbers. */
const rarityMax = 5;

/** How strange a row is. */
export interface Judgement {
  /** The mean of the views' forest scores, 0 to 1. */
  readonly score: number;
  /** The share of normal rows at least as strange, above 0 to 1. */
  readonly tail: number;
  /** Per feature, its distance in units of the band. */
  readonly distances: Float64Array;
}

/**
 * What is normal for one series: a thinned memory of feature rows, and the forests, bands and ranks made from it.
 *
 * Rows wait until the next fit and only then enter the memory, so forests and bands always follow from the memory and a count
 * alone: they are not saved but made again.
 */
export class Baseline {
  readonly #seed: number;
  readonly #rows = new Float32Array(rowsMax * width);
  readonly #pending = new Float64Array(pendingMax * width);
  readonly #tails = [...views, "all of them"].map(() => new TailRank());
  #random: Random;
  #count = 0;
  #waiting = 0;
  #fits = 0;
  /** Levels are kept as the difference to this, since 32 bits hold seven digits. */
  #origin = 0;
  #views: View[] = [];
  #bands: Band[] = [];
  readonly #row = new Float64Array(width);
  readonly #scores = new Float64Array(views.length + 1);

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = Random.fromSeed(mixSeeds(seed, 0));
  }

  get ready(): boolean {
    return this.#fits > 0;
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

  judge(features: Float64Array): Judgement {
    const row = this.#relative(features);
    let score = 0;
    let rarity = 0;
    for (let view = 0; view < views.length; view++) {
      const own = this.#views[view]!.score(row);
      this.#scores[view] = own;
      score += own / views.length;
      rarity -= Math.log10(this.#tails[view]!.tail(own)) / views.length;
    }
    this.#scores[views.length] = rarity / rarityMax;
    const tail = this.#tails[views.length]!.tail(rarity / rarityMax);
    return { score, tail, distances: row.map((x, feature) => beyond(this.#bands[feature]!, x)) };
  }

  /** Learns a row; where it was judged just before, its rank as well. Fits again when enough have come. */
  learn(features: Float64Array): void {
    if (this.ready) this.#scores.forEach((score, i) => this.#tails[i]!.learn(score));
    this.#pending.set(features, this.#waiting++ * width);
    const due = Math.max(pendingMin, Math.min(pendingMax, Math.floor(this.#count / 3)));
    if (this.#waiting === pendingMax || (this.ready && this.#waiting >= due)) this.fit();
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
    this.#fit();
  }

  /** Takes in the waiting rows and makes forests and bands anew: about a millisecond. */
  fit(): void {
    const first = !this.ready;
    if (first) this.#origin = medianLevel(this.#pending.subarray(0, this.#waiting * width));
    this.#merge();
    this.#fit();
    if (first) this.#rankOwnRows();
  }

  save(out: ByteWriter): void {
    for (const word of this.#random.state()) out.u32(word);
    out.f64(this.#origin);
    out.u32(this.#fits);
    out.u32(this.#count);
    for (const x of this.#rows.subarray(0, this.#count * width)) out.f32(x);
    out.u32(this.#waiting);
    for (const x of this.#pending.subarray(0, this.#waiting * width)) out.f64(x);
    for (const tail of this.#tails) tail.save(out);
  }

  /** Takes over what {@link Baseline.save} wrote and fits the forests again. */
  load(from: ByteReader): void {
    this.#random = Random.fromState(Uint32Array.from({ length: 4 }, () => from.u32()));
    this.#origin = from.f64();
    this.#fits = from.u32();
    this.#count = from.count(rowsMax);
    for (let i = 0; i < this.#count * width; i++) this.#rows[i] = from.f32();
    this.#waiting = from.count(pendingMax);
    for (let i = 0; i < this.#waiting * width; i++) this.#pending[i] = from.f64();
    for (const tail of this.#tails) tail.read(from);
    if (this.ready) this.#refresh();
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
    this.#rows.set(this.#relative(features), at * width);
  }

  #fit(): void {
    this.#fits++;
    this.#refresh();
  }

  #refresh(): void {
    const seed = mixSeeds(this.#seed, this.#fits);
    this.#bands = bandsOf(this.#rows, this.#count, this.#origin);
    this.#views = views.map((_, view) => fitView(view, this.#rows, this.#count, this.#bands, seed));
  }

  /** The first ranks come from the rows the forests were grown from, for want of others. */
  #rankOwnRows(): void {
    const own = new Float64Array(width);
    const each = (then: (row: Float64Array) => void) => {
      for (let row = 0; row < this.#count; row++) {
        own.set(this.#rows.subarray(row * width, (row + 1) * width));
        own[featureIndex.level]! += this.#origin;
        then(own);
      }
    };
    each((row) => {
      this.judge(row);
      for (let view = 0; view < views.length; view++) this.#tails[view]!.learn(this.#scores[view]!);
    });
    each((row) => {
      this.judge(row);
      this.#tails[views.length]!.learn(this.#scores[views.length]!);
    });
  }

  #relative(features: Float64Array): Float64Array {
    this.#row.set(features);
    this.#row[featureIndex.level]! -= this.#origin;
    return this.#row;
  }
}

function medianLevel(rows: Float64Array): number {
  const levels = rows.filter((_, i) => i % width === featureIndex.level).sort();
  return levels[levels.length >> 1] ?? 0;
}
