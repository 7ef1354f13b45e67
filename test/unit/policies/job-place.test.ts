import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Place, placeFor } from "../../../src/policies/job-place.ts";
import { see } from "../../../src/policies/spot-supply.ts";

const minute = 60_000;
const start = Date.UTC(2026, 10, 22, 3);

describe("where a job should be", () => {
  const markets = { restartMs: 6.5 * minute, againMs: 5 * minute, spotPrice: 1, onDemandPrice: 3 };
  const seenAt = (now: number, ...available: string[]) =>
    see(undefined, { atH: now / 3_600_000, available: new Set(available) });
  /** Ten hours of time for four of work. */
  const deadline = { deadlineAt: start + 600 * minute, workMs: 240 * minute, doneMs: 0, sinceMs: start };

  it("is spot while there is slack, also for one that has just lost it and whose queue has other zones", () => {
    const supply = seenAt(start, "az-b");
    expect(placeFor(deadline, start, "spot", { ...markets, supply: undefined })).toBe("spot");
    expect(placeFor(deadline, start, "lost", { ...markets, supply })).toBe("spot");
    expect(placeFor(deadline, start, "on-demand", { ...markets, supply })).toBe("spot");
  });

  it("is not spot where there is none: what was seen a quarter of an hour ago says nothing", () => {
    const supply = seenAt(start - 15 * minute, "az-b");
    expect(placeFor(deadline, start, "on-demand", { ...markets, supply })).not.toBe("spot");
    expect(placeFor(deadline, start, "waiting", { ...markets, supply: seenAt(start, "az-b") })).not.toBe("spot");
  });

  it("is left where it works unless there is time to stop it in order, and moved at once while it starts", () => {
    const withSlack = (minutes: number, place: Place) =>
      placeFor({ ...deadline, deadlineAt: start + (240 + minutes) * minute }, start, place, {
        ...markets,
        supply: seenAt(start, "az-b"),
      });
    expect(withSlack(6.9, "spot")).toBe("spot");
    expect(withSlack(15.9, "on-demand")).toBe("on-demand");
    expect(withSlack(13.4, "starting")).toBe("on-demand");
    expect(withSlack(13.6, "starting")).toBe("spot");
    expect(withSlack(6.9, "starting")).toBe("spot");
  });

  it("is on demand in time for the restart, the move and the next look, wherever it is", () => {
    const cases = fc.record({
      lengthMinutes: fc.integer({ min: 250, max: 2_000 }),
      doneMinutes: fc.integer({ min: 0, max: 239 }),
      place: fc.constantFrom<Place>("waiting", "lost"),
    });
    fc.assert(
      fc.property(cases, ({ lengthMinutes, doneMinutes, place }) => {
        const one = { ...deadline, deadlineAt: start + lengthMinutes * minute, doneMs: doneMinutes * minute };
        let now = start;
        while (placeFor(one, now, place, { ...markets, supply: undefined }) !== "on-demand") now += markets.againMs;
        // Who waits or has lost its place leaves its queue at once.
        const endsAt = now + minute / 2 + markets.restartMs + (240 - doneMinutes) * minute;
        if (now > start) expect(endsAt).toBeLessThanOrEqual(one.deadlineAt);
      }),
      { numRuns: 30 },
    );
  });
});
