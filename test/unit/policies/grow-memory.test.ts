import * as fc from "fast-check";
import { expect, it } from "vitest";
import { isFargateSize } from "../../../src/policies/fargate-size.ts";
import { growthsIn, grownSize } from "../../../src/policies/grow-memory.ts";

const most = { growths: 0, memoryMiBMax: 61_440 };
const ec2 = (memoryMiB: number) => ({ vcpus: 2, memoryMiB, fargate: false });

it.each([
  ["half as much again", 0, 2_048, 3_072],
  ["twice the first size", 1, 3_072, 4_096],
  ["100 MiB more, where that is more", 0, 128, 228],
])("grows to %s", (_, growths, from, to) => {
  expect(grownSize(ec2(from), { ...most, growths })).toEqual({ vcpus: 2, memoryMiB: to });
});

it("grows what ran for two hours by three quarters at first: to lose such a run again costs more", () => {
  const ran = (hours: number, growths = 0) =>
    grownSize(ec2(2_048), { ...most, growths, ranMs: hours * 3_600_000 })?.memoryMiB;
  expect([ran(1.9), ran(2), ran(2, 1)]).toEqual([3_072, 3_584, 2_731]);
});

it("takes what is known to be enough, and grows from there when it was not", () => {
  expect(grownSize(ec2(2_048), { ...most, learnedMiB: 4_096 })).toMatchObject({ memoryMiB: 4_096 });
  expect(grownSize(ec2(4_096), { ...most, learnedMiB: 4_096 })).toMatchObject({ memoryMiB: 6_144 });
});

it("may need more vCPUs on Fargate", () => {
  expect(grownSize({ vcpus: 1, memoryMiB: 6_144, fargate: true }, most)).toEqual({ vcpus: 2, memoryMiB: 9_216 });
});

it("is nothing where nothing as large may be had", () => {
  expect(grownSize(ec2(60_000), most)).toBeUndefined();
  expect(
    grownSize({ vcpus: 16, memoryMiB: 122_880, fargate: true }, { growths: 0, memoryMiBMax: 1e6 }),
  ).toBeUndefined();
});

it("is more than before, within the bound, and no more than was needed to grow or to round", () => {
  const sizes = fc.record({
    vcpus: fc.constantFrom(0.25, 0.5, 1, 2, 4),
    memoryMiB: fc.integer({ min: 4, max: 60_000 }),
    fargate: fc.boolean(),
  });
  const learned = fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined });
  fc.assert(
    fc.property(sizes, learned, (from, learnedMiB) => {
      const size = grownSize(from, { ...most, ...(learnedMiB !== undefined && { learnedMiB }) });
      if (!size) return;
      expect(size.memoryMiB).toBeGreaterThanOrEqual(from.memoryMiB + 1);
      expect(size.memoryMiB).toBeLessThanOrEqual(most.memoryMiBMax);
      expect(size.vcpus).toBeGreaterThanOrEqual(from.vcpus);
      if (from.fargate) expect(isFargateSize(size)).toBe(true);
      else expect(size.vcpus).toBe(from.vcpus);
    }),
  );
});

it("counts how often a service's tasks have grown lately", () => {
  const sizes = [
    { since: 9, memory: 2_048 },
    { since: 7, memory: 1_024 },
    { since: 5, memory: 2_048 },
    { since: 1, memory: 512 },
  ];
  expect(growthsIn(sizes, 0)).toBe(2);
  expect(growthsIn(sizes, 6)).toBe(1);
  expect(growthsIn(sizes, 10)).toBe(0);
});
