import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFargateSize } from "../../../src/policies/fargate-size.ts";
import { rightsize, type Sizing, type Use } from "../../../src/policies/rightsize.ts";

const now = Date.UTC(2026, 10, 22, 9);
const stepMs = 300_000;
const dayMs = 86_400_000;

/** So many days of five minutes, each with this use. */
const used = (use: { cpu: number; memory: number }, days = 14, change: (use: Use) => Use = (same) => same): Use[] =>
  Array.from({ length: days * 288 }, (_, index) => change({ at: now - (days * 288 - index) * stepMs, ...use }));

const sized = (given: Partial<Sizing>) =>
  rightsize({
    now,
    size: { cpu: 1_024, memory: 4_096 },
    use: used({ cpu: 700, memory: 3_400 }),
    days: 14,
    fargate: true,
    memoryMayShrink: false,
    sizedAt: now - 30 * dayMs,
    ...given,
  });
/** What the numbers say on an instance, where any size will do. */
const onInstance = (given: Partial<Sizing>) => sized({ fargate: false, ...given });

describe("the size of a task", () => {
  it("stays when what is used is within a fifth of it, headroom included", () => {
    expect(sized({})).toMatchObject({ kind: "keep" });
  });

  it("says by which numbers", () => {
    expect(sized({}).why).toBe(
      "in 14 days 99.9 % of the time at most 700 of 1024 CPU units, and 99 % of the worst day at most 3400 of 4096 MiB; " +
        "with 15 % to spare 805 and 3910",
    );
  });

  it("grows at once to what is used and 15 % more", () => {
    const use = used({ cpu: 950, memory: 3_400 });
    expect(onInstance({ use, size: { cpu: 512, memory: 4_096 } })).toMatchObject({ to: { cpu: 1_152, memory: 4_096 } });
  });

  it("grows by a fifth where use has reached its bound, because what lies beyond cannot be seen", () => {
    expect(onInstance({ use: used({ cpu: 1_020, memory: 3_400 }) })).toMatchObject({
      to: { cpu: 1_280, memory: 4_096 },
    });
    expect(onInstance({ use: used({ cpu: 800, memory: 500 }), size: { cpu: 1_024, memory: 512 } })).toMatchObject({
      to: { cpu: 1_024, memory: 640 },
    });
  });

  it("stays as it was written where it is not changed", () => {
    expect(onInstance({ size: { cpu: 1_000, memory: 4_000 } })).toMatchObject({ kind: "keep" });
    expect(onInstance({ size: { cpu: 500, memory: 4_000 } })).toMatchObject({ to: { cpu: 832, memory: 4_000 } });
  });

  it("shrinks to half at a time, at most", () => {
    const use = used({ cpu: 100, memory: 500 });
    expect(onInstance({ use })).toMatchObject({ to: { cpu: 512, memory: 4_096 } });
    expect(onInstance({ use, memoryMayShrink: true })).toMatchObject({ to: { cpu: 512, memory: 2_048 } });
  });

  it("shrinks by one step of Fargate's table where half is less than that", () => {
    const use = used({ cpu: 100, memory: 500 });
    expect(sized({ use })).toMatchObject({ to: { cpu: 512, memory: 4_096 } });
    expect(sized({ use, size: { cpu: 1_024, memory: 8_192 } })).toMatchObject({ kind: "keep" });
    expect(sized({ use, memoryMayShrink: true, size: { cpu: 1_024, memory: 8_192 } })).toMatchObject({
      to: { cpu: 512, memory: 4_096 },
    });
  });

  it("does not shrink below what is used, however coarse the table", () => {
    expect(sized({ use: used({ cpu: 480, memory: 3_400 }) })).toMatchObject({ kind: "keep" });
  });

  it("does not shrink within a day of the last change, nor within 72 hours of memory running out", () => {
    const use = used({ cpu: 100, memory: 500 });
    expect(sized({ use, sizedAt: now - dayMs / 2 })).toMatchObject({ kind: "keep" });
    const ranOut = (hours: number) =>
      used({ cpu: 100, memory: 500 }, 14, (one) =>
        one.at === now - hours * 3_600_000 ? { ...one, memory: 4_090 } : one,
      );
    expect(sized({ use: ranOut(71) })).toMatchObject({ kind: "keep", why: expect.stringMatching(/^memory ran out/) });
    expect(sized({ use: ranOut(73) })).toMatchObject({ kind: "resize" });
  });

  it("rests on the worst day for memory and on nearly all of the time for CPU", () => {
    const spike = used({ cpu: 300, memory: 1_000 }, 14, (one) =>
      now - one.at < 20 * 60_000 ? { ...one, cpu: 1_000, memory: 3_500 } : one,
    );
    expect(onInstance({ use: spike, memoryMayShrink: true })).toMatchObject({ to: { cpu: 512, memory: 4_096 } });
  });

  it.each<[string, Use[], string]>([
    ["there is nothing", [], "0.0 of 14 days of utilisation"],
    ["ten days are there", used({ cpu: 1, memory: 1 }, 10), "10.0 of 14 days of utilisation"],
    [
      "a fifth is missing",
      used({ cpu: 1, memory: 1 }).filter((_, i) => i % 5 > 0 || i === 0),
      "3226 values in 14 days; it takes 3629",
    ],
  ])("is not decided on when %s", (_, use, why) => {
    expect(sized({ use })).toEqual({ kind: "abstain", why });
  });

  const anySizing = fc.record({
    cpu: fc.integer({ min: 1, max: 16_384 }),
    memory: fc.integer({ min: 1, max: 122_880 }),
    size: fc.constantFrom(
      { cpu: 256, memory: 512 },
      { cpu: 256, memory: 2_048 },
      { cpu: 1_024, memory: 8_192 },
      { cpu: 4_096, memory: 30_720 },
      { cpu: 16_384, memory: 122_880 },
    ),
    memoryMayShrink: fc.boolean(),
  });

  it("is one that Fargate runs, is never smaller than what is used, and takes no memory away unasked", () => {
    fc.assert(
      fc.property(anySizing, ({ cpu, memory, size, memoryMayShrink }) => {
        const use = used({ cpu: Math.min(cpu, size.cpu), memory: Math.min(memory, size.memory) }, 7);
        const found = sized({ use, days: 7, size, memoryMayShrink });
        if (found.kind !== "resize") return;
        expect(isFargateSize({ vcpus: found.to.cpu / 1_024, memoryMiB: found.to.memory })).toBe(true);
        expect(found.to.cpu).toBeGreaterThanOrEqual(Math.min(cpu, size.cpu));
        expect(found.to.memory).toBeGreaterThanOrEqual(Math.min(memory, size.memory));
        if (!memoryMayShrink) expect(found.to.memory).toBeGreaterThanOrEqual(size.memory);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it("comes to rest: from step to step it goes down, and then it stays", () => {
    let size = { cpu: 16_384, memory: 122_880 };
    for (let day = 0; day < 60; day++) {
      const found = sized({ use: used({ cpu: 400, memory: 1_500 }, 7), days: 7, size, memoryMayShrink: true });
      if (found.kind !== "resize") break;
      expect(found.to.cpu + found.to.memory).toBeLessThan(size.cpu + size.memory);
      size = found.to;
    }
    expect(size).toEqual({ cpu: 512, memory: 2_048 });
  });
});
