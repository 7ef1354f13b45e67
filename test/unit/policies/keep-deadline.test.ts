import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepDeadline, type Standing, uniformProgress } from "../../../src/policies/keep-deadline.ts";
import { see, type Seen, supplyOf, type SupplySums } from "../../../src/policies/spot-supply.ts";

const supply = supplyOf(undefined);

const standing = (more: Partial<Standing> = {}): Standing => ({
  workH: 10,
  doneH: 0,
  lengthH: 20,
  pastH: 0,
  restartH: 0.1,
  leavesH: 0,
  startingH: 0,
  againH: 0.05,
  on: { kind: "nothing" },
  zones: [
    { zone: "a", available: false, price: 1 },
    { zone: "b", available: false, price: 1 },
  ],
  onDemandPrice: 3,
  ...more,
});
const zoneA = [{ zone: "a", available: true, price: 1 }];

describe("keeping a deadline", () => {
  it("takes spot while there is slack, and stays on it", () => {
    expect(keepDeadline(standing({ zones: zoneA }), supply)).toEqual({ kind: "spot", zone: "a" });
    const on = { kind: "spot", zone: "a" } as const;
    expect(keepDeadline(standing({ zones: zoneA, on }), supply)).toEqual(on);
  });

  it("waits for spot with much slack, and goes on demand with little", () => {
    expect(keepDeadline(standing({ lengthH: 40 }), supply)).toEqual({ kind: "wait" });
    expect(keepDeadline(standing({ lengthH: 10.2 }), supply)).toEqual({ kind: "on-demand" });
  });

  it("leaves spot while on demand is in time, and never when only staying is", () => {
    const on = { kind: "spot", zone: "a" } as const;
    const withSlack = (slackH: number, startingH = 0) =>
      keepDeadline(standing({ lengthH: 10 + slackH, zones: zoneA, on, startingH }), supply);
    expect(withSlack(0.15, 0.1)).toEqual({ kind: "on-demand" });
    expect(withSlack(0.09)).toEqual(on);
    expect(withSlack(-0.5)).toEqual(on);
  });

  it("prefers the zone that keeps its instances", () => {
    const both = (atH: number): Seen => ({ atH, available: new Set(["a", "b"]) });
    const seen = Array.from({ length: 40 }, (_, i): Seen[] => [
      both(i),
      { atH: i + 0.5, available: new Set(["b"]) },
    ]).flat();
    const zones = ["a", "b"].map((zone) => ({ zone, available: true, price: 1 }));

    expect(keepDeadline(standing({ zones }), supplyOf(seen.reduce<SupplySums | undefined>(see, undefined)))).toEqual({
      kind: "spot",
      zone: "b",
    });
  });

  it("is never late, whatever the supply, if on demand alone would not have been", () => {
    const hours = fc.double({ min: 0.2, max: 12, noNaN: true });
    const spells = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(hours, fc.double({ min: 1, max: 2, noNaN: true }), spells, (workH, times, spot) => {
        const restartH = 0.1;
        expect(finish(workH, restartH + workH * times, restartH, spot)).toBeLessThanOrEqual(1e-6);
      }),
      { seed: 20260304, numRuns: 60 },
    );
  });

  it("follows Uniform Progress where nothing is known: on demand when behind, idle when ahead", () => {
    expect(uniformProgress(standing({ pastH: 4, doneH: 1 }))).toEqual({ kind: "on-demand" });
    expect(uniformProgress(standing({ pastH: 4, doneH: 3 }))).toEqual({ kind: "wait" });
  });
});

/** Runs a job over a supply that repeats itself, and answers by how many hours it is late; 0 or less: in time. */
function finish(workH: number, lengthH: number, restartH: number, spot: readonly boolean[]): number {
  const againH = 0.05;
  let doneH = 0;
  let startingH = 0;
  let on: Standing["on"] = { kind: "nothing" };
  for (let step = 0; ; step++) {
    const zones = [{ zone: "a", available: spot[step % spot.length] ?? false, price: 1 }];
    if (on.kind === "spot" && !zones[0]?.available) on = { kind: "nothing" };
    const pastH = step * againH;
    const now = standing({ workH, doneH, lengthH, pastH, restartH, startingH, againH, on, zones });
    const choice = keepDeadline(now, supply);
    if (choice.kind !== on.kind) startingH = restartH;
    on = choice.kind === "wait" ? { kind: "nothing" } : choice;
    if (on.kind === "nothing") continue;
    const workedH = Math.max(0, againH - startingH);
    startingH = Math.max(0, startingH - againH);
    if (doneH + workedH >= workH - 1e-9) return pastH + (againH - workedH) + (workH - doneH) - lengthH;
    doneH += workedH;
  }
}
