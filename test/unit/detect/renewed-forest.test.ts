import { describe, expect, it } from "vitest";
import { Random } from "../../../src/detect/random.ts";
import { RenewedForest } from "../../../src/detect/renewed-forest.ts";
import { RowMemory } from "../../../src/detect/row-memory.ts";

const trees = 24;
const rowsMax = 256;

/** A memory of rows around a middle, with whole numbers up to 1,000 away. */
function memoryAround(middle: number, seed: number): RowMemory {
  const random = Random.fromSeed(seed);
  const memory = new RowMemory(2, rowsMax, 1);
  for (let i = 0; i < rowsMax; i++)
    memory.offer([middle + random.below(2_001) - 1_000, middle + random.below(2_001) - 1_000], random);
  memory.turn();
  return memory;
}
const forest = () => new RenewedForest({ columns: [0, 1], trees, subsample: rowsMax, widen: 0.2 }, rowsMax);
const grown = (memory: RowMemory, seeds: number): RenewedForest => {
  const made = forest();
  for (let tree = 0; tree < trees; tree++) made.grow(tree, memory, seeds + tree);
  return made;
};
const low = Int32Array.of(-5_000, -5_000);
const high = Int32Array.of(5_000, 5_000);

describe("a forest that is renewed", () => {
  it("knows nothing before it has grown", () => {
    expect(forest().score(low)).toBe(0.5);
  });

  it("finds strange what lies beyond its memory", () => {
    const around = grown(memoryAround(0, 1), 1);
    expect(around.score(high)).toBeGreaterThan(0.7);
    expect(around.score(Int32Array.of(0, 0))).toBeLessThan(0.5);
  });

  it("goes over to what is usual now tree by tree, and is then the one that would have grown of it", () => {
    const renewed = grown(memoryAround(-5_000, 1), 1);
    const now = memoryAround(5_000, 2);
    const course = [renewed.score(high)];
    for (let tree = 0; tree < trees; tree++) {
      renewed.grow(tree, now, 100 + tree);
      course.push(renewed.score(high));
    }

    // One tree of 24 at a time changes a score by a little, and always in the same direction but for chance.
    const steps = course.slice(1).map((score, i) => score - course[i]!);
    expect(Math.max(...steps.map(Math.abs))).toBeLessThan(0.05);
    expect(course[0]! - course.at(-1)!).toBeGreaterThan(0.2);
    const anew = grown(now, 100);
    for (const row of [low, high, Int32Array.of(4_800, 5_100)]) expect(renewed.score(row)).toBe(anew.score(row));
  });
});
