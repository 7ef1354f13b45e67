import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Work, workersFor, workersThatSuffice } from "../../../src/policies/workers.ts";

const calm: Work = {
  waiting: 0,
  inFlight: 0,
  arrivalsPerSecond: 0,
  secondsPerMessage: 10,
  atOnce: 1,
  waitSeconds: 600,
  launchSeconds: 300,
  present: 0,
  max: 100,
};
const workers = (work: Partial<Work>): number => workersFor({ ...calm, ...work }).workers;

describe("the workers for a queue", () => {
  it.each<[string, Partial<Work>, number]>([
    ["are none for nothing", {}, 0],
    ["are as many as there are for nothing: nobody is sent home", { present: 7 }, 7],
    ["are one for one message", { waiting: 1 }, 1],
    ["are none more for messages that are in hand already", { inFlight: 3, present: 3 }, 3],
    // 600 messages of 10 s are 6,000 s of work; a new worker has 300 of the 600 s.
    ["do in what the launch leaves them what is to be done", { waiting: 600 }, 20],
    // Two that are there do 1,200 s of it.
    ["count those who are there for the whole time", { waiting: 600, present: 2 }, 18],
    ["have several messages at once", { waiting: 600, atOnce: 4 }, 5],
    ["are there for what comes in meanwhile as well", { waiting: 600, arrivalsPerSecond: 1 }, 40],
    // A minute is stretched to twice the launch.
    [
      "are not asked for by the thousand when a launch takes longer than a message may wait",
      { waiting: 600, waitSeconds: 60 },
      20,
    ],
    ["are no more than there are messages", { waiting: 5, secondsPerMessage: 3_600 }, 5],
    ["are no more than the settings allow", { waiting: 100_000 }, 100],
    ["are not fewer than there are, even above what the settings allow", { waiting: 10, present: 120 }, 120],
  ])("%s", (_, work, wanted) => {
    expect(workers(work)).toBe(wanted);
  });

  it("say by which numbers", () => {
    expect(workersFor({ ...calm, waiting: 612, atOnce: 2 }).why).toBe(
      "about 600 messages to do in 10 min at 10 s each, 2 at once; a worker takes 5 min to start",
    );
  });

  const anyWork = fc.record({
    waiting: fc.nat(100_000),
    inFlight: fc.nat(1_000),
    arrivalsPerSecond: fc.double({ min: 0, max: 100, noNaN: true }),
    secondsPerMessage: fc.double({ min: 0.01, max: 3_600, noNaN: true }),
    atOnce: fc.integer({ min: 1, max: 50 }),
    waitSeconds: fc.integer({ min: 1, max: 86_400 }),
    launchSeconds: fc.integer({ min: 1, max: 3_600 }),
    present: fc.nat(200),
    max: fc.integer({ min: 1, max: 200 }),
  });

  it("are within their bounds, never fewer than there are, and never too few when there is time and room", () => {
    fc.assert(
      fc.property(anyWork, (work) => {
        const wanted = workersFor(work).workers;
        expect(Number.isInteger(wanted)).toBe(true);
        expect(wanted).toBeGreaterThanOrEqual(work.present);
        expect(wanted).toBeLessThanOrEqual(Math.max(work.present, work.max));
        if (work.waiting > 0) expect(wanted).toBeGreaterThan(0);

        const horizon = Math.max(work.waitSeconds, 2 * work.launchSeconds);
        const messages = work.waiting + work.inFlight + work.arrivalsPerSecond * horizon;
        const toDo = (messages * work.secondsPerMessage) / work.atOnce;
        const done = work.present * horizon + (wanted - work.present) * (horizon - work.launchSeconds);
        const isBounded = wanted >= work.max || wanted >= Math.ceil(messages / work.atOnce);
        expect(isBounded || done >= toDo * (1 - 1e-9)).toBe(true);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("are never fewer for more work", () => {
    fc.assert(
      fc.property(anyWork, fc.nat(10_000), (work, more) => {
        const wanted = workersFor(work).workers;
        expect(workersFor({ ...work, waiting: work.waiting + more }).workers).toBeGreaterThanOrEqual(wanted);
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe("the workers that suffice", () => {
  it("are none for an empty queue, one at least for anything in it, and more for more work", () => {
    const count = fc.nat({ max: 5_000 });
    fc.assert(
      fc.property(count, count, fc.double({ min: 0, max: 5, noNaN: true }), (waiting, inFlight, arrivalsPerSecond) => {
        const needed = workersThatSuffice({ ...calm, waiting, inFlight, arrivalsPerSecond });
        if (waiting + inFlight === 0) expect(needed).toBe(0);
        else expect(needed).toBeGreaterThanOrEqual(1);
        const more = { waiting: waiting + 60, inFlight, arrivalsPerSecond };
        expect(workersThatSuffice({ ...calm, ...more })).toBeGreaterThanOrEqual(needed + 1);
      }),
      { seed: 5 },
    );
  });

  it("are what is asked for where nothing has to be launched", () => {
    expect(workersThatSuffice({ ...calm, waiting: 600 })).toBe(10);
    expect(workersFor({ ...calm, waiting: 600, launchSeconds: 0 }).workers).toBe(10);
  });
});
