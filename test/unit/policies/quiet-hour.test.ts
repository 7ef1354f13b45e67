import * as fc from "fast-check";
import { expect, it } from "vitest";
import { quietHour } from "../../../src/policies/quiet-hour.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** A week of hourly values, by the hour of the day. */
const week = (usual: (hour: number) => number) =>
  Array.from({ length: 7 * 24 }, (_, i) => ({ at: i * hour, value: usual(i % 24) }));
const now = 7 * day + 15 * hour + 600_000;
const asDaysGo = week((hour) => 100 + 90 * Math.cos(((hour - 15) / 12) * Math.PI));

it("the quietest hour of those to come is waited for", () => {
  expect(quietHour(asDaysGo, { now, within: { hours: 14 } })).toBe(8 * day + 3 * hour);
});

it("no longer than there is time for", () => {
  expect(quietHour(asDaysGo, { now, within: { hours: 4 } })).toBe(7 * day + 19 * hour);
});

it("nothing is waited for when it is as quiet as it gets, or when days are not known", () => {
  expect(
    quietHour(
      week(() => 100),
      { now, within: { hours: 12 } },
    ),
  ).toBe(now);
  expect(quietHour(asDaysGo.slice(0, 48), { now, within: { hours: 12 } })).toBeUndefined();
  expect(quietHour([], { now, within: { hours: 12 } })).toBeUndefined();
});

it("one wild day does not move it", () => {
  const wild = asDaysGo.map((point) => (point.at < day ? { ...point, value: 1e9 - point.value } : point));
  expect(quietHour(wild, { now, within: { hours: 14 } })).toBe(8 * day + 3 * hour);
});

it("it is never before now, and never later than asked", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1_000), { minLength: 24, maxLength: 24 }),
      fc.integer({ min: 0, max: day }),
      fc.double({ min: 0, max: 24, noNaN: true }),
      (usual, past, hours) => {
        const at = 7 * day + past;
        const found = quietHour(
          week((one) => usual[one] ?? 0),
          { now: at, within: { hours } },
        );
        expect(found).toBeGreaterThanOrEqual(at);
        expect(found).toBeLessThanOrEqual(at + hours * hour);
      },
    ),
    { seed: 7 },
  );
});
