import { describe, expect, it } from "vitest";
import { drawStretch, leastReplicas, replicasMax } from "../../../../bench/remediation/serving-world.ts";
import { type AgentDay, drawDay, meter, usualUsd } from "../../../../bench/remediation/spend-world.ts";
import { trackTarget } from "../../../../bench/remediation/target-tracking.ts";
import { Random } from "../../../../src/detect/random.ts";

/** What a policy at 70 % last wanted, of ten replicas, after so many minutes of a demand. */
function wants(demand: number, minutes: number): number | undefined {
  const scale = trackTarget({ target: 0.7 });
  const minute = { demand, serving: 10, desired: 10 };
  return Array.from({ length: minutes }, () => scale(minute)).at(-1);
}

describe("a target-tracking policy", () => {
  it("scales out after three minutes above its target, which CloudWatch shows a minute late", () => {
    expect(wants(9, 3)).toBeUndefined();
    expect(wants(9, 4)).toBe(13);
  });

  it("scales in after fifteen minutes well below it, and leaves alone what is near it", () => {
    expect(wants(3.5, 15)).toBeUndefined();
    expect(wants(3.5, 16)).toBe(5);
    expect(wants(6.5, 60)).toBeUndefined();
  });
});

describe("a stretch of demand", () => {
  const days = Array.from({ length: 14 * 144 }, (_, bin) => 5 + 4 * Math.sin(bin / 23));

  it("is the same for the same seed, and takes all replicas at its peak", () => {
    const stretch = drawStretch([days], 3);
    expect(drawStretch([days], 3)).toEqual(stretch);
    expect(Math.max(...stretch.demand)).toBeGreaterThan(replicasMax * 0.95);
    expect(Math.max(...stretch.demand)).toBeLessThan(replicasMax * 1.2);
  });

  it("can be served by no fewer than are asked for in each minute", () => {
    const { demand, from } = drawStretch([days], 3);
    const asked = demand.subarray(from).reduce((sum, value) => sum + Math.min(replicasMax, Math.ceil(value)), 0);
    expect(leastReplicas({ demand, from })).toBeGreaterThanOrEqual(asked);
  });
});

describe("an agent's day", () => {
  const day = (isLegitimate: boolean): AgentDay =>
    drawDay(new Float64Array(360).fill(1), isLegitimate, Random.fromSeed(1));

  it("costs a loop's dollars and no legitimate ones", () => {
    const loop = day(false);
    const lengthH = (loop.until - loop.from) / 360;
    const { overUsd, withheldUsd } = meter(loop, (_, asked) => asked);
    expect(overUsd).toBeGreaterThan(19 * usualUsd * lengthH);
    expect(withheldUsd).toBe(0);
    expect(meter(day(true), (_, asked) => asked)).toEqual({ overUsd: 0, withheldUsd: 0 });
  });

  it("counts as withheld what a launch was not given", () => {
    expect(meter(day(true), () => 1).withheldUsd).toBeGreaterThan(usualUsd * 2);
    expect(meter(day(false), () => 1)).toEqual({ overUsd: 0, withheldUsd: 0 });
  });
});
