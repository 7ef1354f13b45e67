import { afterEach, describe, expect, it } from "vitest";
import { keepDeadline } from "../../runbooks/keep-deadline.ts";
import { retryJob } from "../../runbooks/retry-job.ts";
import { onSchedule } from "../../src/engine/schedule.ts";
import { receive } from "../../src/engine/receive.ts";
import { changed } from "../support/episodes.ts";
import { jobStack, type JobStack } from "../support/jobs.ts";
import { settingsOf, type StackOptions, startMs } from "../support/stack.ts";

let g: JobStack;
afterEach(() => g.s.close());

const arn = (queue: string) => `arn:aws:batch:us-east-2:123456789012:job-queue/${queue}`;
const type = "g5.xlarge";
const settings = settingsOf({
  autonomy: { "keep-deadline": "auto", "retry-job": "auto" },
  batch: { queues: [{ spot: arn("spot"), onDemand: arn("on-demand"), instanceType: type }] },
  prices: { instances: { [type]: { onDemand: 1.006, spot: 0.402 } } },
});

/** A job of four hours that keeps a checkpoint every half hour and has to be over `hours` after the start. */
function given(
  { hours, attempts = 1, tags = {} }: { hours: number; attempts?: number; tags?: object },
  options: StackOptions = {},
) {
  g = jobStack({ settings, runbooks: [keepDeadline, retryJob], ...options });
  g.s.sim.seed.jobDefinition({
    name: "tune",
    takes: { hours: 4 },
    checkpointEvery: { minutes: 30 },
    retryStrategy: { attempts },
  });
  g.s.sim.seed.job({
    name: "tune-1",
    queue: "spot",
    definition: "tune",
    parameters: { checkpoint: "s3://tune/1" },
    tags: {
      "paramedic:deadline": new Date(startMs + hours * 3_600_000).toISOString(),
      "paramedic:work-minutes": "240",
      "paramedic:checkpoint-minutes": "30",
      ...tags,
    },
  });
}
const spot = (count: number) => {
  for (const zone of ["us-east-2a", "us-east-2b"]) g.s.sim.seed.pool({ type, zone, market: "spot", count });
};
const endedAfterH = (name: string) => ((g.jobNamed(name).stoppedAt ?? 0) - startMs) / 3_600_000;
/** The schedule of every five minutes, as EventBridge keeps it. */
const scheduledTo = async (hours: number): Promise<void> => {
  for (let at = g.s.clock.now(); at < startMs + hours * 3_600_000; at = g.s.clock.now()) {
    await onSchedule(g.s.world, { account: "123456789012", region: "us-east-2" });
    await g.to({ minutes: Math.floor((at - startMs) / 300_000) * 5 + 5 });
  }
};
const outcomes = () => g.outcomes("keep-deadline");
const queueOf = (name: string) => g.jobNamed(name).queue;

describe("a job with a deadline that spot takes", () => {
  it("waits while there is slack, goes on demand when there is none, and is in time", async () => {
    given({ hours: 7, attempts: 5 });
    await g.to({ minutes: 70 });
    spot(0);
    await g.takeHost("tune-1");
    await g.to({ hours: 3 });
    expect(g.names()).toEqual(["tune-1"]);
    expect(g.jobNamed("tune-1").status).toBe("RUNNABLE");

    await g.to({ hours: 8 });
    expect(await outcomes()).toEqual(["healed: every step was done"]);
    expect(queueOf("tune-1-r1")).toBe("on-demand");
    expect(g.jobNamed("tune-1-r1").status).toBe("SUCCEEDED");
    expect(endedAfterH("tune-1-r1")).toBeLessThan(7);
    // It waited for as long as spot was worth waiting for: for most of its slack.
    expect(endedAfterH("tune-1-r1")).toBeGreaterThan(6);
    expect(changed(g.s)).toEqual(["TerminateJob", "SubmitJob"]);
    expect(g.s.pages).toEqual([]);
  });

  it("goes on in spot when that comes back in time, and costs nothing more", async () => {
    given({ hours: 7, attempts: 5 });
    await g.to({ minutes: 70 });
    spot(0);
    await g.takeHost("tune-1");
    await g.to({ hours: 2 });
    spot(1);
    await g.to({ hours: 8 });
    expect(g.names()).toEqual(["tune-1"]);
    expect(g.jobNamed("tune-1").status).toBe("SUCCEEDED");
    expect(await outcomes()).toEqual(["healed: every step was done"]);
    expect(changed(g.s)).toEqual([]);
  });

  it("is submitted to spot again when its attempts are used up and there is slack, and watched there", async () => {
    given({ hours: 8 });
    await g.to({ minutes: 70 });
    spot(0);
    await g.takeHost("tune-1");
    await g.to({ hours: 2 });
    expect(queueOf("tune-1-r1")).toBe("spot");
    await g.to({ hours: 9 });
    expect(queueOf("tune-1-r2")).toBe("on-demand");
    expect(g.jobNamed("tune-1-r2").status).toBe("SUCCEEDED");
    expect(endedAfterH("tune-1-r2")).toBeLessThan(8);
    expect(g.jobNamed("tune-1-r2").tags).toMatchObject({
      "paramedic:done-minutes": "60",
      remediates: expect.any(String),
    });
    // Of the work, three hours were left.
    const { startedAt = 0, stoppedAt = 0 } = g.jobNamed("tune-1-r2");
    expect(stoppedAt - startedAt).toBe(3 * 3_600_000);
  });

  it("goes on demand at once when there is no slack", async () => {
    given({ hours: 4.35 });
    await g.to({ minutes: 70 });
    await g.takeHost("tune-1");
    await g.to({ hours: 6 });
    expect(queueOf("tune-1-r1")).toBe("on-demand");
    expect(endedAfterH("tune-1-r1")).toBeLessThan(4.35);
    expect(g.names()).toHaveLength(2);
  });

  it("goes on on demand too when its host there fails, however often it was moved before", async () => {
    given({ hours: 7 });
    await g.to({ minutes: 70 });
    const moved = { tags: { ...g.jobNamed("tune-1").tags, "paramedic:copy": "5", "paramedic:tries": "0" } };
    Object.assign(g.jobNamed("tune-1"), { queue: "on-demand", ...moved });
    await g.takeHost("tune-1");
    await g.to({ hours: 7 });
    expect(g.names()).toEqual(["tune-1", "tune-1-r1"]);
    expect(g.jobNamed("tune-1-r1")).toMatchObject({ queue: "on-demand", status: "SUCCEEDED" });
    expect(g.jobNamed("tune-1-r1").tags).toMatchObject({ "paramedic:copy": "6", "paramedic:tries": "1" });
  });

  it("is asked about when it has lost its place, not in the minute in which its slack is used up", async () => {
    given(
      { hours: 7, attempts: 5 },
      {
        settings: { ...settings, autonomy: { "keep-deadline": "approve" } },
        people: () => ({ verdict: "approved", after: { minutes: 20 } }),
      },
    );
    await g.to({ minutes: 70 });
    spot(0);
    await g.takeHost("tune-1");
    await g.to({ hours: 8 });
    const [incident] = await g.incidents();
    expect(g.s.asked).toHaveLength(1);
    expect(incident?.decision).toBe("approved by Alex");
    expect(endedAfterH("tune-1-r1")).toBeLessThan(7);
    expect(incident?.plan?.steps.flatMap((step) => (step.kind === "action" ? step.does : step.kind))).toEqual([
      "until",
      "terminate Batch job tune-1, unless it runs by then",
      "submit tune-1 again as tune-1-r1, unless it runs by then",
      "until",
    ]);
  });

  it("is taken back to spot, and people are paged, when there is no capacity on demand either", async () => {
    given({ hours: 6, attempts: 5 });
    await g.to({ minutes: 70 });
    spot(0);
    for (const zone of ["us-east-2a", "us-east-2b"]) g.s.sim.seed.pool({ type, zone, market: "on-demand", count: 0 });
    await g.takeHost("tune-1");
    await g.to({ hours: 5 });
    expect((await outcomes())[0]).toMatch(/^undone: the work of tune-1 goes on: not within 1 h; tune-1-r1 is RUNNABLE/);
    expect(g.jobNamed("tune-1-r1")).toMatchObject({ status: "FAILED", isTerminated: true });
    expect(g.jobNamed("tune-1-r1-back")).toMatchObject({ queue: "spot" });
    expect(g.s.pages.length).toBeGreaterThan(0);
  });

  it("that somebody stops while it waits is left alone", async () => {
    given({ hours: 7, attempts: 5 });
    await g.to({ minutes: 70 });
    spot(0);
    await g.takeHost("tune-1");
    const { id } = g.jobNamed("tune-1");
    await g.s.sim.call("batch", "TerminateJob", { jobId: id, reason: "not needed any more" });
    await g.to({ hours: 8 });
    expect(g.names()).toEqual(["tune-1"]);
    expect(await outcomes()).toEqual(["healed: every step was done"]);
    expect(g.s.pages).toEqual([]);
  });
});

describe("a job that was given little slack", () => {
  it("is moved on demand while it starts on spot, when that is in time and one loss on spot would not be", async () => {
    given({ hours: 4.2 });
    await g.to({ hours: 6 });
    expect(queueOf("tune-1-r1")).toBe("on-demand");
    expect(g.jobNamed("tune-1").startedAt).toBeUndefined();
    expect(endedAfterH("tune-1-r1")).toBeLessThan(4.2);
  });

  it("is left on spot when it would be late on demand", async () => {
    given({ hours: 4.1 });
    await scheduledTo(5);
    expect(g.names()).toEqual(["tune-1"]);
    expect(endedAfterH("tune-1")).toBeLessThan(4.1);
  });
});

describe("a job at the head of a queue without capacity", () => {
  it("goes on demand in time, though it has never run", async () => {
    given({ hours: 6 });
    spot(0);
    await g.to({ hours: 7 });
    expect(queueOf("tune-1-r1")).toBe("on-demand");
    expect(endedAfterH("tune-1-r1")).toBeLessThan(6);
  });

  it("that has no deadline waits, and people are told", async () => {
    g = jobStack({ settings, runbooks: [keepDeadline] });
    g.s.sim.seed.jobDefinition({ name: "tune" });
    spot(0);
    g.s.sim.seed.job({ name: "tune-1", queue: "spot", definition: "tune" });
    await g.to({ hours: 1 });
    expect(await outcomes()).toEqual(["skipped: tune-1 waits for capacity, and has no deadline"]);
  });
});

describe("a job that waits behind others, of which no event tells", () => {
  const sweep = async () => {
    for (const job of await g.s.world.look.waitingJobs()) {
      await receive(g.s.world, job);
    }
  };

  it("is found by whoever asks, left while it has slack, and in time", async () => {
    given({ hours: 6 });
    spot(0);
    Object.assign(g.jobNamed("tune-1"), { blocks: true });
    for (let minutes = 5; minutes < 8 * 60; minutes += 5) {
      await g.to({ minutes });
      await sweep();
      if (minutes < 80) expect(await g.incidents()).toEqual([]);
    }
    expect(await outcomes()).toEqual(["healed: every step was done"]);
    expect(queueOf("tune-1-r1")).toBe("on-demand");
    expect(endedAfterH("tune-1-r1")).toBeLessThan(6);
  });

  it("is none of ours when it has no deadline, or has started", async () => {
    given({ hours: 6 });
    await g.to({ minutes: 20 });
    g.s.sim.seed.job({ name: "other", queue: "spot", definition: "tune" });
    spot(0);
    await g.to({ minutes: 21 });
    expect(await g.s.world.look.waitingJobs()).toEqual([]);
  });
});

describe("a job that runs where it should not", () => {
  it("goes back to spot when there is some again and time for it, and is known as at home there", async () => {
    given({ hours: 4.9, attempts: 5 });
    spot(1);
    await scheduledTo(1);
    spot(0);
    await g.takeHost("tune-1");
    await scheduledTo(1.5);
    expect(queueOf("tune-1-r1")).toBe("on-demand");
    expect(g.jobNamed("tune-1-r1").status).toBe("RUNNING");

    spot(1);
    await scheduledTo(7);
    expect(queueOf("tune-1-r2")).toBe("spot");
    expect(g.jobNamed("tune-1-r1").tags).toMatchObject({ "paramedic:moved": "true" });
    expect(g.jobNamed("tune-1-r2").tags).not.toHaveProperty("paramedic:moved");
    expect(g.jobNamed("tune-1-r2").status).toBe("SUCCEEDED");
    expect(endedAfterH("tune-1-r2")).toBeLessThan(4.9);
    expect(g.names()).toHaveLength(3);
    expect(g.s.pages).toEqual([]);
  });

  it("does not wait for what was there before it lost it", async () => {
    given({ hours: 4.6, attempts: 5 });
    spot(1);
    await scheduledTo(1);
    spot(0);
    await g.takeHost("tune-1");
    const lostAt = g.jobNamed("tune-1").attempts[0]?.stoppedAt ?? 0;
    await scheduledTo(1.5);
    expect(queueOf("tune-1-r1")).toBe("on-demand");
    expect(g.jobNamed("tune-1-r1").createdAt - lostAt).toBeLessThan(60_000);
  });

  it("stays on demand while there is no spot, and on spot while there is slack", async () => {
    given({ hours: 9, attempts: 5 });
    spot(1);
    await scheduledTo(5);
    expect(g.names()).toEqual(["tune-1"]);
    expect(g.jobNamed("tune-1").status).toBe("SUCCEEDED");
    expect(await outcomes()).toEqual([]);
  });
});

describe("a deadline that cannot be kept is told of, and the job is submitted again all the same", () => {
  it.each([
    [{ "paramedic:deadline": "tomorrow" }, /is no time with a zone: "tomorrow"$/],
    [{ "paramedic:work-minutes": "long" }, /does not say how many minutes it takes$/],
  ])("%o", async (tags, why) => {
    given({ hours: 7, tags });
    await g.to({ minutes: 70 });
    expect(await outcomes()).toEqual([expect.stringMatching(why)]);
    await g.takeHost("tune-1");
    expect(queueOf("tune-1-r1")).toBe("spot");
  });

  it("because its queue is not in the settings", async () => {
    given({ hours: 7 }, { settings: { ...settings, batch: { ...settings.batch, queues: [] } } });
    await g.to({ minutes: 70 });
    await g.takeHost("tune-1");
    expect(g.s.said.join("\n")).toContain("cannot be kept: its queue is not in the settings");
    expect(queueOf("tune-1-r1")).toBe("spot");
  });
});
