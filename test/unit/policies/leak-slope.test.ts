import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leakOf, slopeOf } from "../../../src/policies/leak-slope.ts";
import { Random } from "../../support/random.ts";

const hour = 3_600_000;
/** A value every five minutes for so many hours, by the hours that are past. */
const course = (hours: number, valueAt: (hours: number) => number) =>
  Array.from({ length: hours * 12 }, (_, i) => ({ at: (i * hour) / 12, value: valueAt(i / 12) }));

describe("a leak", () => {
  it("is told with its slope, and with the hours until the limit", () => {
    const leak = leakOf(
      course(6, (hours) => 50 + 5 * hours),
      { limit: 100 },
    );
    expect(leak).toMatchObject({ kind: "leaking", perHour: expect.closeTo(5), level: expect.closeTo(79.58, 1) });
    expect(leak).toMatchObject({ hoursToLimit: expect.closeTo(4.08, 1) });
  });

  it("is seen through garbage collections and bursts", () => {
    const random = new Random(1);
    const chance = () => random.next();
    const leak = leakOf(
      course(8, (hours) => 40 + 3 * hours + (chance() < 0.2 ? 30 * chance() : 2 * chance())),
      { limit: 100 },
    );
    expect(leak).toMatchObject({ kind: "leaking", perHour: expect.closeTo(3, 0) });
  });

  it("is over its limit in no time when it is there already", () => {
    const points = course(4, (hours) => 90 + 5 * hours);
    expect(leakOf(points, { limit: 100 })).toMatchObject({ kind: "leaking", hoursToLimit: 0 });
  });
});

describe("no leak", () => {
  it.each<[string, (hours: number) => number]>([
    ["memory that stays", () => 60],
    ["memory that falls", (hours) => 90 - 4 * hours],
    ["a wave of work", (hours) => 60 + 15 * Math.sin(hours * Math.PI)],
    ["a cache that has filled", (hours) => (hours < 1 ? 30 + 30 * hours : 60)],
    ["a rise of a hair", (hours) => 60 + 0.1 * hours],
  ])("is %s", (_, valueAt) => {
    expect(leakOf(course(8, valueAt), { limit: 100 })).toEqual({ kind: "steady" });
  });

  it("is what noise looks like, in 199 of 200 courses at least", () => {
    const random = new Random(2);
    const chance = () => random.next();
    const found = Array.from({ length: 200 }, () =>
      leakOf(
        course(6, () => 50 + 40 * chance()),
        { limit: 100 },
      ),
    );
    expect(found.filter(({ kind }) => kind === "leaking").length).toBeLessThanOrEqual(1);
  });
});

it("too little is no evidence", () => {
  expect(leakOf([], { limit: 100 })).toMatchObject({ kind: "insufficient", why: "0 values, and 24 are needed" });
  const quick = Array.from({ length: 60 }, (_, i) => ({ at: i * 60_000, value: i }));
  expect(leakOf(quick, { limit: 100 })).toMatchObject({ why: "59 minutes since the last restart" });
});

it("a slope is not moved by what one value in four says", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 6, maxLength: 6 }),
      (perHour, wild) => {
        const points = course(2, (hours) => 10 + perHour * hours);
        for (const [index, value] of wild.entries()) points[index * 4] = { at: (index * 4 * hour) / 12, value };
        expect(slopeOf(points) * hour).toBeCloseTo(perHour, 5);
      },
    ),
    { seed: 7 },
  );
});
