import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Series, seriesKey } from "../../../src/signals/signal.ts";

// Few letters, those that separators are made of among them: collisions, if any, turn up soon.
const letters = fc.string({
  unit: fc.constantFrom("a", "b", '"', ",", "[", "]", "=", "\\", "|", "\u0000", "\ud800"),
  maxLength: 4,
});

const series: fc.Arbitrary<Series> = fc.record(
  { namespace: letters, name: letters, dimensions: fc.dictionary(letters, letters, { maxKeys: 3 }), stat: letters },
  { requiredKeys: ["namespace", "name", "dimensions"] },
);

const sortedEntries = ({ dimensions }: Series) => Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));

describe("the key of a series", () => {
  it("is the same in whatever order the dimensions come", () => {
    fc.assert(
      fc.property(
        series.chain((one) =>
          fc.tuple(
            fc.constant(one),
            fc.shuffledSubarray(Object.entries(one.dimensions), { minLength: Object.keys(one.dimensions).length }),
          ),
        ),
        ([one, shuffled]) => {
          expect(seriesKey({ ...one, dimensions: Object.fromEntries(shuffled) })).toBe(seriesKey(one));
        },
      ),
      { seed: 20260304, numRuns: 1_000 },
    );
  });

  it("tells any two series apart, whatever their names are made of", () => {
    fc.assert(
      fc.property(series, series, (one, other) => {
        const same =
          one.namespace === other.namespace &&
          one.name === other.name &&
          one.stat === other.stat &&
          JSON.stringify(sortedEntries(one)) === JSON.stringify(sortedEntries(other));
        expect(seriesKey(one) === seriesKey(other)).toBe(same);
      }),
      { seed: 20260304, numRuns: 5_000 },
    );
  });

  it("does not depend on the unit, and does on the statistic", () => {
    const latency = { namespace: "Paramedic", name: "latency", dimensions: { Service: "chat" } };

    expect(seriesKey({ ...latency, unit: "Seconds" })).toBe(seriesKey(latency));
    expect(seriesKey({ ...latency, stat: "p99" })).not.toBe(seriesKey(latency));
    expect(seriesKey({ ...latency, stat: "null" })).not.toBe(seriesKey(latency));
  });
});
