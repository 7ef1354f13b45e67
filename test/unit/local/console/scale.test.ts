import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs, ticks } from "../../../../local/console/app/scale.ts";

describe("the chart's scale", () => {
  it("has round numbers", () => {
    expect(ticks(0, 2_340, 4)).toEqual([0, 1_000, 2_000]);
    expect(ticks(0, 1_575, 4)).toEqual([0, 500, 1_000, 1_500]);
  });

  it("has full minutes", () => {
    const minute = 60_000;
    expect(ticks(7 * minute, 41 * minute, 4, [5 * minute, 10 * minute])).toEqual(
      [10, 20, 30, 40].map((m) => m * minute),
    );
  });

  it("stays within its bounds and is never crowded", () => {
    const from = fc.integer({ min: 0, max: 1_000_000 });
    const span = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(from, span, fc.integer({ min: 1, max: 12 }), (from, span, wanted) => {
        const all = ticks(from, from + span, wanted);
        expect(all.length).toBeLessThanOrEqual(wanted + 1);
        for (const tick of all) {
          expect(tick).toBeGreaterThanOrEqual(from * (1 - 1e-9));
          expect(tick).toBeLessThanOrEqual((from + span) * (1 + 1e-9));
        }
      }),
      { seed: 20260303 },
    );
  });

  it("draws no line through what was not measured", () => {
    expect(runs([1, 2, 3, 7, 8], (left, right) => right - left > 2)).toEqual([
      [1, 2, 3],
      [7, 8],
    ]);
    expect(runs([], () => true)).toEqual([]);
  });
});
