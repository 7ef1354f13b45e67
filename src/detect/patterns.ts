import type { ByteReader, ByteWriter } from "./binary.ts";
import type { History } from "./history.ts";
import type { Random } from "./random.ts";

/** Points of a pattern: the means of four windows one after the other. */
const patternPoints = 4;
/** 512 patterns of 4 points are 4 kB; once there are more, one in four replaces a random old one. */
const patternsMax = 512;
const keepOneIn = 4;
/** Points are whole numbers, as those of the history; saved in two bytes. */
const wholeMax = 32_767;

/** The patterns of one time scale. */
export class Patterns {
  readonly #scale: number;
  /** Point by point, pattern by pattern; as floating point, since that is what they are compared in. */
  readonly #patterns = new Float64Array(patternsMax * patternPoints);
  #count = 0;
  readonly #now = new Float64Array(patternPoints);
  /** Patterns that overlap with what comes next; they would always be the nearest. */
  #recent: number[][] = [];

  constructor(scale: number) {
    this.#scale = scale;
  }

  /** The distance from what was just seen to the nearest pattern seen before; infinite where there is none. */
  nearest(history: History): number {
    this.#read(history);
    const patterns = this.#patterns;
    const a = this.#now[0]!;
    const b = this.#now[1]!;
    const c = this.#now[2]!;
    const d = this.#now[3]!;
    const end = this.#count * patternPoints;
    let least = Infinity;
    for (let i = 0; i < end; i += patternPoints) {
      const da = patterns[i]! - a;
      const db = patterns[i + 1]! - b;
      const dc = patterns[i + 2]! - c;
      const dd = patterns[i + 3]! - d;
      least = Math.min(least, da * da + db * db + dc * dc + dd * dd);
    }
    return Math.sqrt(least);
  }

  /** Every window's length a pattern is put aside, and remembered once nothing new overlaps with it. */
  learn(history: History, random: Random): void {
    if (history.count < patternPoints * this.#scale || history.count % this.#scale !== 0) return;
    this.#read(history);
    this.#recent.push([...this.#now]);
    if (this.#recent.length <= patternPoints) return;
    const oldest = this.#recent.shift()!;
    if (this.#count < patternsMax) this.#patterns.set(oldest, this.#count++ * patternPoints);
    else if (random.below(keepOneIn) === 0) this.#patterns.set(oldest, random.below(patternsMax) * patternPoints);
  }

  save(out: ByteWriter): void {
    out.u16(this.#count);
    out.u16(this.#recent.length);
    for (const x of this.#patterns.subarray(0, this.#count * patternPoints)) out.u16(x + wholeMax);
    for (const x of this.#recent.flat()) out.u16(x + wholeMax);
  }

  load(from: ByteReader): void {
    this.#count = from.u16();
    if (this.#count > patternsMax) throw from.refuse(`${this.#count} patterns`);
    const recent = from.u16();
    for (let i = 0; i < this.#count * patternPoints; i++) this.#patterns[i] = from.u16() - wholeMax;
    this.#recent = Array.from({ length: recent }, () =>
      Array.from({ length: patternPoints }, () => from.u16() - wholeMax),
    );
  }

  #read(history: History): void {
    for (let i = 0; i < patternPoints; i++) this.#now[i] = Math.round(history.mean(this.#scale, i * this.#scale));
  }
}
