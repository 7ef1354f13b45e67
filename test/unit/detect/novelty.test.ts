import { describe, expect, it } from "vitest";
import { Alarm } from "../../../src/detect/alarm.ts";
import { ByteReader, ByteWriter } from "../../../src/detect/binary.ts";
import { Novelty } from "../../../src/detect/novelty.ts";
import { noise } from "./series-of.ts";

const span = 240;
const envelope = { magic: "TEST", version: 1, what: "novelty" };
const feed = (novelty: Novelty, values: readonly number[]) => values.map((value) => novelty.next(value, true));
const wave = (count: number, from = 0, seed = 1) => {
  const { gauss } = noise(seed);
  return Array.from({ length: count }, (_, i) => 10 + 3 * Math.sin((2 * Math.PI * (from + i)) / 60) + 0.2 * gauss());
};
const most = (numbers: readonly number[]) => Math.max(...numbers);

describe("novelty", () => {
  it("is 0 as long as too little is known", () => {
    expect(feed(new Novelty(1, span), wave(span / 3))).toEqual(Array(span / 3).fill(0));
  });

  it("is high for a value beyond all others", () => {
    const novelty = new Novelty(1, span);
    const before = feed(novelty, wave(1200)).slice(600);
    expect(novelty.next(25, true)).toBeGreaterThan(1.2 * most(before));
  });

  it("is high for a shape that is new although each of its values is ordinary", () => {
    const novelty = new Novelty(1, span);
    const before = feed(novelty, wave(1200)).slice(600);
    const flat = feed(novelty, Array<number>(40).fill(11.5));
    expect(most(flat)).toBeGreaterThan(1.1 * most(before));
  });

  it("goes on bit by bit wherever it was cut", () => {
    const values = wave(1500).map((value, i) => (i === 700 || i === 1100 ? 40 : value));
    for (const cut of [0, 50, 80, 81, 300, 777, 1200]) {
      const whole = new Novelty(7, span);
      feed(whole, values.slice(0, cut));
      const out = new ByteWriter(envelope);
      whole.save(out);
      const copy = new Novelty(7, span);
      const from = new ByteReader(out.finish(), envelope);
      copy.load(from);
      from.done();
      expect(feed(copy, values.slice(cut))).toEqual(feed(whole, values.slice(cut)));
    }
  });

  it("learns nothing from what it is only shown", () => {
    const novelty = new Novelty(1, span);
    feed(novelty, wave(900));
    const strange = Array.from({ length: 100 }, () => novelty.next(30, false));
    expect(strange.at(-1)!).toBeGreaterThan(0.9 * strange[60]!);
  });
});

describe("the alarm", () => {
  const times = (alarm: Alarm, novelties: readonly number[]) => novelties.flatMap((n, i) => (alarm.next(n) ? [i] : []));

  it("is raised once an episode", () => {
    const found = times(
      new Alarm(100, 1),
      Array.from({ length: 60 }, (_, i) => (i >= 10 && i < 25 ? 2 : 0)),
    );
    expect(found).toEqual([10]);
  });

  it("is raised less easily for a series that is always new, and as before after a long calm", () => {
    const alarm = new Alarm(100, 1);
    // Every 20 points without habit: 24 times.
    expect(times(alarm, Array<number>(500).fill(1.15)).length).toBeLessThan(6);
    expect(times(alarm, [...Array<number>(4000).fill(0), 1.15])).toEqual([4000]);
  });
});
