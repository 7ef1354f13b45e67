import { Random } from "./random.ts";
import type { RowMemory } from "./row-memory.ts";
import { averagePath } from "./trees.ts";

export interface RenewedForestSettings {
  /** Columns of the memory this forest looks at. */
  readonly columns: readonly number[];
  /** A multiple of four, which are walked side by side. */
  readonly trees: number;
  /** Rows a tree is grown from, at most 512. */
  readonly subsample: number;
  /** See `ForestSettings.widen`. */
  readonly widen: number;
}

/** Up to 32 columns. */
const columnBits = 5;
const columnMask = (1 << columnBits) - 1;
/** Path lengths are whole 2,048ths, so sums of them are exact; the longest, 21, fits two bytes. */
const fraction = 2048;

/**
 * An isolation forest (Liu, Ting & Zhou 2008) whose trees are grown again one by one, in place, from a memory that goes on.
 *
 * A tree follows from the memory and its seed alone, so trees need not be saved. It is laid out as a heap: below node i are 2i and
 * 2i + 1, all the way down, also where it ended earlier. Then every row takes the same number of steps, without a branch that a
 * processor could guess wrong: twice as fast as following links.
 */
export class RenewedForest {
  readonly #columns: readonly number[];
  readonly #subsample: number;
  readonly #widen: number;
  readonly #depth: number;
  /** A split less 1, with the column in the low bits. What lies under a leaf is left as it was: all its ends are the same. */
  readonly #nodes: Int32Array;
  /** Path lengths at the lowest level. */
  readonly #ends: Uint16Array;
  /** The path length that each tree's number of rows makes ordinary, and the sum of all. */
  readonly #ordinary: Int32Array;
  #ordinaryAll = 0;
  readonly #order: Int16Array;
  /** The values of the rows a tree is grown from, column by column. */
  readonly #values: Int16Array;
  readonly #paths: Int32Array;
  #rows = 0;
  #tree = 0;

  constructor({ columns, trees, subsample, widen }: RenewedForestSettings, rowsMax: number) {
    this.#columns = columns;
    this.#subsample = subsample;
    this.#widen = widen;
    this.#depth = Math.ceil(Math.log2(subsample));
    this.#nodes = new Int32Array(trees << this.#depth);
    this.#ends = new Uint16Array(trees << this.#depth);
    this.#ordinary = new Int32Array(trees);
    this.#order = new Int16Array(rowsMax);
    this.#values = new Int16Array(subsample * columns.length);
    this.#paths = Int32Array.from({ length: subsample + 1 }, (_, rows) => Math.round(averagePath(rows) * fraction));
  }

  /** Grows one tree anew. */
  grow(tree: number, memory: RowMemory, seed: number): void {
    const random = Random.fromSeed(seed);
    const order = this.#order;
    const columns = this.#columns;
    const values = this.#values;
    const rows = Math.min(this.#subsample, memory.count);
    for (let i = 0; i < memory.count; i++) order[i] = i;
    for (let i = 0; i < rows; i++) {
      const pick = i + random.below(memory.count - i);
      const row = order[pick]! * memory.width;
      order[pick] = order[i]!;
      order[i] = i;
      for (let c = 0; c < columns.length; c++) values[c * rows + i] = memory.rows[row + columns[c]!]!;
    }
    this.#rows = rows;
    this.#tree = tree << this.#depth;
    this.#ordinaryAll += this.#paths[rows]! - this.#ordinary[tree]!;
    this.#ordinary[tree] = this.#paths[rows]!;
    if (columns.length === 1) {
      values.subarray(0, rows).sort();
      this.#branchSorted(random, 0, rows, 0, 1);
    } else this.#branch(random, 0, rows, 0, 1);
  }

  /** As `IsolationForest.score`, of a row of whole numbers. 0.5 where nothing is known. */
  score(row: Int32Array): number {
    if (this.#ordinaryAll === 0) return 0.5;
    const nodes = this.#nodes;
    const ends = this.#ends;
    const depth = this.#depth;
    const room = 1 << depth;
    let path = 0;
    for (let a = 0; a < nodes.length;) {
      const b = a + room;
      const c = b + room;
      const d = c + room;
      let i = 1;
      let j = 1;
      let k = 1;
      let l = 1;
      // The sign of the difference is the bit that leads down: four walks hide each other's waiting for memory.
      for (let level = 0; level < depth; level++) {
        const first = nodes[a + i]!;
        const second = nodes[b + j]!;
        const third = nodes[c + k]!;
        const fourth = nodes[d + l]!;
        i = (i << 1) | (((first >> columnBits) - row[first & columnMask]!) >>> 31);
        j = (j << 1) | (((second >> columnBits) - row[second & columnMask]!) >>> 31);
        k = (k << 1) | (((third >> columnBits) - row[third & columnMask]!) >>> 31);
        l = (l << 1) | (((fourth >> columnBits) - row[fourth & columnMask]!) >>> 31);
      }
      // A level down, places count from `room`, which is where the next tree would start.
      path += ends[a + i - room]! + ends[a + j]! + ends[b + k]! + ends[c + l]!;
      a = d + room;
    }
    return 2 ** (-path / this.#ordinaryAll);
  }

  #branch(random: Random, from: number, to: number, depth: number, node: number): void {
    const values = this.#values;
    const order = this.#order;
    const columns = this.#columns.length;
    let column = 0;
    let low = 0;
    let high = 0;
    if (to - from > 1 && depth < this.#depth) {
      const first = random.below(columns);
      for (let i = 0; i < columns && low === high; i++) {
        column = (first + i) % columns;
        const start = column * this.#rows;
        low = values[start + order[from]!]!;
        high = low;
        for (let j = from + 1; j < to; j++) {
          const x = values[start + order[j]!]!;
          if (x < low) low = x;
          else if (x > high) high = x;
        }
      }
    }
    if (low === high) return this.#leaf(node, to - from, depth);
    const split = this.#split(random, low, high, node, column);
    const start = column * this.#rows;
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      if (values[start + row]! < split) {
        order[i] = order[middle]!;
        order[middle++] = row;
      }
    }
    this.#branch(random, from, middle, depth + 1, 2 * node);
    this.#branch(random, middle, to, depth + 1, 2 * node + 1);
  }

  /** The same for one column in order: nothing needs to be moved, and only the split be looked for. */
  #branchSorted(random: Random, from: number, to: number, depth: number, node: number): void {
    const values = this.#values;
    if (to - from <= 1 || depth >= this.#depth || values[from] === values[to - 1]) {
      return this.#leaf(node, to - from, depth);
    }
    const split = this.#split(random, values[from]!, values[to - 1]!, node, 0);
    let middle = from;
    for (let end = to; middle < end;) {
      const half = (middle + end) >> 1;
      if (values[half]! < split) middle = half + 1;
      else end = half;
    }
    this.#branchSorted(random, from, middle, depth + 1, 2 * node);
    this.#branchSorted(random, middle, to, depth + 1, 2 * node + 1);
  }

  /** Draws a split, rounded up, which for whole numbers changes nothing. */
  #split(random: Random, low: number, high: number, node: number, column: number): number {
    const range = high - low;
    const split = Math.ceil(low - this.#widen * range + random.next() * (1 + 2 * this.#widen) * range);
    this.#nodes[this.#tree + node] = ((split - 1) << columnBits) | this.#columns[column]!;
    return split;
  }

  #leaf(node: number, rows: number, depth: number): void {
    const below = this.#depth - depth;
    const first = this.#tree + (node << below) - (1 << this.#depth);
    this.#ends.fill(depth * fraction + this.#paths[rows]!, first, first + (1 << below));
  }
}
