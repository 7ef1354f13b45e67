import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attribute } from "../../../src/detect/attribution.ts";
import { noise } from "./series-of.ts";

const past = (level: number, swing: number, seed = 1) => {
  const { uniform } = noise(seed);
  return Array.from({ length: 120 }, () => uniform(level - swing, level + swing));
};

describe("an explanation over several metrics", () => {
  it("names first the metric that is farthest out in its own terms, not in units", () => {
    const parts = attribute([
      { name: "tokens", before: past(50_000, 10_000), since: [58_000] },
      { name: "latency", before: past(0.75, 0.15), since: [2.4] },
      { name: "errors", before: past(0.01, 0.005), since: [0.03] },
    ]);
    expect(parts.map(({ name }) => name)).toEqual(["latency", "errors", "tokens"]);
    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(parts[0]!.share).toBeGreaterThan(0.5);
  });

  it("remembers a peak that is over by the time it is asked", () => {
    const metric = { name: "queue", before: past(10, 2), since: [40, 11, 10] };
    expect(attribute([metric])[0]!.distance).toBeGreaterThan(5);
  });

  it("does not let a flat metric that moves at all take everything without end", () => {
    const flat = Array<number>(120).fill(3);
    const parts = attribute([
      { name: "flat", before: flat, since: [3.000001] },
      { name: "still", before: flat, since: [3] },
    ]);
    expect(parts).toEqual([
      { name: "flat", share: 1, distance: 100 },
      { name: "still", share: 0, distance: 0 },
    ]);
  });

  it("gives shares from 0 to 1 for any input", () => {
    const series = fc.array(fc.double());
    fc.assert(
      fc.property(fc.array(fc.record({ name: fc.string(), before: series, since: series })), (metrics) => {
        for (const { share, distance } of attribute(metrics)) {
          expect(share >= 0 && share <= 1).toBe(true);
          expect(distance >= 0 && distance <= 100).toBe(true);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
