import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backBelow, excessOf, hourlyRate, latestRate, worstOf } from "../../../src/policies/spend-rate.ts";

const over = { minutes: 5 };
const minute = 60_000;

describe("the rate of the last reports", () => {
  const lately = { over: { seconds: 30 }, staleAfter: { seconds: 90 } };
  const every = (seconds: number, ...usd: number[]) => usd.map((one, i) => ({ at: i * seconds * 1_000, usd: one }));
  const at = (amounts: readonly { at: number }[]) => Math.max(...amounts.map((one) => one.at));

  it("shows a runaway within half a minute, when that of five minutes has hardly moved", () => {
    const amounts = every(10, ...Array.from({ length: 30 }, () => 0.01), 1, 1, 1);
    expect(latestRate(amounts, { ...lately, until: at(amounts) + 5_000 })).toBeCloseTo(360);
    expect(hourlyRate(amounts, { over, until: at(amounts) + 5_000 })).toBeLessThan(60);
  });

  it("counts a report for the time since the one before it, whatever order they came in", () => {
    const amounts = every(60, 1, 1, 1).reverse();
    expect(latestRate(amounts, { ...lately, until: at(amounts) + 5_000 })).toBeCloseTo(60);
  });

  it("is unknown of one report, and once reports have ended", () => {
    expect(latestRate(every(10, 9), { ...lately, until: 5_000 })).toBeUndefined();
    const amounts = every(10, 1, 1, 1, 1, 1);
    expect(latestRate(amounts, { ...lately, until: at(amounts) + 91_000 })).toBeUndefined();
  });
});

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
