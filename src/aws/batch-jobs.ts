import {
  type BatchClient,
  DescribeJobsCommand,
  type JobDetail,
  type JobSummary,
  ListJobsCommand,
  type SubmitJobCommandInput,
} from "@aws-sdk/client-batch";
import { copiesOf, copyTags, growthsOf, triesOf } from "../policies/copies.ts";
import type { Size } from "../policies/fargate-size.ts";
import { carriedOn } from "../policies/job-deadline.ts";
import { batchJobFacts } from "../signals/batch-job.ts";

/** A job in Batch's own words. `undefined`: Batch does not know it any more, or never has. */
export async function describeJob(batch: BatchClient, id: string): Promise<JobDetail | undefined> {
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [id] }));
  return jobs[0];
}

/** The latest job of a name in a queue, whatever became of it. Not those of an array, nor the nodes of one. */
export async function latestNamed(batch: BatchClient, jobQueue: string, name: string): Promise<JobSummary | undefined> {
  let nextToken: string | undefined;
  do {
    const answer = await batch.send(
      new ListJobsCommand({ jobQueue, filters: [{ name: "JOB_NAME", values: [name] }], nextToken }),
    );
    // The filter does not look at the case.
    const found = answer.jobSummaryList?.find(({ jobName }) => jobName === name);
    if (found) return found;
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return undefined;
}

/** The copy of a job that has this name, and whether this very step has submitted it. */
export async function copyNamed(
  batch: BatchClient,
  { queue, as, job, key }: { queue: string; as: string; job: string; key: string },
): Promise<{ id: string; ours: boolean } | undefined> {
  const named = await latestNamed(batch, queue, as);
  const found = named?.jobId === undefined ? undefined : await describeJob(batch, named.jobId);
  if (found?.jobId === undefined || found.tags?.[copyTags.of] !== job) return undefined;
  return { id: found.jobId, ours: found.tags[copyTags.step] === key };
}

/**
 * What submits a job again as it was: its definition with the revision, parameters, command, environment, resources, retries,
 * time limit, share and tags. Of what it depended on `dependsOn` says what is left: what has succeeded no longer matters.
 *
 * What Batch shows of a job is what it ran with, its definition's values included, so all of it can go into overrides. Its
 * secrets, volumes and roles come from the definition.
 */
export function copyOf(
  job: JobDetail,
  { as, queue, key, size, dependsOn }: { as: string; queue: string; key: string; size?: Size; dependsOn?: string[] },
): SubmitJobCommandInput {
  const { container = {}, tags = {} } = job;
  const environment = container.environment?.filter(({ name }) => !name?.startsWith("AWS_BATCH"));
  // Batch refuses rules without a number of attempts.
  const retries = job.retryStrategy?.attempts === undefined ? undefined : job.retryStrategy;
  const own = Object.entries(tags).filter(([name]) => !name.startsWith("aws:"));
  return {
    jobName: as,
    jobQueue: queue,
    jobDefinition: job.jobDefinition,
    parameters: job.parameters,
    containerOverrides: {
      command: container.command?.length ? container.command : undefined,
      environment: environment?.length ? environment : undefined,
      resourceRequirements: sized(job, size),
    },
    retryStrategy: retries,
    ...(dependsOn?.length && { dependsOn: dependsOn.map((jobId) => ({ jobId })) }),
    timeout: job.timeout,
    // A priority is one within a share.
    ...(job.shareIdentifier !== undefined && {
      shareIdentifier: job.shareIdentifier,
      schedulingPriorityOverride: job.schedulingPriority,
    }),
    propagateTags: job.propagateTags,
    tags: {
      ...Object.fromEntries(own.filter(([name]) => name !== copyTags.moved)),
      ...carriedOn(batchJobFacts.parse(job), job.stoppedAt ?? 0),
      // What the bot has submitted the bot may also end: see its permissions.
      paramedic: "act",
      [copyTags.of]: job.jobId ?? "",
      [copyTags.count]: String(copiesOf(tags) + 1),
      [copyTags.tries]: String(queue === job.jobQueue ? triesOf(tags) + 1 : 0),
      // There and back is where it was.
      ...((queue !== job.jobQueue) !== copyTags.moved in tags && { [copyTags.moved]: "true" }),
      ...(size && { [copyTags.grown]: String(growthsOf(tags) + 1) }),
      [copyTags.step]: key,
    },
  };
}

/** What it requires, with another size if one is given. `memory` and `vcpus` of old definitions cannot be overridden by themselves. */
function sized({ container = {} }: JobDetail, size: Size | undefined) {
  const required = container.resourceRequirements ?? [];
  if (!size) return required.length > 0 ? required : undefined;
  const others = required.filter(({ type }) => type !== "MEMORY" && type !== "VCPU");
  return [
    ...others,
    { type: "MEMORY" as const, value: String(size.memoryMiB) },
    { type: "VCPU" as const, value: String(size.vcpus) },
  ];
}
