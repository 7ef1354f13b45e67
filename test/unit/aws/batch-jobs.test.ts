import type { JobDetail } from "@aws-sdk/client-batch";
import { expect, it } from "vitest";
import { copyOf } from "../../../src/aws/batch-jobs.ts";

const arn = (kind: string, name: string) => `arn:aws:batch:us-east-2:123456789012:${kind}/${name}`;
const job = (more: Partial<JobDetail> = {}): JobDetail => ({
  jobArn: arn("job", "1"),
  jobId: "1",
  jobName: "embed-1",
  jobQueue: arn("job-queue", "spot"),
  jobDefinition: arn("job-definition", "embed:7"),
  status: "FAILED",
  startedAt: undefined,
  ...more,
});
const copy = (more: Partial<JobDetail> = {}, how: object = {}) =>
  copyOf(job(more), { as: "embed-1-r1", queue: arn("job-queue", "spot"), key: "k", ...how });

it("a copy is asked for with nothing that Batch would refuse", () => {
  const { containerOverrides, tags } = copy({
    container: {
      command: [],
      environment: [
        { name: "AWS_BATCH_JQ_NAME", value: "spot" },
        { name: "SHARD", value: "12" },
      ],
    },
    tags: { "aws:cloudformation:stack-name": "jobs", team: "search" },
  });
  expect(containerOverrides).toEqual({
    command: undefined,
    environment: [{ name: "SHARD", value: "12" }],
    resourceRequirements: undefined,
  });
  expect(Object.keys(tags ?? {})).not.toContain("aws:cloudformation:stack-name");
  expect(tags).toMatchObject({ team: "search", remediates: "1" });
});

it("a priority goes along only within a share", () => {
  expect(copy({ schedulingPriority: 0 })).not.toHaveProperty("schedulingPriorityOverride");
  expect(copy({ shareIdentifier: "research", schedulingPriority: 3 })).toMatchObject({
    shareIdentifier: "research",
    schedulingPriorityOverride: 3,
  });
});

it("retries go along as they were, and not those that Batch would not take back", () => {
  const retryStrategy = { attempts: 3, evaluateOnExit: [{ onReason: "*", action: "EXIT" as const }] };
  expect(copy({ retryStrategy }).retryStrategy).toEqual(retryStrategy);
  expect(copy({ retryStrategy: { evaluateOnExit: [] } }).retryStrategy).toBeUndefined();
});

it("a size takes the place of the job's, whether a new or an old definition gave it, and leaves its GPUs", () => {
  const size = { vcpus: 2, memoryMiB: 3_072 };
  const grown = [
    { type: "MEMORY", value: "3072" },
    { type: "VCPU", value: "2" },
  ];
  const resourceRequirements = [
    { type: "VCPU" as const, value: "1" },
    { type: "MEMORY" as const, value: "2048" },
    { type: "GPU" as const, value: "1" },
  ];
  const required = (container: object) => copy({ container }, { size }).containerOverrides?.resourceRequirements;
  expect(required({ resourceRequirements })).toEqual([{ type: "GPU", value: "1" }, ...grown]);
  expect(required({ memory: 2_048, vcpus: 1 })).toEqual(grown);
});

it("a copy in another queue says that it was moved, and one of a job with a deadline what is done", () => {
  expect(copy({}, { queue: arn("job-queue", "on-demand") }).tags).toMatchObject({ "paramedic:moved": "true" });
  const tags = {
    "paramedic:deadline": "2026-11-22T12:00:00Z",
    "paramedic:work-minutes": "240",
    "paramedic:checkpoint-minutes": "30",
  };
  const attempts = [{ startedAt: 1_764_000_000_000, stoppedAt: 1_764_004_200_000 }];
  expect(copy({ tags, attempts, createdAt: 1_763_999_000_000 }).tags).toMatchObject({
    ...tags,
    "paramedic:done-minutes": "60",
    "paramedic:since": "1763999000000",
  });
});
