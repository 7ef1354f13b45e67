import * as fc from "fast-check";
import { expect, it } from "vitest";
import { fargateSize, isFargateSize } from "../../../src/policies/fargate-size.ts";

it.each([
  [
    { vcpus: 0.25, memoryMiB: 513 },
    { vcpus: 0.25, memoryMiB: 1_024 },
  ],
  [
    { vcpus: 0.25, memoryMiB: 2_049 },
    { vcpus: 0.5, memoryMiB: 3_072 },
  ],
  [
    { vcpus: 1, memoryMiB: 2_458 },
    { vcpus: 1, memoryMiB: 3_072 },
  ],
  [
    { vcpus: 2, memoryMiB: 16_385 },
    { vcpus: 4, memoryMiB: 17_408 },
  ],
  [
    { vcpus: 8, memoryMiB: 16_385 },
    { vcpus: 8, memoryMiB: 20_480 },
  ],
  [
    { vcpus: 3, memoryMiB: 1_000 },
    { vcpus: 4, memoryMiB: 8_192 },
  ],
])("%o is rounded up to %o", (asked, given) => {
  expect(fargateSize(asked)).toEqual(given);
});

it("there is nothing above 16 vCPUs or 120 GiB", () => {
  expect(fargateSize({ vcpus: 16, memoryMiB: 122_880 })).toBeDefined();
  expect(fargateSize({ vcpus: 16, memoryMiB: 122_881 })).toBeUndefined();
  expect(fargateSize({ vcpus: 17, memoryMiB: 1_024 })).toBeUndefined();
});

it("is a size that Fargate runs, no less than was asked for, and itself when asked for again", () => {
  const asked = fc.record({
    vcpus: fc.double({ min: 0.1, max: 16, noNaN: true }),
    memoryMiB: fc.integer({ min: 1, max: 122_880 }),
  });
  fc.assert(
    fc.property(asked, (size) => {
      const given = fargateSize(size);
      if (!given) throw new Error("nothing as large");
      expect(isFargateSize(given)).toBe(true);
      expect(given.vcpus).toBeGreaterThanOrEqual(size.vcpus);
      expect(given.memoryMiB).toBeGreaterThanOrEqual(size.memoryMiB);
      expect(fargateSize(given)).toEqual(given);
    }),
  );
});
