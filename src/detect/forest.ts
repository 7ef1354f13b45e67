import { BotError } from "../bot-error.ts";
import { ByteReader, ByteWriter } from "./binary.ts";
import { FlatTrees, rowsAtOnce } from "./flat-trees.ts";
import { Random } from "./random.ts";
import type { Trees } from "./trees.ts";
import { averagePath, depthOf, growTrees } from "./trees.ts";

export interface ForestSettings {
  /** The same seed and rows give the same forest, bit by bit. */
  readonly seed: number;
  /** 1 to 10,000; default 100, where scores have settled (Liu, Ting & Zhou 2008, section 5.2). */
  readonly trees?: number;
  /** Rows per tree, 1 to 65,535; default 256, and never more than there are. */
  readonly subsample?: number;
  /**
   * Splits are drawn from a node's range widened by this share on each side, 0 to 10; default 0.1.
   *
   * With 0, the forest of the paper, everything beyond the largest value seen gets the same score as that value.
   */
  readonly widen?: number;
}

const envelope = { magic: "PIFO", version: 1, what: "a forest" };
const nodesMax = 50_000_000;

/** An isolation forest after Liu, Ting & Zhou, "Isolation Forest", ICDM 2008. It never changes once it is fitted. */
export class IsolationForest {
  readonly width: number;
  /** Rows each tree was grown from. */
  readonly sample: number;
  readonly #trees: Trees;
  readonly #flat: FlatTrees;

  private constructor(trees: Trees, width: number, sample: number) {
    this.#trees = trees;
    this.#flat = new FlatTrees(trees, depthOf(sample));
    this.width = width;
    this.sample = sample;
  }

  /**
   * Fits to row-major `rows` of `width` features each.
   *
   * NaN is a missing value and allowed; an infinite one, or rows that are not whole, throw `bad_input`. Without any rows, or with
   * rows that are all the same, every score is 0.5: nothing is known.
   */
  static fit(rows: Float64Array, width: number, settings: ForestSettings): IsolationForest {
    const { seed, trees = 100, subsample = 256, widen = 0.1 } = settings;
    within("trees", trees, 1, 10_000);
    within("subsample", subsample, 1, 65_535);
    if (!(widen >= 0 && widen <= 10)) throw new BotError("bad_setting", `fitting a forest: widen is ${widen}`);
    within("width", width, 1, 32_767);
    if (rows.length % width !== 0) {
      throw new BotError("bad_input", `fitting a forest: ${rows.length} numbers are not rows of ${width}`);
    }
    // Not `some`: on a million numbers a plain loop is ten times as fast.
    for (let i = 0; i < rows.length; i++) {
      if (Math.abs(rows[i]!) !== Infinity) continue;
      throw new BotError("bad_input", "fitting a forest: a value is infinite");
    }
    const sample = Math.min(subsample, rows.length / width);
    const random = Random.fromSeed(seed);
    return new IsolationForest(growTrees({ rows, width, trees, sample, widen, random }), width, sample);
  }

  get nodes(): number {
    return this.#trees.feature.length;
  }

  /**
   * How easily the row at `offset` is told from the others: above 0 and below 1, more is stranger, 0.5 is neither.
   *
   * A missing value (NaN) follows the larger part of the sample at each split, so it never makes a row stranger; infinite values
   * are as strange as the largest there are.
   */
  score(row: Float64Array, offset = 0): number {
    const expected = averagePath(this.sample);
    if (expected === 0) return 0.5;
    const path = this.#isMissing(row, offset) ? this.#pathAround(row, offset) : this.#flat.path(row, offset);
    return 2 ** (-path / this.#trees.roots.length / expected);
  }

  /** {@link IsolationForest.score} of every row, bit by bit, half as fast again. Rows that are not whole throw `bad_input`. */
  scores(rows: Float64Array): Float64Array {
    const { width } = this;
    const count = rows.length / width;
    if (!Number.isInteger(count)) {
      throw new BotError("bad_input", `scoring with a forest: ${rows.length} numbers are not rows of ${width}`);
    }
    const scores = new Float64Array(count);
    const expected = averagePath(this.sample);
    if (expected === 0) return scores.fill(0.5);
    const trees = this.#trees.roots.length;
    let row = 0;
    for (; row + rowsAtOnce <= count; row += rowsAtOnce) {
      const offset = row * width;
      if (this.#isMissing(rows, offset, rowsAtOnce)) {
        for (let i = row; i < row + rowsAtOnce; i++) scores[i] = this.score(rows, i * width);
        continue;
      }
      this.#flat.pathsOfEight(rows, offset, width, scores, row);
      for (let i = row; i < row + rowsAtOnce; i++) scores[i] = 2 ** (-scores[i]! / trees / expected);
    }
    for (; row < count; row++) scores[row] = this.score(rows, row * width);
    return scores;
  }

  /**
   * Which features cut the row off from the others: one share per feature, adding up to 1.
   *
   * A split is worth log2 of the factor by which it shrank the sample around the row. A row that no split touched has equal shares.
   */
  contributions(row: Float64Array, offset = 0): Float64Array {
    const { feature, right, size, roots } = this.#trees;
    const shares = new Float64Array(this.width);
    let total = 0;
    for (const root of roots) {
      const leaf = this.#leafOf(root, row, offset);
      for (let node = root; node !== leaf;) {
        // Preorder: everything under the left child stands before the right one.
        const child = leaf < right[node]! ? node + 1 : right[node]!;
        // An empty side counts as half a row: smaller than one, and not infinitely so.
        const worth = Math.log2(size[node]! / Math.max(size[child]!, 0.5));
        shares[feature[node]!]! += worth;
        total += worth;
        node = child;
      }
    }
    return total > 0 ? shares.map((share) => share / total) : shares.fill(1 / this.width);
  }

  /** The forest as bytes with magic, version and checksum; {@link readForest} reads them. */
  serialise(): Uint8Array {
    const { feature, value, size, roots } = this.#trees;
    const out = new ByteWriter(envelope);
    out.u16(this.width);
    out.u16(this.sample);
    out.u32(roots.length);
    out.u32(feature.length);
    for (let node = 0; node < feature.length; node++) {
      out.varint(feature[node]! + 1);
      if (feature[node]! < 0) out.varint(size[node]!);
      else out.f64(value[node]!);
    }
    return out.finish();
  }

  /** The forest that {@link IsolationForest.serialise} wrote, with the same scores bit by bit. Else throws `bad_input`. */
  static read(bytes: Uint8Array): IsolationForest {
    const from = new ByteReader(bytes, envelope);
    const width = from.u16();
    const sample = from.u16();
    const depthMax = depthOf(sample);
    const roots = new Int32Array(from.count(10_000));
    // A node takes two bytes at least: a length that lies cannot make us allocate more than it sent.
    const nodes = from.count(Math.min(nodesMax, bytes.length / 2));
    const trees: Trees = {
      feature: new Int16Array(nodes),
      value: new Float64Array(nodes),
      right: new Int32Array(nodes),
      size: new Uint16Array(nodes),
      roots,
    };
    let count = 0;
    const node = (depth: number): number => {
      const at = count++;
      if (at >= nodes || depth > depthMax) throw from.refuse("a tree does not end");
      const feature = from.varint() - 1;
      trees.feature[at] = feature;
      if (feature >= width) throw from.refuse(`feature ${feature} of ${width}`);
      if (feature < 0) {
        const rows = from.varint();
        trees.size[at] = rows;
        trees.value[at] = depth + averagePath(rows);
        return rows;
      }
      trees.value[at] = from.f64();
      const left = node(depth + 1);
      trees.right[at] = count;
      const rows = left + node(depth + 1);
      trees.size[at] = rows;
      return rows;
    };
    for (let tree = 0; tree < roots.length; tree++) {
      roots[tree] = count;
      if (node(0) !== sample) throw from.refuse("a tree has lost rows");
    }
    if (count !== nodes) throw from.refuse("nodes are left over");
    from.done();
    return new IsolationForest(trees, width, sample);
  }

  #isMissing(rows: Float64Array, offset: number, count = 1): boolean {
    // Also where infinities cancel out: such a row only takes the slower way.
    let sum = 0;
    for (let f = offset; f < offset + count * this.width; f++) sum += rows[f]!;
    return Number.isNaN(sum);
  }

  /** The sum of the path lengths, with missing values. */
  #pathAround(row: Float64Array, offset: number): number {
    const { value, roots } = this.#trees;
    let path = 0;
    for (const root of roots) path += value[this.#leafOf(root, row, offset)]!;
    return path;
  }

  #leafOf(root: number, row: Float64Array, offset: number): number {
    const { feature, value, right, size } = this.#trees;
    let node = root;
    for (let f = feature[node]!; f >= 0; f = feature[node]!) {
      const x = row[offset + f]!;
      if (x < value[node]!) node += 1;
      else if (x >= value[node]!) node = right[node]!;
      else node = size[node + 1]! > size[right[node]!]! ? node + 1 : right[node]!;
    }
    return node;
  }
}

/** See {@link IsolationForest.read}. */
export const readForest = (bytes: Uint8Array): IsolationForest => IsolationForest.read(bytes);

function within(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new BotError("bad_setting", `fitting a forest: ${name} is ${value}, not a whole number from ${min} to ${max}`);
}
