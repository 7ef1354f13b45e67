import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeadLetterWork, redrivePace } from "../../../src/policies/redrive.ts";

const some: DeadLetterWork = {
  waiting: 1_000,
  visibilitySeconds: 120,
  maxReceives: 5,
  workers: 4,
  secondsPerMessage: 2,
  atOnce: 1,
};

describe("the pace of a redrive", () => {
  it("tries ten, waits for as long as a message may fail, and moves the rest as fast as it is worked on", () => {
    expect(redrivePace(some)).toEqual({ canary: 10, comesBackSeconds: 600, perSecond: 2, takesSeconds: 990 });
  });

  it.each<[string, Partial<DeadLetterWork>, object]>([
    ["tries no more than there are", { waiting: 3 }, { canary: 3 }],
    [
      "waits five minutes at least, for counts that are approximate",
      { visibilitySeconds: 1 },
      { comesBackSeconds: 300 },
    ],
    ["waits two hours at most", { visibilitySeconds: 43_200 }, { comesBackSeconds: 7_200 }],
    ["goes on without any worker", { workers: 0 }, { perSecond: 1 }],
    ["is over within three hours", { waiting: 1_080_010, workers: 0 }, { perSecond: 100 }],
    ["is as fast as SQS moves at most", { workers: 10_000 }, { perSecond: 500 }],
  ])("%s", (_, work, expected) => {
    expect(redrivePace({ ...some, ...work })).toMatchObject(expected);
  });

  it("is one that SQS takes, and ends within a day, whatever there is to move", () => {
    const work = fc.record({
      waiting: fc.integer({ min: 1, max: 5_000_000 }),
      visibilitySeconds: fc.nat(43_200),
      maxReceives: fc.integer({ min: 1, max: 1_000 }),
      workers: fc.nat(1_000),
      secondsPerMessage: fc.double({ min: 0.001, max: 43_200, noNaN: true }),
      atOnce: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(work, (given) => {
        const { canary, comesBackSeconds, perSecond, takesSeconds } = redrivePace(given);
        expect(perSecond).toBeGreaterThanOrEqual(1);
        expect(perSecond).toBeLessThanOrEqual(500);
        expect(canary).toBeLessThanOrEqual(given.waiting);
        expect((given.waiting - canary) / perSecond).toBeLessThanOrEqual(takesSeconds);
        expect(2 * comesBackSeconds + takesSeconds).toBeLessThan(86_400);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
