import { expect, it } from "vitest";
import { see, supplyOf, type SupplySums } from "../../../src/policies/spot-supply.ts";

/** Looks, an hour apart: which zones had one. */
const seen = (...looks: string[]): SupplySums | undefined =>
  looks.reduce<SupplySums | undefined>((sums, zones, atH) => see(sums, { atH, available: new Set(zones) }), undefined);

it("believes what is usual until it has seen something", () => {
  const { keepsH, returnsH, elsewhere } = supplyOf(undefined);
  expect([keepsH("a"), returnsH, elsewhere]).toEqual([12, 2, 0.5]);
});

it("learns how long a zone keeps what it gives, how long there is none, and how often another has one", () => {
  const often = supplyOf(seen(...Array.from({ length: 60 }, (_, i) => ["ab", "b", "", ""][i % 4] ?? "")));
  expect(often.keepsH("a")).toBeLessThan(2);
  expect(often.keepsH("b")).toBeGreaterThan(often.keepsH("a"));
  expect(often.returnsH).toBeCloseTo(2, 0);
  // The loss of `a` finds `b`; that of `b` finds nothing.
  expect(often.elsewhere).toBeCloseTo(0.5, 1);
});

it("forgets: what was seen weeks ago counts for little", () => {
  const steady = Array.from({ length: 100 }, () => "a");
  const was = seen(...Array.from({ length: 100 }, (_, i) => (i % 2 ? "" : "a")));
  const fresh = see(was, { atH: 2_000, available: new Set("a") });
  const now = steady.reduce((sums, _, i) => see(sums, { atH: 2_001 + i, available: new Set("a") }), fresh);
  expect(supplyOf(was).keepsH("a")).toBeLessThan(2);
  expect(supplyOf(now).keepsH("a")).toBeGreaterThan(40);
});

it("takes nothing from a gap that nobody looked into", () => {
  const was = seen("a", "a");
  const sums = see(was, { atH: 50, available: new Set() });
  expect(sums.zones["a"]?.losses).toBe(0);
  expect(sums.none).toEqual({ hours: 0, ends: 0 });
});
