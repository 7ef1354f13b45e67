import { describe, expect, it } from "vitest";
import { mixSeeds, Random } from "../../../src/detect/random.ts";

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.next());

describe("seeded chance", () => {
  it("repeats itself for the same seed and differs for the next one", () => {
    expect(draw(Random.fromSeed(7), 100)).toEqual(draw(Random.fromSeed(7), 100));
    expect(draw(Random.fromSeed(7), 100)).not.toEqual(draw(Random.fromSeed(8), 100));
  });

  it("follows the reference implementation of xoshiro128**", () => {
    // State 1, 2, 3, 4; numbers by prng.di.unimi.it/xoshiro128starstar.c.
    const random = Random.fromState(Uint32Array.of(1, 2, 3, 4));
    expect(draw(random, 4).map((x) => x * 2 ** 32)).toEqual([11520, 0, 5927040, 70819200]);
  });

  it("continues from a saved state", () => {
    const random = Random.fromSeed(1);
    draw(random, 10);
    const later = Random.fromState(random.state());
    expect(draw(later, 50)).toEqual(draw(random, 50));
  });

  it("never gets stuck on a state of zeros", () => {
    expect(new Set(draw(Random.fromState(new Uint32Array(4)), 20)).size).toBe(20);
  });

  it("spreads evenly from 0 to below 1", () => {
    const random = Random.fromSeed(3);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i++) counts[random.below(10)]!++;
    // Five standard deviations of a binomial of 10,000 at 0.1 are 150.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it("makes different seeds out of neighbouring pairs", () => {
    const seeds = Array.from({ length: 900 }, (_, i) => mixSeeds(i % 30, Math.floor(i / 30)));
    expect(new Set(seeds).size).toBe(900);
  });
});
