import { Random } from "./random.ts";
import type { RowMemory } from "./row-memory.ts";
import { averagePath } from "./trees.ts";

export interface RenewedForestSettings {
  /** Columns of the memory this forest looks at. */
  readonly columns: readonly number[];
  readonly trees: number;
  /** Rows a tree is grown from. */
  readonly subsample: number;
  /** See `ForestSettings.widen`. */
  readonly widen: number;
}

/** Up to 31 columns. */
const columnBits = 5;
const columnMask = (1 << columnBits) - 1;
/** Path lengths are whole 4,096ths: sums of them are exact. */
const fraction = 4096;

/**
 * An isolation forest (Liu, Ting & Zhou 2008) whose trees are grown again one by one, in place, from a memory that goes on.
 *
 * A tree follows from the memory and its seed alone, so trees need not be saved.
 */
export class RenewedForest {
  readonly trees: number;
  readonly #columns: readonly number[];
  readonly #subsample: number;
  readonly #widen: number;
  /** Nodes a tree may have: widened splits leave sides empty, so its depth bounds it. */
  readonly #room: number;
  readonly #depthMax: number;
  /**
   * Two numbers a node, so that a step down a tree reads one place in memory. At a split: what is below goes to the next node, and
   * the right child's place with the column in the low bits. At a leaf: the path length in 1/{@link fraction}s, and 0.
   */
  readonly #nodes: Int32Array;
  readonly #order: Int16Array;
  /** The values of the rows a tree is grown from, column by column. */
  readonly #values: Int16Array;
  readonly #expected: Float64Array;
  readonly #paths: Float64Array;
  #at = 0;
  #rows = 0;

  constructor({ columns, trees, subsample, widen }: RenewedForestSettings, rowsMax: number) {
    this.trees = trees;
    this.#columns = columns;
    this.#subsample = subsample;
    this.#widen = widen;
    this.#depthMax = Math.ceil(Math.log2(subsample));
    this.#room = 2 ** (this.#depthMax + 2);
    this.#nodes = new Int32Array(trees * this.#room);
    this.#order = new Int16Array(rowsMax);
    this.#values = new Int16Array(subsample * columns.length);
    this.#expected = new Float64Array(trees);
    this.#paths = Float64Array.from({ length: subsample + 1 }, (_, rows) => averagePath(rows));
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
      const row = order[pick]!;
      order[pick] = order[i]!;
      order[i] = i;
      for (let c = 0; c < columns.length; c++) values[c * rows + i] = memory.rows[row * memory.width + columns[c]!]!;
    }
    this.#rows = rows;
    this.#at = tree * this.#room;
    this.#expected[tree] = this.#paths[rows]!;
    if (columns.length === 1) {
      values.subarray(0, rows).sort();
      this.#branchSorted(random, 0, rows, 0);
    } else this.#branch(random, 0, rows, 0);
  }

  /** As `IsolationForest.score`, of a row of whole numbers. 0.5 where nothing is known. */
  score(row: Float64Array): number {
    const nodes = this.#nodes;
    const room = this.#room;
    let path = 0;
    let expected = 0;
    for (let tree = 0; tree < this.trees; tree++) {
      let node = tree * room;
      for (let link = nodes[node + 1]!; link !== 0; link = nodes[node + 1]!) {
        node = row[(link & columnMask) - 1]! < nodes[node]! ? node + 2 : link >>> columnBits;
      }
      path += nodes[node]!;
      expected += this.#expected[tree]!;
    }
    return expected > 0 ? 2 ** (-path / fraction / expected) : 0.5;
  }

  #branch(random: Random, from: number, to: number, depth: number): void {
    const node = this.#at;
    this.#at += 2;
    const values = this.#values;
    const order = this.#order;
    const columns = this.#columns.length;
    let column = 0;
    let low = 0;
    let high = 0;
    if (to - from > 1 && depth < this.#depthMax) {
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
    const split = this.#draw(random, low, high);
    const start = column * this.#rows;
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      if (values[start + row]! < split) {
        order[i] = order[middle]!;
        order[middle++] = row;
      }
    }
    this.#nodes[node] = split;
    this.#branch(random, from, middle, depth + 1);
    this.#nodes[node + 1] = (this.#at << columnBits) | (this.#columns[column]! + 1);
    this.#branch(random, middle, to, depth + 1);
  }

  /** The same for one column in order: nothing needs to be moved, and only the split be looked for. */
  #branchSorted(random: Random, from: number, to: number, depth: number): void {
    const node = this.#at;
    this.#at += 2;
    const values = this.#values;
    if (to - from <= 1 || depth >= this.#depthMax || values[from] === values[to - 1]) {
      return this.#leaf(node, to - from, depth);
    }
    const split = this.#draw(random, values[from]!, values[to - 1]!);
    let middle = from;
    for (let end = to; middle < end;) {
      const half = (middle + end) >> 1;
      if (values[half]! < split) middle = half + 1;
      else end = half;
    }
    this.#nodes[node] = split;
    this.#branchSorted(random, from, middle, depth + 1);
    this.#nodes[node + 1] = (this.#at << columnBits) | (this.#columns[0]! + 1);
    this.#branchSorted(random, middle, to, depth + 1);
  }

  #leaf(node: number, rows: number, depth: number): void {
    this.#nodes[node] = Math.round((depth + this.#paths[rows]!) * fraction);
    this.#nodes[node + 1] = 0;
  }

  /** Rounded up, which for whole numbers changes nothing. */
  #draw(random: Random, low: number, high: number): number {
    const range = high - low;
    return Math.ceil(low - this.#widen * range + random.next() * (1 + 2 * this.#widen) * range);
  }
}
