import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Demand, floorAhead } from "../../../src/policies/floor-ahead.ts";

const stepMs = 600_000;
const dayMs = 86_400_000;
/** A Monday, at midnight. */
const begin = Date.UTC(2026, 10, 2);

/** Ten minutes of an office day: from nine to five ten times as much as at night, with a little noise that repeats nowhere. */
const office = (at: number): number => {
  const hour = ((at - begin) % dayMs) / 3_600_000;
  const wobble = Math.sin(at / 7_919) * 5;
  return (hour >= 9 && hour < 17 ? 1_000 : 100) + wobble;
};
const course = (days: number, now: number, demand = office): Demand["points"] =>
  Array.from({ length: days * 144 }, (_, index) => now - (days * 144 - index) * stepMs).map((at) => ({
    at,
    value: demand(at),
  }));

const at = (day: number, hour: number, minute = 0): number => begin + day * dayMs + hour * 3_600_000 + minute * 60_000;
const seen = (now: number, given: Partial<Demand> = {}) =>
  floorAhead({ points: course(7, now), now, perWorker: 100, leadMinutes: 20, floorMax: 50, present: 2, ...given });

describe("a floor that is raised ahead", () => {
  it("is up before the rise, by as much as is needed then, for an hour", () => {
    const rise = seen(at(8, 8, 40));
    expect(rise).toMatchObject({ kind: "rise", hours: 1 });
    expect(rise.kind === "rise" && rise.floor).toBeGreaterThanOrEqual(10);
    expect(rise.kind === "rise" && rise.floor).toBeLessThanOrEqual(12);
  });

  it("is left alone long before the rise, at night, and when enough are there", () => {
    expect(seen(at(8, 6))).toMatchObject({ kind: "quiet" });
    expect(seen(at(8, 22))).toMatchObject({ kind: "quiet" });
    expect(seen(at(8, 8, 40), { present: 12 })).toMatchObject({ kind: "quiet" });
  });

  it("goes no higher than the settings allow, and is left alone when that is there", () => {
    expect(seen(at(8, 8, 40), { floorMax: 5 })).toMatchObject({ kind: "rise", floor: 5 });
    expect(seen(at(8, 8, 40), { floorMax: 2 })).toMatchObject({
      kind: "quiet",
      why: "2 workers are as many as the floor may be",
    });
  });

  it.each<[string, Partial<Demand>, string]>([
    ["nothing is recorded", { points: [] }, "no demand is recorded"],
    ["too little is recorded", { points: course(3, at(8, 8, 40)) }, "72 h of demand are recorded; it takes 76"],
    ["the last value is old", { points: course(7, at(8, 8)) }, "the last demand recorded is too old"],
    [
      "too much is missing",
      { points: course(7, at(8, 8, 40)).filter((_, index) => index % 5 > 0) },
      "20 % of the demand is not recorded",
    ],
  ])("abstains when %s", (_, given, why) => {
    expect(seen(at(8, 8, 40), given)).toEqual({ kind: "abstain", why });
  });

  it("stays between what is there and what is allowed, whatever the demand", () => {
    const demand = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 144, maxLength: 144 });
    fc.assert(
      fc.property(demand, fc.nat(50), fc.integer({ min: 1, max: 50 }), (day, present, floorMax) => {
        const now = at(8, 8, 40);
        const points = course(5, now, (time) => day[Math.floor(time / stepMs) % 144] ?? 0);
        const found = seen(now, { points, present, floorMax });
        if (found.kind !== "rise") return;
        expect(found.floor).toBeGreaterThan(present);
        expect(found.floor).toBeLessThanOrEqual(floorMax);
        expect(found.hours).toBeGreaterThanOrEqual(1);
        expect(found.hours).toBeLessThanOrEqual(4);
      }),
      { seed: 4, numRuns: 40 },
    );
  });
});
