import { beforeEach, describe, expect, it } from "vitest";
import { resubmitJob } from "../../../src/actions/resubmit-job.ts";
import { pricesOf, publicPrices } from "../../../src/prices.ts";
import { changes, type Given, given, hand, type Hand } from "./given.ts";

let g: Given;
let job: string;
let queue: string;
const again = (more: object = {}): Hand =>
  hand(g, resubmitJob, resubmitJob.definition.params.parse({ job, name: "tune-1", as: "tune-1-r1", queue, ...more }));
beforeEach(() => {
  g = given();
  queue = g.sim.seed.jobQueue({ name: "spot", spot: true, fairShare: true }).arn;
  g.sim.seed.jobDefinition({ name: "tune", takes: { hours: 1 } });
  job = g.sim.seed.job({
    name: "tune-1",
    queue: "spot",
    definition: "tune",
    share: "research",
    tags: { team: "chat" },
    environment: [{ name: "EPOCHS", value: "3" }],
  }).id;
  g.clock.advance(600_000);
});
const lose = () => g.sim.call("ec2", "TerminateInstances", { InstanceIds: [g.sim.world.jobs[job]?.instance] });
const copies = () => Object.values(g.sim.world.jobs).filter(({ id }) => id !== job);

describe("a copy", () => {
  it("is what the job was, its share and tags included, and says whose copy it is", async () => {
    await lose();
    const hand = again();
    await hand.do(await hand.before());
    expect(copies()).toEqual([
      expect.objectContaining({
        name: "tune-1-r1",
        definition: "tune:1",
        share: "research",
        environment: [{ name: "EPOCHS", value: "3" }],
        tags: {
          team: "chat",
          paramedic: "act",
          remediates: job,
          "paramedic:copy": "1",
          "paramedic:tries": "1",
          "paramedic:step": "c0ffee000000-1-0",
        },
      }),
    ]);
  });

  it("is not taken for another step's", async () => {
    await lose();
    const other = hand(
      g,
      resubmitJob,
      resubmitJob.definition.params.parse({ job, name: "x", as: "tune-1-r1", queue }),
      "k-2",
    );
    await other.do(await other.before());
    const mine = again();
    expect(await mine.probe(await mine.before())).toEqual({ applied: false });
    expect(await mine.do(await mine.before())).toMatchObject({ ours: false });
    expect(copies()).toHaveLength(1);
  });
});

describe("no copy is made", () => {
  it("of a job that goes on", async () => {
    expect(await again().do(await again().before())).toEqual({ job: null, ours: false, why: "it is RUNNING" });
    expect(changes(g)).toEqual([]);
  });

  it("of a job that somebody has stopped, but of one that this incident has ended", async () => {
    await g.sim.call("batch", "TerminateJob", { jobId: job, reason: "wrong data" });
    const before = await again().before();
    expect(await again().do(before)).toMatchObject({ job: null, why: "somebody wanted its end" });
    const earlier = [{ action: "batch.terminate-job", out: { terminated: true } }];
    expect(await again().do(before, { earlier })).toMatchObject({ ours: true });
  });

  it("of a job that failed by itself, or for want of memory without more of it", async () => {
    Object.assign(g.sim.world.jobs[job] ?? {}, { status: "FAILED", exitCode: 3 });
    expect(await again().do(null)).toMatchObject({ job: null, why: expect.stringContaining("exit code 3") });
    const reason = "OutOfMemoryError: Container killed due to memory usage";
    Object.assign(g.sim.world.jobs[job] ?? {}, { exitCode: 137, reason });
    expect(await again().do(null)).toMatchObject({ job: null });
    expect(await again({ size: { vcpus: 2, memoryMiB: 3_000 } }).do(null)).toMatchObject({ ours: true });
  });
});

describe("its price", () => {
  const { costs } = resubmitJob.definition;
  const prices = pricesOf({ ...publicPrices, instances: { "g5.xlarge": { onDemand: 1.006 } } });
  const params = (more: object = {}) => ({ job, name: "x", as: "y", queue, unlessItRuns: false, ...more });
  const fargate = { vcpus: 1, memoryMiB: 2_048, fargate: true };

  it("is that of its size on Fargate, grown or not", () => {
    expect(costs?.({ params: params(), before: fargate, prices })).toBeCloseTo(0.04937, 5);
    const size = { vcpus: 2, memoryMiB: 4_096 };
    expect(costs?.({ params: params({ size }), before: fargate, prices })).toBeCloseTo(0.09874, 5);
  });

  it("is that of the instance which the settings name for its queue, and not known without", () => {
    const on = (market: string) => params({ runsOn: { instanceType: "g5.xlarge", market } });
    const ec2 = { ...fargate, fargate: false };
    expect(costs?.({ params: on("on-demand"), before: ec2, prices })).toBe(1.006);
    expect(costs?.({ params: on("spot"), before: ec2, prices })).toBeUndefined();
    expect(costs?.({ params: params(), before: ec2, prices })).toBeUndefined();
  });
});

it("a person may give it less memory than planned, but more than it had, and nothing else", () => {
  const before = { vcpus: 2, memoryMiB: 2_048, fargate: false };
  const base = { job: "1", name: "tune-1", as: "tune-1-r1", queue: "q", unlessItRuns: false };
  const planned = { ...base, size: { vcpus: 2, memoryMiB: 4_096 } };
  const mayBe = (asked: object) =>
    resubmitJob.definition.narrows?.({ planned, asked: { ...planned, ...asked }, before });
  expect(mayBe({ size: { vcpus: 2, memoryMiB: 3_000 } })).toBe(true);
  expect(mayBe({ size: { vcpus: 2, memoryMiB: 2_048 } })).toBe(false);
  expect(mayBe({ size: { vcpus: 2, memoryMiB: 5_000 } })).toBe(false);
  expect(mayBe({ size: { vcpus: 4, memoryMiB: 4_096 } })).toBe(false);
  expect(mayBe({ size: undefined })).toBe(false);
  expect(mayBe({ queue: "other" })).toBe(false);
});
