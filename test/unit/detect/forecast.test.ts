import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecast } from "../../../src/detect/forecast.ts";
import { noise } from "./series-of.ts";

const season = 24;
const horizon = 8;
const daily = (i: number) => 100 - 40 * Math.cos((2 * Math.PI * i) / season);
const days = (count: number, value: (i: number) => number) =>
  Array.from({ length: count * season }, (_, i) => value(i));

/** Mean distance from what really comes. */
const errorOf = (expected: Float64Array, from: number, value: (i: number) => number) =>
  expected.reduce((sum, x, i) => sum + Math.abs(x - value(from + i)) / expected.length, 0);

describe("a forecast", () => {
  it("continues a daily pattern", () => {
    const found = forecast(days(7, daily), { season, horizon })!;
    expect(errorOf(found.expected, 7 * season, daily)).toBeLessThan(2);
  });

  it("beats yesterday's values where each day is busier than the one before, and says by how much", () => {
    const rising = (i: number) => daily(i) + i;
    const found = forecast(days(7, rising), { season, horizon })!;
    expect(errorOf(found.expected, 7 * season, rising)).toBeLessThan(season / 2);
    expect(found.error).toBeLessThan(0.6);
  });

  it("has a range that most of what comes lies in", () => {
    const { gauss } = noise(3);
    const noisy = days(30, (i) => daily(i) + 5 * gauss());
    let inside = 0;
    let points = 0;
    for (let now = 7 * season; now + horizon <= noisy.length; now += 11) {
      const { low, high } = forecast(noisy.slice(now - 7 * season, now), { season, horizon })!;
      for (let i = 0; i < horizon; i++, points++)
        inside += Number(noisy[now + i]! >= low[i]! && noisy[now + i]! <= high[i]!);
    }
    expect(inside / points).toBeGreaterThan(0.7);
    expect(inside / points).toBeLessThan(0.95);
  });

  it("fills gaps with the day before", () => {
    const holes = days(7, daily).map((value, i) => (i % 10 === 3 ? NaN : value));
    expect(errorOf(forecast(holes, { season, horizon })!.expected, 7 * season, daily)).toBeLessThan(5);
  });

  it("says nothing from less than two periods and a horizon", () => {
    expect(forecast(days(2, daily), { season, horizon })).toBeUndefined();
    expect(forecast([], { season, horizon })).toBeUndefined();
    expect(forecast(Array<number>(200).fill(NaN), { season, horizon })).toBeUndefined();
  });

  it("refuses settings out of range", () => {
    for (const settings of [
      { season: 1, horizon },
      { season, horizon: 0 },
      { season, horizon: 49 },
      { season, horizon, coverage: 1 },
    ]) {
      expect(() => forecast([], settings)).toThrow(expect.objectContaining({ code: "bad_setting" }));
    }
  });

  it("is finite for any ordinary numbers, also equal ones", () => {
    const value = fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.constantFrom(0, 1, NaN));
    fc.assert(
      fc.property(fc.array(value, { minLength: 60, maxLength: 120 }), (values) => {
        const found = forecast([1, ...values], { season, horizon })!;
        for (const x of [...found.expected, ...found.low, ...found.high]) expect(Number.isFinite(x)).toBe(true);
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});
