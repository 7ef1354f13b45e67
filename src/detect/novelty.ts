import type { ByteReader, ByteWriter } from "./binary.ts";
import { Extent } from "./extent.ts";
import { History } from "./history.ts";
import type { NoveltyTuning } from "./novelty-tuning.ts";
import { noveltyTuning } from "./novelty-tuning.ts";
import { Patterns } from "./patterns.ts";
import { mixSeeds, Random } from "./random.ts";
import { Rarity } from "./rarity.ts";
import { RenewedForest } from "./renewed-forest.ts";
import { RowMemory } from "./row-memory.ts";

/** Windows are shares of the span, so that one configuration fits seconds and days. */
export const spanMin = 240;
export const spanMax = 750;

/** Whole numbers of one 700th of the usual range: finer than any metric is told; two bytes hold what is 10¹⁹ ranges away. */
const grain = 700;
const rowsMax = 384;
const keepOneIn = 4;
/** Columns of a row: the value, its means at three time scales, the extremes of three windows in a row, and its roughness. */
const width = 8;
const forests = [[0], [1, 2, 3], [4, 5, 6], [7]];
/** After the forests: patterns of short windows and of long ones. */
const viewsAll = forests.length + 2;
/** log2 of the largest distance of two patterns, about. */
const octaves = 18;
/** New rows are let in, and all trees grown again from them, every so many points. */
const turnMin = 32;
const turnMax = 384;

/**
 * How unlike everything before a series has become: 0 or more, about 0.1 in normal times, 0.9 is rare.
 *
 * Several views of the series, each with its own isolation forest or nearest earlier pattern, and each turned into a rarity among its
 * own earlier scores; the mean of them, and how far the value is beyond all earlier ones. One view misses what another sees, and chance in
 * one drowns in the mean: on the Numenta Anomaly Benchmark one view alone reached 31 to 60 points in a prototype, and these together
 * reach 73. Views, windows and constants were chosen on that benchmark, so on other data expect less.
 */
export class Novelty {
  readonly #seed: number;
  readonly #span: number;
  /** Points that pass before the first score. */
  readonly #firstPoints: number;
  readonly #history = new History();
  readonly #memory = new RowMemory(width, rowsMax, keepOneIn);
  readonly #tuning: NoveltyTuning;
  readonly #treesAll: number;
  readonly #forests: readonly RenewedForest[];
  readonly #short: Patterns;
  readonly #long: Patterns;
  readonly #rarities: readonly Rarity[];
  readonly #extent = new Extent();
  readonly #row = new Int32Array(width);
  readonly #scores = new Float64Array(viewsAll);
  #random: Random;
  /** The first points, until there are enough to know the scale. */
  #first: number[] = [];
  #middle = 0;
  #range = 0;
  /** The mean step from value to value, lately: it grows with noise, and goes to 0 where a value got stuck. */
  #roughness = 0;
  #points = 0;
  #turns = 0;
  #sinceTurn = 0;
  #turnLength = turnMin;
  #grown = 0;

  /** `span`: points that show the usual behaviour, {@link spanMin} to {@link spanMax}; `firstPoints` pass before the first score. */
  constructor(seed: number, span: number, firstPoints = Math.floor(span / 3), tuning = noveltyTuning) {
    this.#seed = seed;
    this.#span = span;
    this.#firstPoints = firstPoints;
    this.#tuning = tuning;
    const { trees, subsample, widen, blockShare, blockWeight } = tuning;
    this.#treesAll = trees * forests.length;
    this.#forests = forests.map((columns) => new RenewedForest({ columns, trees, subsample, widen }, rowsMax));
    this.#random = Random.fromSeed(mixSeeds(seed, span));
    this.#short = new Patterns(this.#window(75));
    this.#long = new Patterns(this.#window(18));
    this.#rarities = Array.from(this.#scores, () => new Rarity(Math.round(blockShare * span), blockWeight));
  }

  /** The mean score of the forests for the last value, 0 to 1. */
  get score(): number {
    let sum = 0;
    for (let view = 0; view < forests.length; view++) sum += this.#scores[view]!;
    return sum / forests.length;
  }

  /** Takes the next value; 0 as long as nothing is known. With `learn` false it is only looked at. */
  next(value: number, learn: boolean): number {
    if (this.#range > 0) {
      this.#points++;
      return this.#judge(value, learn);
    }
    if (!learn) return 0;
    this.#points++;
    this.#first.push(value);
    if (this.#first.length >= this.#firstPoints) this.#begin();
    return 0;
  }

  save(out: ByteWriter): void {
    for (const word of this.#random.state()) out.u32(word);
    for (const x of [this.#middle, this.#range, this.#roughness, this.#points]) out.f64(x);
    for (const x of [this.#turns, this.#sinceTurn, this.#turnLength, this.#grown, this.#first.length]) out.u32(x);
    for (const x of this.#first) out.f64(x);
    for (const part of this.#parts()) part.save(out);
  }

  /** Takes over what {@link Novelty.save} wrote and grows the trees again. */
  load(from: ByteReader): void {
    this.#random = Random.fromState(Uint32Array.from({ length: 4 }, () => from.u32()));
    this.#middle = from.f64();
    this.#range = from.f64();
    this.#roughness = from.f64();
    this.#points = from.f64();
    this.#turns = from.u32();
    this.#sinceTurn = from.u32();
    this.#turnLength = from.count(turnMax);
    this.#grown = from.count(this.#treesAll);
    this.#first = Array.from({ length: from.count(spanMax) }, () => from.f64());
    for (const part of this.#parts()) part.load(from);
    if (this.#range === 0) return;
    if (this.#grown < this.#treesAll) {
      this.#memory.before(() => {
        for (let tree = this.#grown; tree < this.#treesAll; tree++) this.#grow(tree, this.#turns - 1);
      });
    }
    for (let tree = 0; tree < this.#grown; tree++) this.#grow(tree, this.#turns);
  }

  #parts() {
    return [this.#history, this.#memory, this.#short, this.#long, this.#extent, ...this.#rarities];
  }

  /** Sets the scale by the first points, for good, and takes them in. */
  #begin(): void {
    const sorted = Float64Array.from(this.#first).sort();
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
    this.#middle = at(0.5);
    // Without a usual range: the whole one, else a tenth of the level, else the unit of the metric.
    this.#range = at(0.9) - at(0.1) || at(1) - at(0) || Math.abs(this.#middle) / 10 || 1;
    for (const value of this.#first) {
      this.#look(value);
      this.#learnRow(value);
    }
    this.#first = [];
    this.#memory.turn();
    for (let tree = 0; tree < this.#treesAll; tree++) this.#grow(tree, 0);
    this.#grown = this.#treesAll;
  }

  #judge(value: number, learn: boolean): number {
    this.#look(value);
    const scores = this.#scores;
    for (let view = 0; view < forests.length; view++) scores[view] = this.#forests[view]!.score(this.#row);
    scores[forests.length] = inOctaves(this.#short.nearest(this.#history));
    scores[forests.length + 1] = inOctaves(this.#long.nearest(this.#history));
    const { weights, beyondWorth, discount } = this.#tuning;
    let sum = 0;
    let all = 0;
    for (let view = 0; view < viewsAll; view++) {
      all += weights[view]!;
      const score = scores[view]!;
      // Nothing to compare with.
      if (score < 0) continue;
      sum += weights[view]! * this.#rarities[view]!.of(score);
      if (learn) this.#rarities[view]!.learn(score);
    }
    const beyond = beyondWorth * this.#extent.beyond(value);
    if (learn) {
      this.#learnRow(value);
      this.#renew();
    }
    return (sum / all + beyond) / (1 + discount * Math.log10(Math.max(1, this.#points / this.#span)));
  }

  /** Takes the value into the history and makes the row of it. */
  #look(value: number): void {
    const history = this.#history;
    const row = this.#row;
    // The logarithm far out, so that one outlier does not push all others into one place.
    history.push(Math.asinh(value / this.#range - this.#middle / this.#range) * grain);
    const long = this.#window(18);
    row[0] = history.at(0);
    row[1] = Math.round(history.mean(this.#window(100)));
    row[2] = Math.round(history.mean(this.#window(25)));
    row[3] = Math.round(history.mean(this.#window(6)));
    for (let i = 0; i < 3; i++) row[4 + i] = history.extreme(long, i * long);
    this.#roughness += (Math.abs(history.at(0) - history.at(1)) - this.#roughness) / this.#window(37);
    row[7] = Math.round(Math.log(0.001 + this.#roughness / grain) * 0.3 * grain);
  }

  #learnRow(value: number): void {
    this.#extent.learn(value);
    if (this.#history.count >= this.#window(100)) this.#memory.offer(this.#row, this.#random);
    this.#short.learn(this.#history, this.#random);
    this.#long.learn(this.#history, this.#random);
  }

  /** Grows some trees, at an even pace, and when all are grown and the time has come, lets the next rows in. */
  #renew(): void {
    this.#sinceTurn++;
    const due = Math.min(this.#treesAll, Math.ceil((this.#treesAll * this.#sinceTurn) / this.#turnLength));
    while (this.#grown < due) this.#grow(this.#grown++, this.#turns);
    if (this.#sinceTurn < this.#turnLength) return;
    this.#memory.turn();
    this.#turns++;
    this.#grown = 0;
    this.#sinceTurn = 0;
    this.#turnLength = Math.max(turnMin, Math.min(turnMax, this.#points >> 2));
  }

  #grow(tree: number, turn: number): void {
    const forest = this.#forests[tree % forests.length]!;
    forest.grow(Math.floor(tree / forests.length), this.#memory, mixSeeds(mixSeeds(this.#seed, turn), tree));
  }

  #window(part: number): number {
    return Math.max(3, Math.round(this.#span / part));
  }
}

/** A distance as a number from 0 to 1, evenly by its logarithm; −1 for none. */
function inOctaves(distance: number): number {
  return distance === Infinity ? -1 : Math.log2(1 + distance) / octaves;
}
