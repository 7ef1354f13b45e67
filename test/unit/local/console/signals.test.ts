import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { episodesIn, toColumns } from "../../../../local/console/app/columns.ts";
import { rangeOf, showing, type Span, zoomed } from "../../../../local/console/app/span.ts";
import { amount } from "../../../../local/console/app/words.ts";

const point = (at: number, anomalous = false) => ({ at, value: 1, anomalous });

describe("the columns of a chart", () => {
  it("have an empty row where measurements are missing, so that no line is drawn through it", () => {
    const { at, value } = toColumns([0, 10_000, 20_000, 60_000, 70_000].map((at) => point(at)));

    expect(value).toEqual([1, 1, 1, null, 1, 1]);
    expect(at).toEqual([0, 10, 20, 20.001, 60, 70]);
  });

  it("are always in order of time", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e6 })), (gaps) => {
        let now = 0;
        const { at } = toColumns(gaps.map((gap) => point((now += gap))));
        expect(at).toEqual([...at].sort((a, b) => a - b));
      }),
      { seed: 7 },
    );
  });

  it("know one episode from two", () => {
    expect(episodesIn([point(1, true), point(2, true), point(3), point(4, true)])).toEqual([
      { from: 1, to: 2 },
      { from: 4, to: 4 },
    ]);
  });
});

describe("the time that is shown", () => {
  const now = 10_000_000;
  const latest: Span = { kind: "latest", ms: 900_000 };

  it("stays where it is under the pointer when it is zoomed", () => {
    const around = now - 300_000;
    const { from, to } = rangeOf(zoomed(latest, now, 0.5, around), now);

    expect(to - from).toBe(450_000);
    expect((around - from) / (to - from)).toBeCloseTo((around - (now - 900_000)) / 900_000);
  });

  it("is never shorter than a minute", () => {
    const { from, to } = rangeOf(zoomed(latest, now, 0.0001, now), now);
    expect(to - from).toBe(60_000);
  });

  it("moves just so far that a moment is in it", () => {
    expect(showing(latest, now, now - 100)).toBe(latest);
    expect(rangeOf(showing(latest, now, now - 1_000_000), now)).toMatchObject({
      from: now - 1_000_000,
      to: now - 100_000,
    });
  });
});

describe("a measurement in words", () => {
  it.each([
    [2_228.4, "ms", "2,228 ms"],
    [45.6, "%", "46 %"],
    [1.234, "", "1.2"],
    [0, "", "0"],
  ] as const)("%d %s is %s", (value, unit, words) => {
    expect(amount(value, unit)).toBe(words);
  });
});
