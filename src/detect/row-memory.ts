import type { ByteReader, ByteWriter } from "./binary.ts";
import type { Random } from "./random.ts";

/** Rows of whole numbers that fit two bytes each. */
const wholeMax = 32_767;

/**
 * A bounded memory of rows: fills up, and from then on one new row in so many replaces a random old one.
 *
 * New rows wait until {@link RowMemory.turn}; what they replace is kept until the next turn, so that trees grown before and after
 * a turn can both be grown again.
 */
export class RowMemory {
  readonly width: number;
  readonly rows: Int16Array;
  readonly #rowsMax: number;
  readonly #keepOneIn: number;
  /** Where each waiting row goes, and the row itself. */
  #waitingSlots: number[] = [];
  #waiting: number[] = [];
  #replacedSlots: number[] = [];
  #replaced: number[] = [];
  #count = 0;
  #countBefore = 0;
  /** Rows in memory and waiting; the memory itself has `count`. */
  #taken = 0;

  constructor(width: number, rowsMax: number, keepOneIn: number) {
    this.width = width;
    this.#rowsMax = rowsMax;
    this.#keepOneIn = keepOneIn;
    this.rows = new Int16Array(rowsMax * width);
  }

  get count(): number {
    return this.#count;
  }

  offer(row: ArrayLike<number>, random: Random): void {
    const full = this.#taken === this.#rowsMax;
    if (full && random.below(this.#keepOneIn) !== 0) return;
    this.#waitingSlots.push(full ? random.below(this.#rowsMax) : this.#taken++);
    for (let i = 0; i < this.width; i++) this.#waiting.push(row[i]!);
  }

  /** Lets the waiting rows in. */
  turn(): void {
    this.#replacedSlots = [];
    this.#replaced = [];
    this.#countBefore = this.#count;
    const { width, rows } = this;
    for (let i = 0; i < this.#waitingSlots.length; i++) {
      const slot = this.#waitingSlots[i]!;
      const isReplaced = slot < this.#countBefore;
      if (isReplaced) this.#replacedSlots.push(slot);
      for (let column = 0; column < width; column++) {
        if (isReplaced) this.#replaced.push(rows[slot * width + column]!);
        rows[slot * width + column] = this.#waiting[i * width + column]!;
      }
    }
    this.#count = this.#taken;
    this.#waitingSlots = [];
    this.#waiting = [];
  }

  /** Runs `then` on the memory as it was before the last turn. */
  before(then: () => void): void {
    const now = this.rows.slice();
    const count = this.#count;
    // From the last to the first: a slot that was replaced twice gets back what it held at first.
    for (let i = this.#replacedSlots.length - 1; i >= 0; i--) {
      this.rows.set(this.#replaced.slice(i * this.width, (i + 1) * this.width), this.#replacedSlots[i]! * this.width);
    }
    this.#count = this.#countBefore;
    then();
    this.rows.set(now);
    this.#count = count;
  }

  save(out: ByteWriter): void {
    for (const count of [this.#count, this.#countBefore, this.#taken]) out.u16(count);
    for (const x of this.rows.subarray(0, this.#count * this.width)) out.u16(x + wholeMax);
    for (const [slots, rows] of [
      [this.#waitingSlots, this.#waiting],
      [this.#replacedSlots, this.#replaced],
    ] as const) {
      out.u16(slots.length);
      for (const slot of slots) out.u16(slot);
      for (const x of rows) out.u16(x + wholeMax);
    }
  }

  load(from: ByteReader): void {
    this.#count = this.#upTo(from, this.#rowsMax);
    this.#countBefore = this.#upTo(from, this.#count);
    this.#taken = this.#upTo(from, this.#rowsMax);
    for (let i = 0; i < this.#count * this.width; i++) this.rows[i] = from.u16() - wholeMax;
    const read = () => {
      const slots = Array.from({ length: from.u16() }, () => this.#upTo(from, this.#rowsMax - 1));
      return { slots, rows: Array.from({ length: slots.length * this.width }, () => from.u16() - wholeMax) };
    };
    ({ slots: this.#waitingSlots, rows: this.#waiting } = read());
    ({ slots: this.#replacedSlots, rows: this.#replaced } = read());
  }

  #upTo(from: ByteReader, max: number): number {
    const value = from.u16();
    if (value > max) throw from.refuse(`${value} where at most ${max} can be`);
    return value;
  }
}
