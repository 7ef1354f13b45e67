import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/detect/random.ts";
import { Bill, days, drawOversized, follow, sizeFor, usdPerHour } from "../../../../bench/remediation/size-world.ts";

const uses = { cpu: [Array.from({ length: 288 }, (_, i) => 5 + (i % 7))], memory: [[20, 22, 21]] };
const all = drawOversized(uses, Random.fromSeed(2));

describe("an oversized service", () => {
  it("is the same for the same seed, and uses less than it was given", () => {
    expect(drawOversized(uses, Random.fromSeed(2))).toEqual(all);
    for (const { given, use } of all) {
      for (const one of use) {
        expect(one.cpu).toBeLessThan(given.cpu / 4);
        expect(one.memory).toBeLessThan(given.memory / 4);
      }
    }
  });

  it("costs what Fargate asks for all the days, and half of it with half the size", () => {
    const whole = follow(all, (_, __, has) => has);
    const usd = all.reduce((sum, { given }) => sum + 24 * days * usdPerHour(given), 0);
    expect(whole.usd).toBeCloseTo(usd);
    const half = follow(all, ({ given }) => ({ cpu: given.cpu / 2, memory: given.memory / 2 }));
    expect(half.usd).toBeCloseTo(usd / 2);
    expect([half.breaches, half.outOfMemory]).toEqual([0, 0]);
  });

  it("is slow with too little CPU, and killed with too little memory", () => {
    const size = { cpu: 1_024, memory: 2_048 };
    const bill = new Bill();
    expect(bill.add(size, size, { cpu: 900, memory: 2_000 })).toBe(false);
    expect(bill.add(size, size, { cpu: 950, memory: 2_100 })).toBe(true);
    expect(bill).toMatchObject({ steps: 2, breaches: 1, outOfMemory: 1 });
  });

  it("gets what Fargate runs with at least so much", () => {
    expect(sizeFor({ cpu: 300, memory: 900 })).toEqual({ cpu: 512, memory: 1_024 });
  });
});
