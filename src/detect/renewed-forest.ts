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
  readonly #column: Int8Array;
  readonly #split: Float64Array;
  readonly #right: Int32Array;
  readonly #order: Int16Array;
  readonly #expected: Float64Array;
  readonly #paths: Float64Array;
  #at = 0;

  constructor({ columns, trees, subsample, widen }: RenewedForestSettings, rowsMax: number) {
    this.trees = trees;
    this.#columns = columns;
    this.#subsample = subsample;
    this.#widen = widen;
    this.#depthMax = Math.ceil(Math.log2(subsample));
    this.#room = 2 ** (this.#depthMax + 1);
    this.#column = new Int8Array(trees * this.#room).fill(-1);
    this.#split = new Float64Array(trees * this.#room);
    this.#right = new Int32Array(trees * this.#room);
    this.#order = new Int16Array(rowsMax);
    this.#expected = new Float64Array(trees);
    this.#paths = Float64Array.from({ length: subsample + 1 }, (_, rows) => averagePath(rows));
  }

  /** Grows one tree anew. */
  grow(tree: number, memory: RowMemory, seed: number): void {
    const random = Random.fromSeed(seed);
    const order = this.#order;
    const rows = Math.min(this.#subsample, memory.count);
    for (let i = 0; i < memory.count; i++) order[i] = i;
    for (let i = 0; i < rows; i++) {
      const pick = i + random.below(memory.count - i);
      const row = order[pick]!;
      order[pick] = order[i]!;
      order[i] = row;
    }
    this.#at = tree * this.#room;
    this.#expected[tree] = this.#paths[rows]!;
    this.#branch(memory, random, 0, rows, 0);
  }

  /** As `IsolationForest.score`, of a row of the memory's columns. 0.5 where nothing is known. */
  score(row: Float64Array): number {
    const column = this.#column;
    const split = this.#split;
    const right = this.#right;
    let path = 0;
    let expected = 0;
    for (let tree = 0; tree < this.trees; tree++) {
      let node = tree * this.#room;
      for (let at = column[node]!; at >= 0; at = column[node]!) node = row[at]! < split[node]! ? node + 1 : right[node]!;
      path += split[node]!;
      expected += this.#expected[tree]!;
    }
    return expected > 0 ? 2 ** (-path / expected) : 0.5;
  }

  #branch(memory: RowMemory, random: Random, from: number, to: number, depth: number): void {
    const node = this.#at++;
    const order = this.#order;
    const { rows, width } = memory;
    const columns = this.#columns;
    let column = -1;
    let low = 0;
    let high = 0;
    if (to - from > 1 && depth < this.#depthMax) {
      const first = columns.length > 1 ? random.below(columns.length) : 0;
      for (let i = 0; i < columns.length && low === high; i++) {
        column = columns[(first + i) % columns.length]!;
        low = Infinity;
        high = -Infinity;
        for (let j = from; j < to; j++) {
          const x = rows[order[j]! * width + column]!;
          if (x < low) low = x;
          if (x > high) high = x;
        }
      }
    }
    if (low === high) {
      this.#column[node] = -1;
      this.#split[node] = depth + this.#paths[to - from]!;
      return;
    }
    const range = high - low;
    const split = low - this.#widen * range + random.next() * (1 + 2 * this.#widen) * range;
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      if (rows[row * width + column]! < split) {
        order[i] = order[middle]!;
        order[middle++] = row;
      }
    }
    this.#column[node] = column;
    this.#split[node] = split;
    this.#branch(memory, random, from, middle, depth + 1);
    this.#right[node] = this.#at;
    this.#branch(memory, random, middle, to, depth + 1);
  }
}
