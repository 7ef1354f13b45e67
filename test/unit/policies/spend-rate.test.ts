import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backBelow, excessOf, hourlyRate, worstOf } from "../../../src/policies/spend-rate.ts";

const over = { minutes: 5 };
const minute = 60_000;

describe("a rate", () => {
  it("is what was spent in the window, for an hour", () => {
    const amounts = [1, 2, 3, 4, 5].map((n) => ({ at: n * minute, usd: 0.1 }));
    expect(hourlyRate(amounts, { over, until: 5 * minute })).toBeCloseTo(6);
  });

  it("is nothing where nothing was spent, and unknown where nothing is known", () => {
    expect(hourlyRate([], { over, until: 5 * minute })).toBe(0);
    expect(hourlyRate([], { over, until: 5 * minute, since: 5 * minute })).toBeUndefined();
  });

  it("is that of the time that is known, where the window reaches back further", () => {
    const amounts = [{ at: 4.5 * minute, usd: 1 }];
    expect(hourlyRate(amounts, { over, until: 5 * minute, since: 4 * minute })).toBeCloseTo(60);
  });

  it("does not depend on the order of the amounts, and counts nothing from outside the window", () => {
    const amount = fc.record({
      at: fc.integer({ min: -20 * minute, max: 20 * minute }),
      usd: fc.double({ min: 0, max: 9, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        const rate = hourlyRate(amounts, { over, until: 0 }) ?? NaN;
        const inside = amounts.filter(({ at }) => at > -5 * minute && at <= 0);
        expect(hourlyRate(amounts.toReversed(), { over, until: 0 })).toBeCloseTo(rate, 6);
        expect(hourlyRate(inside, { over, until: 0 })).toBeCloseTo(rate, 6);
        expect(rate).toBeGreaterThanOrEqual(0);
      }),
      { seed: 7 },
    );
  });
});

describe("what is beyond a plan", () => {
  it("begins at 120 %, and is far beyond from 150 %", () => {
    expect([1, 1.19, 1.2, 1.49, 1.5, 9].map((rate) => excessOf(rate, 1))).toEqual([
      "within",
      "within",
      "over",
      "over",
      "far-over",
      "far-over",
    ]);
  });

  it("is over before the bound at which it would begin again", () => {
    expect(excessOf(backBelow(5), 5)).toBe("within");
    expect(backBelow(5)).toBeGreaterThan(5);
  });

  it("is worst where most dollars are, not where the share is largest", () => {
    const small = { usdPerHour: 1, plannedUsdPerHour: 0.1 };
    const large = { usdPerHour: 30, plannedUsdPerHour: 20 };
    expect(worstOf([small, large, { usdPerHour: 100, plannedUsdPerHour: 99 }])).toBe(large);
    expect(worstOf([{ usdPerHour: 11, plannedUsdPerHour: 10 }])).toBeUndefined();
  });
});
