import { afterEach, describe, expect, it } from "vitest";
import { growMemory } from "../../runbooks/grow-memory.ts";
import { retryJob } from "../../runbooks/retry-job.ts";
import { memoryParameter } from "../../src/aws/learned-memory.ts";
import { changed } from "../support/episodes.ts";
import { jobStack, type JobStack } from "../support/jobs.ts";
import { settingsOf } from "../support/stack.ts";

let g: JobStack;
afterEach(() => g.s.close());

const autonomy = { "grow-memory": "auto", "retry-job": "auto" } as const;
/** A family of jobs whose program needs so much; its definition gives it 2,048 MiB. */
const given = (needsMiB: number, more: object = {}) => {
  g = jobStack({ settings: settingsOf({ autonomy }), runbooks: [growMemory, retryJob] });
  g.s.sim.seed.jobDefinition({ name: "tune", takes: { minutes: 30 }, needsMiB, ...more });
};
const tune = (name = "tune-1", queue = "spot") => g.s.sim.seed.job({ name, queue, definition: "tune" });
const learned = () => g.s.world.look.familyMemory("tune");

describe("a job that ran out of memory", () => {
  it("is submitted again with half as much again, and what was enough is remembered for a month", async () => {
    given(2_300);
    tune();
    await g.to({ hours: 3 });
    expect(g.names()).toEqual(["tune-1", "tune-1-r1"]);
    expect(g.jobNamed("tune-1-r1")).toMatchObject({ status: "SUCCEEDED", memoryMiB: 3_072, vcpus: 2 });
    expect(await g.outcomes("grow-memory")).toEqual(["healed: every step was done", "healed: every step was done"]);
    expect(await learned()).toMatchObject({ learnedMiB: 3_072, days: 30 });
    expect(changed(g.s)).toEqual(["PutParameter", "SubmitJob", "PutParameter"]);

    g.s.clock.advance(31 * 86_400_000);
    expect((await learned()).learnedMiB).toBeUndefined();
  });

  it("gets at once what is known to be enough, and its owner is told to ask for it", async () => {
    given(3_900);
    const tried = tune();
    await g.to({ hours: 4 });
    expect(g.names()).toEqual(["tune-1", "tune-1-r1", "tune-1-r2"]);
    expect(tried.memoryMiB).toBe(2_048);

    tune("tune-2");
    await g.to({ hours: 6 });
    expect(g.names().slice(3)).toEqual(["tune-2", "tune-2-r1"]);
    expect(g.jobNamed("tune-2-r1")).toMatchObject({ status: "SUCCEEDED", memoryMiB: 4_096 });
    expect(g.s.said.join("\n")).toContain("tune is known to need 4096 MiB: a revision of its job definition");
  });

  it("is grown twice at most, and then left to people", async () => {
    given(9_000);
    tune();
    await g.to({ hours: 4 });
    expect(g.names()).toEqual(["tune-1", "tune-1-r1", "tune-1-r2"]);
    expect((await g.outcomes("grow-memory")).at(-1)).toMatch(/^skipped: .+ was grown 2 times: it leaks, or/);
    // What was tried last is known as tried, and for a day only.
    expect(await learned()).toMatchObject({ learnedMiB: 4_096, isProven: false });
    g.s.clock.advance(86_400_000);
    expect((await learned()).learnedMiB).toBeUndefined();
  });

  it("is taken back, and people are paged, when no instance can hold what it was grown to", async () => {
    given(2_300);
    Object.assign(g.s.sim.world.jobQueues["spot"] ?? {}, { memoryMiBMax: 2_048 });
    tune();
    await g.to({ hours: 3 });
    expect(await g.outcomes("grow-memory")).toEqual([
      expect.stringMatching(/^undone: tune-1-r1 starts: not within 1 h; .+MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/),
    ]);
    expect(g.jobNamed("tune-1-r1")).toMatchObject({ status: "FAILED", isTerminated: true });
    expect(g.s.pages).toHaveLength(1);
    expect((await learned()).learnedMiB).toBeUndefined();
  });

  it("gets a size that Fargate has", async () => {
    given(2_300, { platform: "FARGATE", vcpus: 1 });
    g.s.sim.seed.jobQueue({ name: "fargate", platform: "FARGATE" });
    tune("tune-1", "fargate");
    await g.to({ hours: 3 });
    expect(g.jobNamed("tune-1-r1")).toMatchObject({ status: "SUCCEEDED", memoryMiB: 3_072, vcpus: 1 });
  });

  it("may not have more than the settings allow", async () => {
    g = jobStack({ settings: settingsOf({ autonomy, batch: { memoryMiBMax: 2_400 } }), runbooks: [growMemory] });
    g.s.sim.seed.jobDefinition({ name: "tune", needsMiB: 2_300 });
    tune();
    await g.to({ hours: 1 });
    expect(await g.outcomes("grow-memory")).toEqual([
      expect.stringMatching(/^skipped: .+ may not have more than 2400 MiB$/),
    ]);
  });

  it("loses its new host and is still known as grown", async () => {
    given(2_300);
    tune();
    await g.to({ minutes: 40 });
    await g.takeHost("tune-1-r1");
    await g.to({ hours: 3 });
    expect(g.names()).toEqual(["tune-1", "tune-1-r1", "tune-1-r2"]);
    expect(g.jobNamed("tune-1-r2")).toMatchObject({ status: "SUCCEEDED", memoryMiB: 3_072 });
    expect(await learned()).toMatchObject({ learnedMiB: 3_072 });
  });
});

describe("what was learned", () => {
  it("is not learned again by every job that gets by with it", async () => {
    given(2_300);
    tune();
    await g.to({ hours: 2 });
    tune("tune-2");
    await g.to({ hours: 4 });
    expect(await g.outcomes("grow-memory")).toHaveLength(4);
    expect(changed(g.s).filter((operation) => operation === "PutParameter")).toHaveLength(2);
  });

  it("is known while the first is still tried: nobody who asks is killed to find it", async () => {
    given(2_300);
    tune();
    await g.to({ minutes: 40 });
    expect(g.jobNamed("tune-1-r1").status).toBe("RUNNING");
    expect(await learned()).toMatchObject({ learnedMiB: 3_072, isProven: false });

    g.s.sim.seed.job({ name: "tune-2", queue: "spot", definition: "tune", memoryMiB: 3_072 });
    await g.to({ hours: 3 });
    expect(g.names()).toEqual(["tune-1", "tune-1-r1", "tune-2"]);
    expect(await learned()).toMatchObject({ learnedMiB: 3_072, isProven: true });
  });

  it("is nothing where a person has written something else in its place", async () => {
    given(2_300);
    g.s.sim.seed.parameter({ name: memoryParameter("tune"), value: "ask Sam" });
    expect((await learned()).learnedMiB).toBeUndefined();
  });
});
