import * as fc from "fast-check";
import { expect, it } from "vitest";
import { isFargateSize } from "../../../src/policies/fargate-size.ts";
import { growthsIn, grownSize } from "../../../src/policies/grow-memory.ts";

const most = { memoryMiBMax: 61_440 };
const ec2 = (memoryMiB: number) => ({ vcpus: 2, memoryMiB, fargate: false });

it.each([
  ["a fifth", 2_048, 2_458],
  ["100 MiB, where that is more", 256, 356],
])("grows by %s", (_, from, to) => {
  expect(grownSize(ec2(from), most)).toEqual({ vcpus: 2, memoryMiB: to });
});

it("takes what is known to be enough, and grows from there when it was not", () => {
  expect(grownSize(ec2(2_048), { ...most, learnedMiB: 4_096 })).toMatchObject({ memoryMiB: 4_096 });
  expect(grownSize(ec2(4_096), { ...most, learnedMiB: 4_096 })).toMatchObject({ memoryMiB: 4_916 });
});

it("may need more vCPUs on Fargate", () => {
  expect(grownSize({ vcpus: 1, memoryMiB: 8_192, fargate: true }, most)).toEqual({ vcpus: 2, memoryMiB: 10_240 });
});

it("is nothing where nothing as large may be had", () => {
  expect(grownSize(ec2(60_000), most)).toBeUndefined();
  expect(grownSize({ vcpus: 16, memoryMiB: 122_880, fargate: true }, { memoryMiBMax: 1e6 })).toBeUndefined();
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
