import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/detect/random.ts";
import { byPeople, follow, type MemoryJob } from "../../../../bench/remediation/memory-world.ts";
import { secondsToAnswer, secondsToMend } from "../../../../bench/remediation/people.ts";
import { quantile } from "../../../../bench/remediation/interval.ts";
import { callEnd, drawWindow, failingAt } from "../../../../bench/remediation/provider-world.ts";
import { cheapest } from "../../../../bench/remediation/spot-bound.ts";
import { besideThePublished } from "../../../../bench/remediation/spot-fidelity.ts";
import { greedy, onDemandOnly, requeue } from "../../../../bench/remediation/spot-policies.ts";
import { drawJobs, type Job, runJob, type Zone } from "../../../../bench/remediation/spot-world.ts";

const prices = { spot: 1, onDemand: 3 };
const rules = { prices, restartH: 0.5, checkpointH: 0 };
/** A zone in steps of half an hour. */
const zone = (available: string): Zone => ({
  name: "xx-1a",
  region: "xx-1",
  stepS: 1_800,
  available: Uint8Array.from(available, (step) => Number(step === "1")),
});
const job = (available: string, workH: number, lengthH: number): Job => ({
  zones: [zone(available)],
  start: 0,
  workH,
  lengthH,
});

describe("a job on spot", () => {
  it("pays from its launch, and works after its restart", () => {
    const ended = runJob(job("1".repeat(40), 2, 10), requeue(), rules);

    expect(ended).toMatchObject({ isLate: false, isDone: true, spotH: 2.5, cost: 2.5, lostH: 0 });
  });

  it("keeps what it saved on the notice, and without one loses what came after its checkpoint", () => {
    const interrupted = job("111110".repeat(20), 4, 40);

    expect(runJob(interrupted, requeue(), rules).lostH).toBe(0);
    expect(runJob(interrupted, requeue(), { ...rules, checkpointH: 1.5 }).lostH).toBeGreaterThan(0);
  });

  it("is late where nobody goes on demand, and in time where somebody does", () => {
    const dry = job("1110000000".repeat(20), 5, 9);

    expect(runJob(dry, requeue(), rules).isLate).toBe(true);
    expect(runJob(dry, greedy(), rules).isLate).toBe(false);
  });

  it("never costs less than the bound, in time", () => {
    const zones = [zone("1101001110010111".repeat(60))];
    const random = Random.fromSeed(7);
    const jobs = drawJobs(zones, [2, 5, 9], { count: 12, tightness: [1.2, 2], restartH: 0.5, random });
    for (const one of jobs) {
      const bound = cheapest(one, prices, rules.restartH);
      for (const policy of [onDemandOnly(), greedy()]) {
        const { cost, isLate } = runJob(one, policy, rules);
        if (!isLate) expect(cost).toBeGreaterThanOrEqual(bound * 0.999);
      }
    }
  });

  it("costs at least what all of it costs on spot, and no more than all of it on demand", () => {
    expect(cheapest(job("1".repeat(40), 4, 10), prices, 0.5)).toBeCloseTo(4.5);
    const dry = cheapest(job("0".repeat(40), 4, 10), prices, 0.5);
    expect(dry).toBeLessThanOrEqual(13.5);
    expect(dry).toBeGreaterThan(12);
  });
});

describe("what was published about the traces", () => {
  const named = (region: string, days: number): Zone => ({ ...zone("1".repeat(48 * days)), region });

  it("is set beside what comes out where they are there, in hours on either market", () => {
    expect(besideThePublished([named("aws-10-26-2022 us-west-2", 13), named("aws-02-15-2023 us-west-2", 13)])).toBe(
      'table 3 of "Can\'t Be Late", on 1 of its traces: greedy 0.0 h on demand and 48.2 on spot (published 30.8 and 17.2); ' +
        "uniform progress 0.0 h on demand and 48.2 on spot (published 25.1 and 22.9)",
    );
  });

  it("is said to be missing where they are not", () => {
    expect(besideThePublished([named("aws-02-15-2023 us-west-2", 13)])).toMatch(/^not compared with table 3/);
  });
});

describe("a provider", () => {
  const random = Random.fromSeed(3);
  const window = drawWindow({ failing: 0.9, lengthMs: 600_000 }, random);

  it("fails in its outage and not around it, and the others never do", () => {
    expect([window.fromMs - 1, window.fromMs, window.untilMs].map((at) => failingAt(window, at, 0))).toEqual([
      0, 0.9, 0,
    ]);
    expect(failingAt(window, window.fromMs, 1)).toBe(0);
  });

  it("ends the same attempt of the same request in the same way for everybody", () => {
    expect(callEnd(1, 20, 0, 0, 0.9)).toEqual(callEnd(1, 20, 0, 0, 0.9));
    const failed = Array.from({ length: 2_000 }, (_, request) => callEnd(1, request, 0, 0, 0.9)).filter(
      ({ isOk }) => !isOk,
    );
    expect(failed.length / 2_000).toBeCloseTo(0.9, 1);
  });
});

describe("people", () => {
  it("look after a median of five minutes, and mend in between one and two hours", () => {
    const random = Random.fromSeed(5);
    const minutes = (draw: (random: Random) => number) =>
      quantile(
        Array.from({ length: 4_000 }, () => draw(random) / 60),
        0.5,
      );

    expect(minutes(secondsToAnswer)).toBeGreaterThan(4.5);
    expect(minutes(secondsToAnswer)).toBeLessThan(5.5);
    expect(minutes(secondsToMend)).toBeGreaterThan(74);
    expect(minutes(secondsToMend)).toBeLessThan(110);
  });
});

describe("a kind of jobs without enough memory, looked after by people", () => {
  it("loses those that are submitted before somebody has mended it, and none after that", () => {
    const family = { name: "f", memoryMiB: 1_000, needsMiB: 1_600, hours: 2, isBroken: false };
    const at = (atH: number): MemoryJob => ({ name: `f-${atH}`, family, atH });

    const fared = byPeople([at(0), at(0.5), at(400)], Random.fromSeed(1));

    expect(fared).toMatchObject({ oomKills: 2, undone: 2, wastedHours: 2.5 });
    expect(fared.slackPercent).toBeCloseTo(25);
  });
});

describe("a job without enough memory", () => {
  const short: MemoryJob = {
    name: "a",
    family: { name: "f", memoryMiB: 1_000, needsMiB: 1_600, hours: 2, isBroken: false },
    atH: 0,
  };

  it("is killed again by every try with as much as before", () => {
    const blind = follow([short], ({ family }, tries) => (tries.length < 3 ? family.memoryMiB : undefined));

    expect(blind).toMatchObject({ oomKills: 3, undone: 1, thirdTimes: 1 });
    expect(blind.wastedHours).toBeCloseTo(3 * 2 * (1_000 / 1_600));
  });

  it("is done with more, at the price of what is too much", () => {
    const fared = follow([short], (_, tries) => (tries.at(-1) ?? 0) * 2);

    expect(fared).toMatchObject({ oomKills: 1, undone: 0, thirdTimes: 0, slackPercent: 25 });
  });
});
