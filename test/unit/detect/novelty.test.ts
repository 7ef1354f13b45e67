import { describe, expect, it } from "vitest";
import { Alarm, novelFrom } from "../../../src/detect/alarm.ts";
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
    const before = feed(novelty, wave(1200))
      .slice(600)
      .sort((a, b) => a - b);
    const flat = feed(novelty, Array<number>(40).fill(11.5));
    // As high as hardly one point in a hundred of the wave itself.
    expect(most(flat)).toBeGreaterThan(1.5 * before[594]!);
  });

  it("rises above 19 in 20 of all points where a value got stuck at an ordinary height", () => {
    const { gauss } = noise(3);
    const novelty = new Novelty(1, span);
    const before = feed(
      novelty,
      Array.from({ length: 1200 }, () => 10 + gauss()),
    )
      .slice(600)
      .sort((a, b) => a - b);
    const stuck = feed(novelty, Array<number>(60).fill(10.2));
    expect(most(stuck)).toBeGreaterThan(before[570]!);
  });

  it("takes what comes back every day for ordinary, although each day has only one such point", () => {
    const day = 120;
    for (let seed = 1; seed <= 3; seed++) {
      const { gauss } = noise(seed);
      const spikes = Array.from({ length: 24 * day }, (_, i) => (i % day === 60 ? 30 : 10) + gauss());
      const novelty = feed(new Novelty(seed, span), spikes);
      const told = Array.from({ length: 24 }, (_, i) => most(novelty.slice(i * day, (i + 1) * day)) >= novelFrom);
      expect(told.slice(3).filter(Boolean).length).toBeLessThanOrEqual(3);
    }
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

  it("comes again once it has been quiet for a while", () => {
    expect(times(new Alarm(100, 1), Array<number>(50).fill(2))).toEqual([0, 16, 32, 48]);
  });
});
