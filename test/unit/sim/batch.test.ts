import {
  CancelJobCommand,
  DescribeJobsCommand,
  ListJobsCommand,
  SubmitJobCommand,
  TerminateJobCommand,
  type SubmitJobCommandInput,
} from "@aws-sdk/client-batch";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { batchJob } from "../../../src/signals/batch-job.ts";
import { batchQueueBlocked } from "../../../src/signals/batch-queue-blocked.ts";
import { first, given, only } from "./given.ts";

let g: ReturnType<typeof given>;
beforeEach(() => {
  g = given();
  g.sim.seed.jobQueue({ name: "spot", spot: true });
  g.sim.seed.jobDefinition({ name: "embed", takes: { minutes: 30 } });
});
const submit = async (more: Partial<SubmitJobCommandInput> = {}) => {
  const input = { jobName: "embed-1", jobQueue: "spot", jobDefinition: "embed", ...more };
  return (await g.batch.send(new SubmitJobCommand(input))).jobId ?? "";
};
const describeJob = async (id: string) => only((await g.batch.send(new DescribeJobsCommand({ jobs: [id] }))).jobs);
const minutes = (count: number) => g.clock.advance(count * 60_000);
const hostOf = (id: string) => g.sim.world.jobs[id]?.instance ?? "";
const statuses = () =>
  g
    .told("Batch Job State Change")
    .map(({ detail }) => z.object({ status: z.string(), statusReason: z.string().optional() }).parse(detail));

describe("a job", () => {
  it("goes its way to its end on an instance of its own, and says every step of it but the first", async () => {
    const id = await submit();
    expect(await describeJob(id)).toMatchObject({ status: "SUBMITTED", jobName: "embed-1", attempts: [] });
    minutes(40);
    expect(statuses().map(({ status }) => status)).toEqual(["RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]);
    const job = await describeJob(id);
    expect(job).toMatchObject({ status: "SUCCEEDED", container: { exitCode: 0 }, isTerminated: false });
    expect((job.stoppedAt ?? 0) - (job.startedAt ?? 0)).toBe(30 * 60_000);
    expect(Object.values(g.sim.world.instances).map(({ state }) => state)).toEqual(["terminated"]);
  });

  it("tells of itself in events that the bot reads", async () => {
    await submit({ tags: { "paramedic:service": "embed" } });
    minutes(1);
    expect(batchJob.parse(first(g.told("Batch Job State Change")))).toMatchObject({
      status: "RUNNABLE",
      job: { name: "embed-1", queue: "arn:aws:batch:us-east-2:123456789012:job-queue/spot" },
      memoryMiB: 2_048,
      attemptsLeft: 1,
      stopped: false,
      tags: { "paramedic:service": "embed" },
    });
  });

  it("fails with its host, of which only a text tells", async () => {
    const id = await submit();
    minutes(5);
    const host = hostOf(id);
    g.sim.spot.interrupt(host);
    minutes(3);
    expect(await describeJob(id)).toMatchObject({
      status: "FAILED",
      statusReason: `Host EC2 (instance ${host}) terminated.`,
      attempts: [{ statusReason: `Host EC2 (instance ${host}) terminated.` }],
    });
    expect((await describeJob(id)).container?.exitCode).toBeUndefined();
  });

  it("is killed when it needs more memory than it has, and the reason says so", async () => {
    g.sim.seed.jobDefinition({ name: "tune", needsMiB: 3_000 });
    const id = await submit({ jobDefinition: "tune" });
    minutes(40);
    expect(await describeJob(id)).toMatchObject({
      status: "FAILED",
      container: { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" },
    });
    const again = await submit({
      jobDefinition: "tune",
      containerOverrides: { resourceRequirements: [{ type: "MEMORY", value: "3072" }] },
    });
    minutes(40);
    expect(await describeJob(again)).toMatchObject({ status: "SUCCEEDED" });
  });

  it("goes on from its last checkpoint, where it keeps any", async () => {
    g.sim.seed.jobDefinition({ name: "tune", takes: { minutes: 60 }, checkpointEvery: { minutes: 10 } });
    const id = await submit({ jobDefinition: "tune", parameters: { checkpoint: "s3://tune/1" } });
    minutes(27);
    g.sim.spot.interrupt(hostOf(id));
    minutes(3);
    const again = await submit({ jobDefinition: "tune", parameters: { checkpoint: "s3://tune/1" } });
    minutes(60);
    const { startedAt = 0, stoppedAt = 0, status } = await describeJob(again);
    expect(status).toBe("SUCCEEDED");
    expect(stoppedAt - startedAt).toBe(40 * 60_000);
  });

  it("is the one among many that is found by its name, in any case, whatever became of it", async () => {
    const id = await submit();
    await submit({ jobName: "embed-10" });
    const list = async (name: string) =>
      (
        await g.batch.send(new ListJobsCommand({ jobQueue: "spot", filters: [{ name: "JOB_NAME", values: [name] }] }))
      ).jobSummaryList?.map(({ jobName }) => jobName);
    await g.batch.send(new CancelJobCommand({ jobId: id, reason: "no need" }));
    expect(await list("EMBED-1")).toEqual(["embed-1"]);
    expect(await list("embed-1*")).toHaveLength(2);
    expect((await g.batch.send(new ListJobsCommand({ jobQueue: "spot" }))).jobSummaryList).toEqual([]);
  });
});

describe("a retry strategy", () => {
  it("puts a job back into its queue as long as attempts are left", async () => {
    const id = await submit({ retryStrategy: { attempts: 2 } });
    minutes(5);
    g.sim.spot.interrupt(hostOf(id));
    minutes(3);
    expect(await describeJob(id)).toMatchObject({ status: expect.stringMatching(/STARTING|RUNNING/), attempts: [{}] });
    g.sim.spot.interrupt(hostOf(id));
    minutes(3);
    expect(await describeJob(id)).toMatchObject({ status: "FAILED", attempts: [{}, {}] });
  });

  it("gives up where a rule says so, and tries again where none does", async () => {
    g.sim.seed.jobDefinition({ name: "broken", exitCode: 3, takes: { minutes: 2 } });
    const strategy = { attempts: 3, evaluateOnExit: [{ onExitCode: "3", action: "EXIT" as const }] };
    const left = await submit({ jobDefinition: "broken", retryStrategy: strategy });
    const other = { attempts: 3, evaluateOnExit: [{ onExitCode: "4", action: "EXIT" as const }] };
    const tried = await submit({ jobDefinition: "broken", retryStrategy: other });
    minutes(20);
    expect((await describeJob(left)).attempts).toHaveLength(1);
    expect((await describeJob(tried)).attempts).toHaveLength(3);
  });
});

describe("a queue without room", () => {
  it("lets its jobs wait, says that it is blocked for want of capacity, and starts them when there is some", async () => {
    for (const zone of ["us-east-2a", "us-east-2b"]) {
      g.sim.seed.pool({ type: "g5.xlarge", zone, market: "spot", count: 0 });
    }
    const id = await submit();
    minutes(15);
    expect(await describeJob(id)).toMatchObject({ status: "RUNNABLE" });
    expect(batchQueueBlocked.parse(only(g.told("Batch Job Queue Blocked")))).toMatchObject({
      cause: "capacity",
      job: { id },
    });
    g.sim.seed.pool({ type: "g5.xlarge", zone: "us-east-2b", market: "spot", count: 1 });
    minutes(3);
    expect(await describeJob(id)).toMatchObject({ status: "RUNNING" });
  });

  it("says that it is misconfigured when a job asks for more than any instance has", async () => {
    const resourceRequirements = [{ type: "MEMORY" as const, value: "65536" }];
    await submit({ containerOverrides: { resourceRequirements } });
    minutes(15);
    expect(batchQueueBlocked.parse(only(g.told("Batch Job Queue Blocked")))).toMatchObject({
      cause: "misconfiguration",
    });
  });
});

describe("somebody who wants a job's end", () => {
  it("stops what runs by terminating it, and it is not tried again", async () => {
    const id = await submit({ retryStrategy: { attempts: 3 } });
    minutes(5);
    await g.batch.send(new CancelJobCommand({ jobId: id, reason: "too late to cancel" }));
    expect(await describeJob(id)).toMatchObject({ status: "RUNNING", isCancelled: false });
    await g.batch.send(new TerminateJobCommand({ jobId: id, reason: "wrong data" }));
    expect(await describeJob(id)).toMatchObject({ status: "FAILED", isTerminated: true, statusReason: "wrong data" });
    await g.batch.send(new TerminateJobCommand({ jobId: id, reason: "again" }));
    expect(await describeJob(id)).toMatchObject({ statusReason: "wrong data" });
  });

  it("takes what waits out of the queue, and what depends on it fails too", async () => {
    const id = await submit();
    const next = await submit({ dependsOn: [{ jobId: id }] });
    minutes(1);
    expect(await describeJob(next)).toMatchObject({ status: "PENDING" });
    await g.batch.send(new TerminateJobCommand({ jobId: id, reason: "wrong data" }));
    minutes(1);
    expect(await describeJob(next)).toMatchObject({ status: "FAILED" });
  });
});

it.each([
  ["a queue that does not exist", { jobQueue: "none" }],
  ["a definition that does not exist", { jobDefinition: "none:3" }],
  ["a name that is none", { jobName: "a job" }],
  ["a share where the queue has no shares", { shareIdentifier: "research" }],
  [
    "an environment that is Batch's own",
    { containerOverrides: { environment: [{ name: "AWS_BATCH_JQ_NAME", value: "x" }] } },
  ],
  ["a tag that is AWS's own", { tags: { "aws:batch": "x" } }],
])("refuses %s", async (_, input) => {
  await expect(submit(input)).rejects.toMatchObject({ name: "ClientException" });
});

it("refuses a size that Fargate does not have", async () => {
  g.sim.seed.jobQueue({ name: "fargate", platform: "FARGATE" });
  g.sim.seed.jobDefinition({ name: "small", platform: "FARGATE", vcpus: 1, memoryMiB: 2_048 });
  const sized = (value: string) =>
    submit({
      jobQueue: "fargate",
      jobDefinition: "small",
      containerOverrides: { resourceRequirements: [{ type: "MEMORY", value }] },
    });
  await expect(sized("2500")).rejects.toMatchObject({ name: "ClientException" });
  const id = await sized("3072");
  minutes(40);
  expect(await describeJob(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(Object.keys(g.sim.world.instances)).toEqual([]);
});
