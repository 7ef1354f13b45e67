import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter } from "../../../src/detect/binary.ts";
import { Rarity } from "../../../src/detect/rarity.ts";
import { noise } from "./series-of.ts";

const envelope = { magic: "TEST", version: 1, what: "a rarity" };

describe("the rarity of a score", () => {
  it("is 0 before anything is known, and for what is the least of all", () => {
    const rarity = new Rarity(10, 2);
    expect(rarity.of(0.9)).toBeCloseTo(0, 12);
    for (let i = 0; i < 100; i++) rarity.learn(0.5);
    expect(rarity.of(0.2)).toBeCloseTo(0, 12);
    expect(rarity.of(0.9)).toBeGreaterThan(1);
  });

  it("rises with the score", () => {
    const { uniform } = noise(1);
    const rarity = new Rarity(10, 2);
    for (let i = 0; i < 500; i++) rarity.learn(uniform(0.2, 0.8));
    const rarities = [0.1, 0.3, 0.5, 0.7, 0.79, 0.9].map((score) => rarity.of(score));
    expect(rarities).toEqual([...rarities].sort((a, b) => a - b));
  });

  it("is lower for one high score in each block than for as many in a single block", () => {
    const regular = new Rarity(50, 2);
    const clustered = new Rarity(50, 2);
    for (let i = 0; i < 1000; i++) {
      regular.learn(i % 50 === 0 ? 0.9 : 0.3);
      clustered.learn(i < 20 ? 0.9 : 0.3);
    }
    expect(regular.of(0.9)).toBeLessThan(clustered.of(0.9) / 2);
  });

  it("goes on bit by bit from what was saved", () => {
    const { uniform } = noise(2);
    const whole = new Rarity(30, 2);
    for (let i = 0; i < 77; i++) whole.learn(uniform(0, 1));
    const out = new ByteWriter(envelope);
    whole.save(out);
    const copy = new Rarity(30, 2);
    const from = new ByteReader(out.finish(), envelope);
    copy.load(from);
    from.done();
    for (let i = 0; i < 200; i++) {
      const score = uniform(0, 1);
      expect(copy.of(score)).toBe(whole.of(score));
      copy.learn(score);
      whole.learn(score);
    }
  });
});
