import { describe, expect, it } from "vitest";
import { fuse } from "../../../src/detect/fusion.ts";

describe("the distance of a service", () => {
  it("is the mean of its five farthest metrics, however many are ordinary", () => {
    expect(fuse([1, 2, 3, 4, 5, 0, 0, 0, 0])).toBe(3);
    expect(fuse(Array<number>(100).fill(2))).toBe(2);
  });

  it("is larger for a shift in five metrics than for the same in one", () => {
    expect(fuse([3, 3, 3, 3, 3, 0, 0])).toBeGreaterThan(4 * fuse([3, 0, 0, 0, 0, 0, 0]));
  });

  it("is not decided by one metric alone, however far", () => {
    expect(fuse([Infinity, 0, 0, 0, 0])).toBe(4);
  });

  it("passes over missing metrics, and is 0 without any", () => {
    expect(fuse([NaN, 2, NaN, 4])).toBe(3);
    expect(fuse([])).toBe(0);
    expect(fuse([NaN])).toBe(0);
  });
});
