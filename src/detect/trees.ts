import type { Random } from "./random.ts";

/** Many trees in flat arrays, node by node in preorder: the left child of node `i` is `i + 1`. */
export interface Trees {
  /** The feature a node splits on; −1 marks a leaf. */
  readonly feature: Int16Array;
  /** At a split: rows below go left, the others right. At a leaf: the path length of a row that ends here. */
  readonly value: Float64Array;
  /** The right child of a split. */
  readonly right: Int32Array;
  /** How many rows of the sample came through. */
  readonly size: Uint16Array;
  /** Where each tree starts. */
  readonly roots: Int32Array;
}

export interface Growing {
  readonly rows: Float64Array;
  readonly width: number;
  readonly trees: number;
  /** Rows a tree is grown from, at most 65,535. */
  readonly sample: number;
  /** A split is drawn from the node's range made wider by this share of it on each side. */
  readonly widen: number;
  readonly random: Random;
}

/**
 * Grows isolation trees (Liu, Ting & Zhou 2008, algorithms 1 and 2): each from its own sample without replacement, each split
 * a random feature at a random value, down to ⌈log2(sample)⌉.
 *
 * A feature that is the same in all rows of a node is passed over. A row without a value for the feature goes where more rows go.
 */
export function growTrees({ rows, width, trees, sample, widen, random }: Growing): Trees {
  const depthMax = depthOf(sample);
  // A widened split may leave one side empty, so a tree is bounded by its depth: at most 2^(depth + 1) − 1 nodes.
  const capacity = trees * (2 ** (depthMax + 1) - 1);
  const feature = new Int16Array(capacity);
  const value = new Float64Array(capacity);
  const right = new Int32Array(capacity);
  const size = new Uint16Array(capacity);
  const roots = new Int32Array(trees);
  const order = new Int32Array(rows.length / width);
  for (let row = 0; row < order.length; row++) order[row] = row;
  const features = Int16Array.from({ length: width }, (_, f) => f);
  let count = 0;

  const leaf = (node: number, depth: number) => {
    feature[node] = -1;
    value[node] = depth + averagePath(size[node]!);
  };

  /** Draws features without replacement until one varies; then `low < high` and its number, else −1. */
  let low = 0;
  let high = 0;
  const draw = (from: number, to: number): number => {
    for (let left = width; left > 0; left--) {
      const pick = random.below(left);
      const f = features[pick]!;
      features[pick] = features[left - 1]!;
      features[left - 1] = f;
      low = Infinity;
      high = -Infinity;
      for (let i = from; i < to; i++) {
        const x = rows[order[i]! * width + f]!;
        if (x < low) low = x;
        if (x > high) high = x;
      }
      if (low < high) return f;
    }
    return -1;
  };

  const grow = (from: number, to: number, depth: number): void => {
    const node = count++;
    size[node] = to - from;
    const f = depth < depthMax && to - from > 1 ? draw(from, to) : -1;
    if (f < 0) return leaf(node, depth);
    const split = between(low, high, random.next() * (1 + 2 * widen) - widen);
    let middle = from;
    let end = to;
    let missing = 0;
    // Below to the front, missing to the back, the rest in between.
    for (let i = from; i < end;) {
      const row = order[i]!;
      const x = rows[row * width + f]!;
      if (x < split) {
        order[i++] = order[middle]!;
        order[middle++] = row;
      } else if (x >= split) i++;
      else {
        order[i] = order[--end]!;
        order[end] = row;
        missing++;
      }
    }
    if (missing > 0 && middle - from > end - middle) middle = gather(order, middle, end, to);
    feature[node] = f;
    value[node] = split;
    grow(from, middle, depth + 1);
    right[node] = count;
    grow(middle, to, depth + 1);
  };

  for (let tree = 0; tree < trees; tree++) {
    for (let i = 0; i < sample; i++) {
      const pick = i + random.below(order.length - i);
      const row = order[pick]!;
      order[pick] = order[i]!;
      order[i] = row;
    }
    roots[tree] = count;
    grow(0, sample, 0);
  }
  return {
    feature: feature.slice(0, count),
    value: value.slice(0, count),
    right: right.slice(0, count),
    size: size.slice(0, count),
    roots,
  };
}

/** Moves the rows from `end` to `to` in front of those from `middle`, and returns where they now end. */
function gather(order: Int32Array, middle: number, end: number, to: number): number {
  const missing = order.slice(end, to);
  order.copyWithin(middle + missing.length, middle, end);
  order.set(missing, middle);
  return middle + missing.length;
}

/** `low + share × (high − low)`, finite also where the difference is not. Half first: ±1e308 are 2e308 apart. */
function between(low: number, high: number, share: number): number {
  const x = 2 * (low / 2 + share * (high / 2 - low / 2));
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, x));
}

/** How deep a tree of so many rows is grown: deeper, a row is ordinary anyway (Liu, Ting & Zhou 2008, section 4.1). */
export function depthOf(sample: number): number {
  return Math.ceil(Math.log2(Math.max(sample, 1)));
}

const euler = 0.5772156649015329;

/** c(n): the average length of an unsuccessful search in a binary tree of `n` rows (Liu, Ting & Zhou 2008, equation 1). */
export function averagePath(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + euler) - (2 * (n - 1)) / n;
}
