import { afterEach, describe, expect, it } from "vitest";
import { retryJob } from "../../runbooks/retry-job.ts";
import { changed } from "../support/episodes.ts";
import { jobStack, type JobStack } from "../support/jobs.ts";
import { settingsOf } from "../support/stack.ts";

let g: JobStack;
afterEach(() => g.s.close());

const auto = { settings: settingsOf({ autonomy: { "retry-job": "auto" } }), runbooks: [retryJob] };
const given = (options = {}) => {
  g = jobStack({ ...auto, ...options });
  g.s.sim.seed.jobDefinition({ name: "embed", takes: { hours: 1 } });
  return g;
};
const embed = (more: object = {}) =>
  g.s.sim.seed.job({ name: "embed-1", queue: "spot", definition: "embed", parameters: { shard: "12" }, ...more });

describe("jobs that depended on one that lost its host", () => {
  const after = async (jobName: string, ...jobIds: string[]) => {
    const asked = { jobName, jobQueue: "spot", jobDefinition: "embed", dependsOn: jobIds.map((jobId) => ({ jobId })) };
    await g.s.sim.call("batch", "SubmitJob", asked);
    return g.jobNamed(jobName).id;
  };

  it("are submitted again in order, each behind the copy of the one before", async () => {
    given();
    const merge = await after("merge", embed().id);
    await after("report", merge);
    await g.to({ minutes: 10 });
    g.s.sim.faults.add({ service: "batch", operation: "SubmitJob", kind: "lost-response", times: 2 });
    await g.takeHost("embed-1");
    await g.to({ hours: 6 });

    expect(g.names().toSorted()).toEqual(["embed-1", "embed-1-r1", "merge", "merge-r1", "report", "report-r1"]);
    expect(g.jobNamed("merge-r1").dependsOn).toEqual([g.jobNamed("embed-1-r1").id]);
    expect(g.jobNamed("report-r1").dependsOn).toEqual([g.jobNamed("merge-r1").id]);
    expect(g.jobNamed("report-r1").status).toBe("SUCCEEDED");
    expect(await g.outcomes("retry-job")).toEqual(Array(3).fill("healed: every step was done"));
  });

  it("are left as they are when another that they depended on is", async () => {
    given();
    const other = g.s.sim.seed.job({ name: "embed-2", queue: "spot", definition: "embed" });
    await after("merge", embed().id, other.id);
    await g.to({ minutes: 10 });
    await g.s.sim.call("batch", "TerminateJob", { jobId: other.id, reason: "wrong data" });
    await g.takeHost("embed-1");
    await g.to({ hours: 1 });
    expect(g.names()).not.toContain("merge-r1");
  });
});

describe("a job that lost its host", () => {
  it("is submitted again as it was, and runs", async () => {
    given();
    const job = embed({ tags: { team: "search" }, environment: [{ name: "SHARD", value: "12" }] });
    await g.to({ minutes: 10 });
    await g.takeHost("embed-1");
    await g.to({ hours: 3 });

    expect(await g.outcomes("retry-job")).toEqual(["healed: every step was done"]);
    expect(g.names()).toEqual(["embed-1", "embed-1-r1"]);
    const copy = g.jobNamed("embed-1-r1");
    const { queue, definition, parameters, environment, command, vcpus, memoryMiB } = job;
    expect(copy).toMatchObject({ queue, definition, parameters, environment, command, vcpus, memoryMiB });
    expect(copy).toMatchObject({ status: "SUCCEEDED", tags: { team: "search", remediates: job.id } });
    expect(changed(g.s)).toEqual(["SubmitJob"]);
    expect(g.s.pages).toEqual([]);
  });

  it("is told of with what would have made Batch do it", async () => {
    given();
    embed();
    await g.to({ minutes: 10 });
    await g.takeHost("embed-1");
    await g.to({ hours: 1 });
    const [incident] = await g.incidents();
    const story = (await g.s.world.stories.read(incident?.id ?? "")).map(({ text }) => text.replace(/i-\w+/g, "i-1"));
    expect(story[0]).toBe("Plan: submit embed-1 again as embed-1-r1.");
    expect(story[1]).toMatch(/^embed-1 failed because its host i-1 is gone\. Batch would have started it again/);
    expect(story).toContain("embed-1-r1 starts: embed-1-r1 is RUNNING.");
  });

  it("is submitted again three times at most", async () => {
    given();
    embed();
    for (const name of ["embed-1", "embed-1-r1", "embed-1-r2", "embed-1-r3"]) {
      await g.to({ minutes: (g.s.clock.now() - Date.UTC(2026, 10, 22, 3)) / 60_000 + 10 });
      await g.takeHost(name);
    }
    await g.to({ hours: 3 });
    expect(g.names()).toEqual(["embed-1", "embed-1-r1", "embed-1-r2", "embed-1-r3"]);
    expect((await g.outcomes("retry-job")).at(-1)).toMatch(/^skipped: .+ for the 4th time: it needs other capacity/);
  });

  it("is left to Batch while attempts are left, and submitted again when they are used up", async () => {
    given();
    g.s.sim.seed.jobDefinition({ name: "embed", takes: { hours: 1 }, retryStrategy: { attempts: 2 } });
    embed();
    await g.to({ minutes: 10 });
    await g.takeHost("embed-1");
    await g.to({ minutes: 20 });
    expect(await g.outcomes("retry-job")).toEqual([]);
    expect(g.jobNamed("embed-1").status).toBe("RUNNING");

    await g.takeHost("embed-1");
    await g.to({ hours: 2 });
    expect(await g.outcomes("retry-job")).toEqual(["healed: every step was done"]);
    expect(g.jobNamed("embed-1-r1").retryStrategy).toEqual({ attempts: 2, evaluateOnExit: [] });
  });

  it("is left where its owner has said that it is not to be tried again", async () => {
    given();
    const evaluateOnExit = [{ onStatusReason: "Host EC2*", action: "EXIT" }];
    g.s.sim.seed.jobDefinition({ name: "embed", retryStrategy: { attempts: 3, evaluateOnExit } });
    embed();
    await g.to({ minutes: 10 });
    await g.takeHost("embed-1");
    expect(await g.outcomes("retry-job")).toEqual([expect.stringMatching(/^skipped: .+ says to give up then$/)]);
  });

  it("has its copy taken back, and people are paged, when no capacity comes for six hours", async () => {
    given();
    embed();
    await g.to({ minutes: 10 });
    for (const zone of ["us-east-2a", "us-east-2b"]) {
      g.s.sim.seed.pool({ type: "g5.xlarge", zone, market: "spot", count: 0 });
    }
    await g.takeHost("embed-1");
    await g.to({ hours: 7 });
    expect(await g.outcomes("retry-job")).toEqual([
      expect.stringMatching(/^undone: embed-1-r1 starts: not within 6 h; embed-1-r1 is RUNNABLE \(CAPACITY:/),
    ]);
    expect(g.jobNamed("embed-1-r1")).toMatchObject({ status: "FAILED", isTerminated: true });
    expect(g.s.pages).toHaveLength(1);
    // The end of the copy is ours, and no reason for another.
    expect(g.names()).toHaveLength(2);
  });

  it("is submitted again once when the answer to that is lost", async () => {
    given();
    g.s.sim.faults.add({ service: "batch", operation: "SubmitJob", kind: "lost-response", times: 1 });
    embed();
    await g.to({ minutes: 10 });
    await g.takeHost("embed-1");
    await g.to({ hours: 3 });
    expect(g.names()).toEqual(["embed-1", "embed-1-r1"]);
    expect(await g.outcomes("retry-job")).toEqual(["healed: every step was done"]);
  });

  it("may be stopped by a person while it waits again, and nobody is paged", async () => {
    given();
    embed();
    await g.to({ minutes: 10 });
    for (const zone of ["us-east-2a", "us-east-2b"]) {
      g.s.sim.seed.pool({ type: "g5.xlarge", zone, market: "spot", count: 0 });
    }
    await g.takeHost("embed-1");
    await g.s.sim.call("batch", "CancelJob", { jobId: g.jobNamed("embed-1-r1").id, reason: "not needed" });
    await g.to({ hours: 7 });
    expect(await g.outcomes("retry-job")).toEqual(["healed: every step was done"]);
    expect(g.s.pages).toEqual([]);
  });

  it("is left to whoever has submitted it again before", async () => {
    given();
    const job = embed();
    await g.to({ minutes: 10 });
    g.s.sim.seed.job({
      name: "embed-1-r1",
      queue: "spot",
      definition: "embed",
      tags: { remediates: job.id },
    });
    await g.takeHost("embed-1");
    await g.to({ hours: 2 });
    expect(g.names()).toEqual(["embed-1", "embed-1-r1"]);
    expect(await g.outcomes("retry-job")).toEqual(["healed: every step was done"]);
  });
});

describe("a job that is left as it is", () => {
  const why = async () => (await g.outcomes("retry-job"))[0];

  it("failed by itself", async () => {
    given();
    g.s.sim.seed.jobDefinition({ name: "embed", exitCode: 3 });
    embed();
    await g.to({ hours: 1 });
    expect(await why()).toBe(
      "skipped: embed-1 failed because it ended with exit code 3 (Essential container in task exited): left as it is",
    );
    expect(changed(g.s)).toEqual([]);
  });

  it("was stopped by somebody, which is no trouble at all", async () => {
    given();
    const { id } = embed();
    await g.to({ minutes: 10 });
    await g.s.sim.call("batch", "TerminateJob", { jobId: id, reason: "Host EC2 is too dear" });
    await g.to({ minutes: 12 });
    expect(g.jobNamed("embed-1").status).toBe("FAILED");
    expect(await g.incidents()).toEqual([]);
  });

  it("depended on another that failed", async () => {
    given();
    const first = embed();
    await g.s.sim.call("batch", "SubmitJob", {
      jobName: "merge",
      jobQueue: "spot",
      jobDefinition: "embed",
      dependsOn: [{ jobId: first.id }],
    });
    await g.to({ minutes: 10 });
    await g.s.sim.call("batch", "TerminateJob", { jobId: first.id, reason: "wrong data" });
    await g.to({ minutes: 12 });
    expect(await why()).toBe("skipped: merge failed because a job that it depends on has failed: left as it is");
  });

  it("is not known to Batch any more", async () => {
    given();
    const { id } = embed();
    await g.to({ minutes: 10 });
    g.s.sim.spot.interrupt(g.jobNamed("embed-1").instance ?? "");
    await g.s.runTo({ minutes: 13 });
    delete g.s.sim.world.jobs[id];
    await g.to({ minutes: 14 });
    expect(await why()).toBe(`skipped: Batch does not know job ${id} any more`);
  });
});

it("a service job whose capacity Batch takes back is left to Batch, which queues it again", async () => {
  given();
  g.events.push({
    version: "0",
    id: "p-1",
    "detail-type": "Batch Service Job Preemption Started",
    source: "aws.batch",
    account: "123456789012",
    time: new Date(g.s.clock.now()).toISOString(),
    region: "us-east-2",
    resources: [],
    detail: {
      preemptedJobArn: "arn:aws:batch:us-east-2:123456789012:service-job/51f245a9-2995-4a53-bced-7b3c00028f84",
      status: "RUNNING",
      statusReason: "PREEMPTION_IN_PROGRESS: Cross-share preemption triggered to reclaim borrowed capacity",
    },
  });
  await g.to({ minutes: 1 });
  expect(await g.outcomes("retry-job")).toEqual([expect.stringMatching(/^skipped: .+ queues it again by itself$/)]);
});

it("a job that no instance of its queue can hold is told of, with Batch's own reason", async () => {
  given();
  g.s.sim.seed.jobDefinition({ name: "embed", memoryMiB: 65_536 });
  embed();
  await g.to({ hours: 1 });
  expect(await g.outcomes("retry-job")).toEqual([
    expect.stringMatching(/^skipped: embed-1 blocks its queue .+: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/),
  ]);
});
