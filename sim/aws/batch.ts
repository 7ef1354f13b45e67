import type { DescribeJobsCommandOutput, ListJobsCommandOutput, SubmitJobCommandOutput } from "@aws-sdk/client-batch";
import { z } from "zod";
import { isFargateSize } from "../../src/policies/fargate-size.ts";
import { SimError, notSimulated } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, page, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { Job, JobDefinition, JobQueue } from "../world/batch.ts";
import { block, end, endAttempt, getReady, jobOn, lookAtQueue, prepare, run, stopJob } from "./batch-behaviour.ts";
import { describeJob, summarizeJob } from "./batch-describe.ts";

type Output<T> = Omit<T, "$metadata">;

const refused = (message: string): SimError => new SimError("ClientException", message);

/** A queue or a definition, by its name or its ARN. A definition without a revision is its latest. */
function queueNamed({ world }: Ground, given: string): JobQueue {
  const queue = Object.values(world.jobQueues).find(({ name, arn }) => name === given || arn === given);
  if (!queue) throw refused(`Job queue ${given} does not exist`);
  return queue;
}

function definitionNamed({ world }: Ground, given: string): JobDefinition {
  const name = given.replace(/^arn:.*:job-definition\//, "");
  const found = Object.values(world.jobDefinitions)
    .filter((one) => one.name === name || `${one.name}:${one.revision}` === name)
    .sort((a, b) => b.revision - a.revision);
  const [latest] = found;
  if (!latest) throw refused(`Job Definition with name ${given} does not exist.`);
  return latest;
}

function jobWith({ world }: Ground, id: string): Job {
  const job = world.jobs[id];
  if (!job) throw refused(`Job with id: ${id} does not exist`);
  return job;
}

const text = z.string().max(512);
const texts = z.record(z.string(), z.string());
const retryStrategy = z.strictObject({
  attempts: z.int().min(1).max(10),
  evaluateOnExit: z
    .array(
      z.strictObject({
        onStatusReason: text.optional(),
        onReason: text.optional(),
        onExitCode: text.optional(),
        action: z.string(),
      }),
    )
    .max(5)
    .optional(),
});

const submission = z.strictObject({
  jobName: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, "not a job name"),
  jobQueue: z.string(),
  jobDefinition: z.string(),
  shareIdentifier: z.string().optional(),
  schedulingPriorityOverride: z.int().min(0).max(9999).optional(),
  parameters: texts.default({}),
  containerOverrides: z
    .strictObject({
      command: z.array(z.string()).optional(),
      environment: z
        .array(
          z.strictObject({
            name: z.string().regex(/^(?!AWS_BATCH)/, "names that begin with AWS_BATCH are reserved"),
            value: z.string(),
          }),
        )
        .optional(),
      resourceRequirements: z
        .array(z.strictObject({ type: z.enum(["GPU", "MEMORY", "VCPU"]), value: z.string() }))
        .optional(),
    })
    .default({}),
  retryStrategy: retryStrategy.optional(),
  timeout: z.strictObject({ attemptDurationSeconds: z.int().min(60) }).optional(),
  dependsOn: z
    .array(z.strictObject({ jobId: z.string() }))
    .max(20)
    .default([]),
  tags: texts
    .refine((tags) => Object.keys(tags).every((key) => !key.startsWith("aws:")), "aws: is reserved")
    .default({}),
  propagateTags: z.boolean().default(false),
});

/** Takes a job in. There is no client token: what is submitted twice runs twice. */
export function submit(ground: Ground, given: z.output<typeof submission>): Job {
  const queue = queueNamed(ground, given.jobQueue);
  const definition = definitionNamed(ground, given.jobDefinition);
  const { containerOverrides, shareIdentifier, schedulingPriorityOverride } = given;
  const required = (type: string) =>
    Number(containerOverrides.resourceRequirements?.find((one) => one.type === type)?.value ?? NaN) || undefined;
  const size = {
    vcpus: required("VCPU") ?? definition.vcpus,
    memoryMiB: required("MEMORY") ?? definition.memoryMiB,
  };
  if (queue.fairShare !== (shareIdentifier !== undefined)) {
    throw refused(`shareIdentifier must ${queue.fairShare ? "" : "not "}be specified for job queue ${queue.name}`);
  }
  if (definition.platform === "FARGATE" && !isFargateSize(size)) {
    throw refused(`Fargate resource requirements (${size.vcpus} vCPU, ${size.memoryMiB} MiB) not valid.`);
  }
  const gpus = required("GPU") ?? definition.gpus;
  const id = ground.uuid();
  const job = ground.add<Job>(ground.world.jobs, id, {
    id,
    arn: ground.arn("batch", `job/${id}`),
    name: given.jobName,
    queue: queue.name,
    definition: `${definition.name}:${definition.revision}`,
    status: "SUBMITTED",
    attempts: [],
    createdAt: ground.now(),
    isCancelled: false,
    isTerminated: false,
    dependsOn: given.dependsOn.map(({ jobId }) => jobId),
    parameters: { ...definition.parameters, ...given.parameters },
    command: containerOverrides.command ?? ["run"],
    environment: containerOverrides.environment ?? [],
    ...size,
    ...(gpus !== undefined && { gpus }),
    retryStrategy: given.retryStrategy ?? definition.retryStrategy ?? {},
    ...(given.timeout && { timeoutSeconds: given.timeout.attemptDurationSeconds }),
    tags: given.tags,
    propagateTags: given.propagateTags,
    ...(shareIdentifier !== undefined && { share: shareIdentifier }),
    ...(schedulingPriorityOverride !== undefined && { priority: schedulingPriorityOverride }),
    blocks: false,
  });
  ground.later(1_000, "job-is-ready", id);
  return job;
}

/** As much of ListJobs as is asked for here: by status, or by name, which shows jobs of any status, the newest first. */
function listed(
  ground: Ground,
  { jobQueue, jobStatus = "RUNNING", filters = [] }: { jobQueue: string; jobStatus?: string; filters?: Filter[] },
): Job[] {
  const { name: queue } = queueNamed(ground, jobQueue);
  const jobs = Object.values(ground.world.jobs)
    .filter((job) => job.queue === queue)
    .sort((a, b) => b.createdAt - a.createdAt);
  const [filter] = filters;
  if (!filter) return jobs.filter(({ status }) => status === jobStatus);
  if (filters.length > 1) throw refused("Only one filter can be used at a time");
  if (filter.name !== "JOB_NAME") throw notSimulated(`filter ${filter.name} of batch:ListJobs`);
  const wanted = (filter.values[0] ?? "").toLowerCase();
  return jobs.filter(({ name }) =>
    wanted.endsWith("*") ? name.toLowerCase().startsWith(wanted.slice(0, -1)) : name.toLowerCase() === wanted,
  );
}

const filter = z.strictObject({ name: z.string(), values: z.array(z.string()).length(1) });
type Filter = z.output<typeof filter>;

const stopping = z.strictObject({ jobId: z.string(), reason: z.string().max(1024) });

/** Jobs, their queues and definitions. Not simulated: arrays, several nodes, EKS, timeouts, the limits on states. */
export const batch: SimulatedService = {
  name: "batch",
  target: "AWSBatchV20160810",
  wording: wording(
    {
      throttled: "TooManyRequestsException",
      denied: "AccessDeniedException",
      broken: "ServerException",
      invalid: "ClientException",
    },
    { throttled: 429, denied: 403 },
  ),
  operations: {
    SubmitJob: acts(submission, (ground, given): Output<SubmitJobCommandOutput> => {
      const { id, arn, name } = submit(ground, given);
      return { jobId: id, jobArn: arn, jobName: name };
    }),
    DescribeJobs: reads(
      z.strictObject({ jobs: z.array(z.string()).max(100) }),
      (ground, { jobs }): Output<DescribeJobsCommandOutput> => ({
        // Those it does not know are left out.
        jobs: jobs.flatMap((id) => {
          const job = ground.world.jobs[id];
          return job ? [describeJob(ground, job)] : [];
        }),
      }),
    ),
    ListJobs: reads(
      z.strictObject({
        jobQueue: z.string(),
        jobStatus: z.string().optional(),
        filters: z.array(filter).optional(),
        maxResults: z.int().min(1).optional(),
        nextToken: z.string().optional(),
      }),
      (ground, { maxResults = 100, nextToken, jobQueue, jobStatus, filters }): Output<ListJobsCommandOutput> => {
        const asked = { jobQueue, ...(jobStatus !== undefined && { jobStatus }), ...(filters && { filters }) };
        const { items, next } = page(listed(ground, asked), maxResults, nextToken);
        const jobSummaryList = items.map((job) => summarizeJob(ground, job));
        return { jobSummaryList, ...(next !== undefined && { nextToken: next }) };
      },
    ),
    TerminateJob: acts(stopping, (ground, { jobId, reason }) => {
      stopJob(ground, jobWith(ground, jobId), reason, "terminate");
      return {};
    }),
    CancelJob: acts(stopping, (ground, { jobId, reason }) => {
      stopJob(ground, jobWith(ground, jobId), reason, "cancel");
      return {};
    }),
  },
  hears: {
    "instance-running": (ground, instanceId) => {
      const job = jobOn(ground, instanceId);
      if (job) prepare(ground, job);
    },
    "instance-dying": (ground, instanceId) => {
      const job = jobOn(ground, instanceId);
      if (job) endAttempt(ground, job, { statusReason: `Host EC2 (instance ${instanceId}) terminated.` });
    },
  },
  due: {
    "job-is-ready": (ground, { of }) => getReady(ground, of),
    "job-queue-looks": (ground, { of }) => lookAtQueue(ground, of),
    "job-queue-blocks": (ground, { of }) => block(ground, of),
    "job-starts": (ground, { of, within }) => {
      const job = ground.world.jobs[of];
      if (job && job.instance === within) run(ground, job);
    },
    "job-ends": (ground, { of, within }) => end(ground, of, within),
  },
};
