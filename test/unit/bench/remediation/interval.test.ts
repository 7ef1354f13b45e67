import { describe, expect, it } from "vitest";
import { bootstrap, mean, quantile } from "../../../../bench/remediation/interval.ts";

const of = (values: readonly number[]) =>
  bootstrap(values.length, (places) => mean(places.map((place) => values[place]!)));

describe("an interval over seeds", () => {
  it("holds the mean, and is the same every time", () => {
    const values = [3, 5, 4, 8, 6, 2, 7, 5, 4, 6];

    const estimate = of(values);

    expect(estimate.mean).toBe(5);
    expect(estimate.low).toBeLessThan(5);
    expect(estimate.high).toBeGreaterThan(5);
    expect(of(values)).toEqual(estimate);
  });

  it("is about as wide as theory says: two standard errors on each side", () => {
    const values = Array.from({ length: 100 }, (_, i) => i % 10);

    const { low, high } = of(values);

    // The standard deviation of 0…9 is 2.87; ten times as many make a tenth of it.
    expect((high - low) / 4).toBeGreaterThan(0.25);
    expect((high - low) / 4).toBeLessThan(0.32);
  });

  it("is the point for one seed, and leaves out resamples without an answer", () => {
    expect(of([4])).toEqual({ mean: 4, low: 4, high: 4 });
    const withGap = bootstrap(2, (places) => (places.every((place) => place === 0) ? Number.NaN : 1));
    expect(withGap).toEqual({ mean: 1, low: 1, high: 1 });
  });

  it("takes quantiles by nearest rank", () => {
    expect(quantile([5, 1, 3], 0.5)).toBe(3);
    expect(quantile([1, 2, Infinity], 0.9)).toBe(Infinity);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
