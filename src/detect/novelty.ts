import type { ByteReader, ByteWriter } from "./binary.ts";
import { History } from "./history.ts";
import { Patterns } from "./patterns.ts";
import { mixSeeds, Random } from "./random.ts";
import { RenewedForest } from "./renewed-forest.ts";
import { RowMemory } from "./row-memory.ts";
import { TailRank } from "./tail.ts";

/** Windows are shares of the span, so that one configuration fits seconds and days. */
export const spanMin = 240;
export const spanMax = 750;

/** Whole numbers of one 700th of the usual range: finer than any metric is told; two bytes hold what is 10¹⁹ ranges away. */
const grain = 700;
const rowsMax = 384;
const keepOneIn = 4;
const trees = 24;
/** Columns of a row: the value, three means, mean and spread, and extremes of three windows in a row, at two scales. */
const width = 12;
const forests = [
  { columns: [0], trees, subsample: 256, widen: 0.2 },
  // Wide: what lies beyond everything seen is isolated at once.
  { columns: [0], trees, subsample: rowsMax, widen: 1 },
  { columns: [1, 2, 3], trees, subsample: 256, widen: 0.2 },
  { columns: [4, 5], trees, subsample: 256, widen: 0.2 },
  { columns: [6, 7, 8], trees, subsample: 256, widen: 0.2 },
  { columns: [9, 10, 11], trees, subsample: 256, widen: 0.2 },
] as const;
const treesAll = trees * forests.length;
/** After the forests: patterns of short windows, their shapes, and patterns of long ones. */
const viewsAll = forests.length + 3;
const bins = 1024;
/** log2 of the largest distance of two patterns, about. */
const octaves = 18;
/** New rows are let in, and all trees grown again from them, every so many points. */
const turnMin = 32;
const turnMax = 384;
/** The most extreme of n ranks grows with n: at ten spans a score counts for a fifth less. */
const discount = 0.2;
/** What an octave beyond the 99 % quantile is worth: a rank alone says "rarest so far", not how far. */
const perOctave = 0.25;
const octavesMax = 4;
const octavesMin = -2;

/**
 * How unlike everything before a series has become: 0 or more, about 0.4 in normal times, 0.9 is rare.
 *
 * Many views of the series, each with its own isolation forest or nearest earlier pattern, and each turned into a rank among its
 * own earlier scores; the mean of −log10 of the ranks. One view misses what another sees, and chance in one drowns in the mean:
 * on the Numenta Anomaly Benchmark one view alone reached 31 to 60 points in a prototype, and these together reach 67.8. Views, windows
 * and constants were chosen on that benchmark, so on other data expect less.
 */
export class Novelty {
  readonly #seed: number;
  readonly #span: number;
  readonly #history = new History();
  readonly #memory = new RowMemory(width, rowsMax, keepOneIn);
  readonly #forests = forests.map((settings) => new RenewedForest(settings, rowsMax));
  readonly #short: Patterns;
  readonly #long: Patterns;
  readonly #tails = Array.from({ length: viewsAll }, () => new TailRank(bins));
  readonly #row = new Float64Array(width);
  readonly #scores = new Float64Array(viewsAll);
  #random: Random;
  /** The first points, until there are enough to know the scale. */
  #first: number[] = [];
  #middle = 0;
  #range = 0;
  #points = 0;
  #turns = 0;
  #sinceTurn = 0;
  #turnLength = turnMin;
  #grown = 0;

  /** `span`: points that show the usual behaviour, {@link spanMin} to {@link spanMax}; a third of it passes before the first score. */
  constructor(seed: number, span: number) {
    this.#seed = seed;
    this.#span = span;
    this.#random = Random.fromSeed(mixSeeds(seed, span));
    this.#short = new Patterns(this.#window(75));
    this.#long = new Patterns(this.#window(18));
  }

  /** Takes the next value; 0 as long as nothing is known. With `learn` false it is only looked at. */
  next(value: number, learn: boolean): number {
    if (this.#range > 0) {
      this.#points++;
      return this.#score(value, learn);
    }
    if (!learn) return 0;
    this.#points++;
    this.#first.push(value);
    if (this.#first.length >= Math.floor(this.#span / 3)) this.#begin();
    return 0;
  }

  save(out: ByteWriter): void {
    for (const word of this.#random.state()) out.u32(word);
    for (const x of [this.#middle, this.#range, this.#points]) out.f64(x);
    for (const x of [this.#turns, this.#sinceTurn, this.#turnLength, this.#grown, this.#first.length]) out.u32(x);
    for (const x of this.#first) out.f64(x);
    for (const part of [this.#history, this.#memory, this.#short, this.#long]) part.save(out);
    for (const tail of this.#tails) tail.save(out);
  }

  /** Takes over what {@link Novelty.save} wrote and grows the trees again. */
  load(from: ByteReader): void {
    this.#random = Random.fromState(Uint32Array.from({ length: 4 }, () => from.u32()));
    this.#middle = from.f64();
    this.#range = from.f64();
    this.#points = from.f64();
    this.#turns = from.u32();
    this.#sinceTurn = from.u32();
    this.#turnLength = from.count(turnMax);
    this.#grown = from.count(treesAll);
    this.#first = Array.from({ length: from.count(spanMax) }, () => from.f64());
    for (const part of [this.#history, this.#memory, this.#short, this.#long]) part.load(from);
    for (const tail of this.#tails) tail.read(from);
    if (this.#range === 0) return;
    if (this.#grown < treesAll) {
      this.#memory.before(() => {
        for (let tree = this.#grown; tree < treesAll; tree++) this.#grow(tree, this.#turns - 1);
      });
    }
    for (let tree = 0; tree < this.#grown; tree++) this.#grow(tree, this.#turns);
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
      this.#learnRow();
    }
    this.#first = [];
    this.#memory.turn();
    for (let tree = 0; tree < treesAll; tree++) this.#grow(tree, 0);
    this.#grown = treesAll;
  }

  #score(value: number, learn: boolean): number {
    this.#look(value);
    for (let view = 0; view < forests.length; view++) this.#scores[view] = this.#forests[view]!.score(this.#row);
    const short = this.#short.nearest(this.#history);
    const long = this.#long.nearest(this.#history);
    this.#scores[forests.length] = inOctaves(short?.plain);
    this.#scores[forests.length + 1] = inOctaves(short?.shape);
    this.#scores[forests.length + 2] = inOctaves(long?.plain);
    let sum = 0;
    for (let view = 0; view < viewsAll; view++) {
      const score = this.#scores[view]!;
      if (score < 0) continue;
      const tail = this.#tails[view]!;
      sum -= Math.log10(tail.tail(score));
      if (learn) tail.learn(score);
    }
    if (learn) {
      this.#learnRow();
      this.#renew();
    }
    const length = 1 + discount * Math.log10(Math.max(1, this.#points / this.#span));
    return Math.max(0, sum + perOctave * this.#beyond()) / viewsAll / length;
  }

  /** How far the shape lies beyond the 99 % quantile of its distances, in octaves. */
  #beyond(): number {
    const tail = this.#tails[forests.length + 1]!;
    const shape = this.#scores[forests.length + 1]!;
    if (shape < 0 || tail.total === 0) return 0;
    return Math.max(octavesMin, Math.min(octavesMax, (shape - tail.upper(0.01)) * octaves));
  }

  /** Takes the value into the history and makes the row of it. */
  #look(value: number): void {
    const history = this.#history;
    const row = this.#row;
    // The logarithm far out, so that one outlier does not push all others into one place.
    history.push(Math.asinh(value / this.#range - this.#middle / this.#range) * grain);
    const medium = this.#window(37);
    const long = this.#window(18);
    row[0] = history.at(0);
    row[1] = history.mean(this.#window(100));
    row[2] = history.mean(this.#window(25));
    row[3] = history.mean(this.#window(6));
    row[4] = history.mean(medium);
    row[5] = Math.log(0.001 + history.deviation(medium) / grain) * 0.3 * grain;
    for (let i = 0; i < 3; i++) {
      row[6 + i] = history.extreme(medium, i * medium);
      row[9 + i] = history.extreme(long, i * long);
    }
    for (let i = 1; i < 6; i++) row[i] = Math.round(row[i]!);
  }

  #learnRow(): void {
    if (this.#history.count >= this.#window(100)) this.#memory.offer(this.#row, this.#random);
    this.#short.learn(this.#history, this.#random);
    this.#long.learn(this.#history, this.#random);
  }

  /** Grows some trees, at an even pace, and when all are grown and the time has come, lets the next rows in. */
  #renew(): void {
    this.#sinceTurn++;
    const due = Math.min(treesAll, Math.ceil((treesAll * this.#sinceTurn) / this.#turnLength));
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
function inOctaves(distance: number | undefined): number {
  return distance === undefined ? -1 : Math.log2(1 + distance) / octaves;
}
