import { describe, expect, it } from "vitest";
import {
  createService,
  leastLost,
  type Manner,
  type Overload,
  usually,
} from "../../../../bench/remediation/overload-world.ts";

/** At 85 % for an hour; from the tenth minute on, a call of its own takes half a second longer for `minutes`. */
const world = (minutes: number): Overload => ({
  demand: new Float64Array(3_600).fill(0.85),
  usualMs: 250,
  addedMs: 500,
  fromS: 600,
  untilS: 600 + 60 * minutes,
});

/** The share of what was asked in the last ten minutes that was answered. */
function answered(minutes: number, manner: (second: number) => Manner): number {
  const live = createService(world(minutes));
  let sum = 0;
  for (let second = 0; second < 3_600; second++) {
    const one = live(second, manner(second));
    if (second >= 3_000) sum += one.answered;
  }
  return sum / (600 * 0.85);
}

describe("a service whose callers try again", () => {
  it("answers everybody while nothing is wrong", () => {
    expect(answered(0, () => usually)).toBeCloseTo(1, 2);
  });

  it("stays overloaded long after the cause is over", () => {
    expect(answered(4, () => usually)).toBeLessThan(0.01);
  });

  it("finds back by itself when callers try again seldom, and when it drops what nobody waits for", () => {
    expect(answered(4, () => ({ ...usually, retryShare: 0.1 }))).toBeCloseTo(1, 2);
    expect(answered(4, () => ({ ...usually, sheds: true }))).toBeCloseTo(1, 2);
  });

  it("finds back when it does the least it can for some minutes, and does not when it does a little less", () => {
    const at = (level: Manner["level"]) => (second: number) =>
      second >= 900 && second < 1_200 ? { ...usually, level } : usually;
    expect(answered(4, at("minimal"))).toBeCloseTo(1, 2);
    expect(answered(4, at("limited"))).toBeLessThan(0.01);
  });

  it("loses nothing at best while all is well, and no more than its answers lack while it is slow", () => {
    expect(leastLost(world(4), 0)).toBe(0);
    expect(leastLost(world(4), 700)).toBeGreaterThan(0);
    expect(leastLost(world(4), 700)).toBeLessThanOrEqual(0.3);
  });
});
