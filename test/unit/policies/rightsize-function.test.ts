import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FunctionUse, rightsizeFunction } from "../../../src/policies/rightsize-function.ts";

const now = Date.UTC(2026, 10, 22, 9);
const dayMs = 86_400_000;

/** Every so many minutes of so many days, this much memory. */
const used = (memory: number, { days = 14, everyMinutes = 5 } = {}): FunctionUse["use"] => {
  const stepMs = everyMinutes * 60_000;
  const count = Math.floor((days * dayMs) / stepMs);
  return Array.from({ length: count }, (_, index) => ({ at: now - (count - index) * stepMs, memory }));
};
const sized = (given: Partial<FunctionUse>) =>
  rightsizeFunction({
    now,
    memory: 1_024,
    use: used(800),
    days: 14,
    memoryMayShrink: false,
    sizedAt: now - 30 * dayMs,
    ...given,
  });

describe("the memory of a function", () => {
  it("stays when what is used is within a fifth of it, headroom included", () => {
    expect(sized({})).toEqual({
      kind: "keep",
      why: "in 14 days 99 % of the worst day at most 800 of 1024 MiB; with 15 % to spare 920",
    });
  });

  it("grows at once, by a fifth or 100 MiB where use has reached its bound", () => {
    expect(sized({ use: used(1_000) })).toMatchObject({ kind: "resize", memory: 1_280 });
    expect(sized({ memory: 128, use: used(127) })).toMatchObject({ kind: "resize", memory: 256 });
  });

  it("shrinks a fifth at a time, only where that was allowed, and not within a day of the last change", () => {
    const use = used(300);
    expect(sized({ use })).toMatchObject({ kind: "keep" });
    expect(sized({ use, memoryMayShrink: true })).toMatchObject({ kind: "resize", memory: 832 });
    expect(sized({ use, memoryMayShrink: true, sizedAt: now - dayMs / 2 })).toMatchObject({ kind: "keep" });
  });

  it("is decided on for a function that runs now and then, not for one that hardly does", () => {
    expect(sized({ use: used(1_000, { everyMinutes: 60 }) })).toMatchObject({ kind: "resize" });
    expect(sized({ use: used(1_000, { everyMinutes: 240 }) })).toEqual({
      kind: "abstain",
      why: "84 values in 14 days; it takes 288",
    });
    expect(sized({ use: [] })).toMatchObject({ kind: "abstain" });
  });

  it("is one that Lambda takes, and no less than is used", () => {
    const any = fc.record({
      memory: fc.integer({ min: 128, max: 10_240 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(any, ({ memory, share }) => {
        const found = sized({ memory, use: used(memory * share, { days: 7 }), days: 7, memoryMayShrink: true });
        if (found.kind !== "resize") return;
        expect(Number.isInteger(found.memory)).toBe(true);
        expect(found.memory).toBeGreaterThanOrEqual(Math.max(128, memory * share));
        expect(found.memory).toBeLessThanOrEqual(10_240);
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});
