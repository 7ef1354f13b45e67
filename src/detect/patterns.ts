import type { ByteReader, ByteWriter } from "./binary.ts";
import type { History } from "./history.ts";
import type { Random } from "./random.ts";
import { RowMemory } from "./row-memory.ts";

/** Points of a pattern: the means of four windows one after the other. */
export const patternPoints = 4;
/** 512 patterns of 4 points are 4 kB; once there are more, one in four replaces a random old one. */
const patternsMax = 512;
const keepOneIn = 4;

/** The distances from what was just seen to the nearest pattern seen before: as it is, and moved to the same level. */
export interface Nearest {
  readonly plain: number;
  /** Of the shapes alone. */
  readonly shape: number;
}

/** The patterns of one time scale. */
export class Patterns {
  readonly #scale: number;
  readonly #memory = new RowMemory(patternPoints, patternsMax, keepOneIn);
  readonly #now = new Float64Array(patternPoints);
  /** Patterns that overlap with what comes next; they would always be the nearest. */
  #recent: number[][] = [];

  constructor(scale: number) {
    this.#scale = scale;
  }

  /** Points that must have been seen before the first pattern. */
  get needs(): number {
    return patternPoints * this.#scale;
  }

  /** `undefined` until there is something to compare with. */
  nearest(history: History): Nearest | undefined {
    const { rows, count } = this.#memory;
    if (count === 0) return undefined;
    this.#read(history);
    const a = this.#now[0]!;
    const b = this.#now[1]!;
    const c = this.#now[2]!;
    const d = this.#now[3]!;
    let plain = Infinity;
    let shape = Infinity;
    for (let i = 0; i < count * patternPoints; i += patternPoints) {
      const da = rows[i]! - a;
      const db = rows[i + 1]! - b;
      const dc = rows[i + 2]! - c;
      const dd = rows[i + 3]! - d;
      const square = da * da + db * db + dc * dc + dd * dd;
      // Without the mean difference: what is left when both are moved to one level.
      const moved = da + db + dc + dd;
      const rest = square - (moved * moved) / 4;
      if (square < plain) plain = square;
      if (rest < shape) shape = rest;
    }
    return { plain: Math.sqrt(plain), shape: Math.sqrt(Math.max(0, shape)) };
  }

  /** Every window's length a pattern is put aside, and remembered once nothing new overlaps with it. */
  learn(history: History, random: Random): void {
    if (history.count < this.needs || history.count % this.#scale !== 0) return;
    this.#read(history);
    this.#recent.push([...this.#now]);
    if (this.#recent.length <= patternPoints) return;
    this.#memory.offer(this.#recent.shift()!, random);
    this.#memory.turn();
  }

  save(out: ByteWriter): void {
    this.#memory.save(out);
    out.u16(this.#recent.length);
    for (const x of this.#recent.flat()) out.f64(x);
  }

  load(from: ByteReader): void {
    this.#memory.load(from);
    this.#recent = Array.from({ length: from.u16() }, () => Array.from({ length: patternPoints }, () => from.f64()));
  }

  #read(history: History): void {
    for (let i = 0; i < patternPoints; i++) this.#now[i] = Math.round(history.mean(this.#scale, i * this.#scale));
  }
}
