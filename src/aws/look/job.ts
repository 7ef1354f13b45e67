import type { JobDetail } from "@aws-sdk/client-batch";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { toMs } from "../../clock.ts";
import { deadlineOf, hasDeadline, mustGoOnDemand, slackMs } from "../../policies/job-deadline.ts";
import type { BatchJobSeen, BatchQueue, JobLook, JobSlack, TrainingSeen } from "../../runbook/look/job.ts";
import type { Settings } from "../../settings.ts";
import { defined } from "../../signals/if-readable.ts";
import { batchJobFacts } from "../../signals/batch-job.ts";
import { trainingFacts } from "../../signals/sagemaker-training.ts";
import { describeJob, latestNamed } from "../batch-jobs.ts";
import { readLearned } from "../learned-memory.ts";
import { describeTraining } from "../training-jobs.ts";
import { waitingJobs } from "../waiting-jobs.ts";
import type { Needs } from "./needs.ts";

export const jobLookPermissions = [
  "batch:DescribeJobs",
  "batch:ListJobs",
  "sagemaker:DescribeTrainingJob",
  "sagemaker:ListTags",
  "ssm:GetParameter",
] as const;

/** Jobs as Batch and SageMaker show them, read as their events are: what is decided on is the same, whoever said it. */
export function jobLook({ aws, settings, clock }: Needs): JobLook {
  return {
    async batchJob(id) {
      const found = await describeJob(aws.batch, id);
      return found && toSeen(found);
    },
    async jobNamed(queue, name) {
      const found = await latestNamed(aws.batch, queue, name);
      if (found?.jobId === undefined || found.status === undefined) return undefined;
      const { jobId: id, status, statusReason, startedAt, isCancelled = false, isTerminated = false } = found;
      return defined({ id, status, statusReason, startedAt, stopped: isCancelled || isTerminated });
    },
    batchQueue: (arn) => Promise.resolve(queueIn(settings, arn)),
    jobSlack: (job, againMs) => Promise.resolve(slackOf(job, queueIn(settings, job.job.queue), clock.now(), againMs)),
    waitingJobs: () => waitingJobs(aws.batch, settings, clock.now()),
    trainingJob: (name) => readTraining(aws.sagemaker, name),
    async familyMemory(family) {
      const value = (await readLearned(aws.ssm, family))?.value;
      const { memoryMiBMax, learnedDays: days } = settings.batch;
      if (!value || value.expiresAt <= clock.now()) return { memoryMiBMax, days };
      return { memoryMiBMax, days, learnedMiB: value.memoryMiB, isProven: value.isProven };
    },
  };
}

function toSeen(job: JobDetail): BatchJobSeen {
  const { arrayProperties, nodeProperties, container, ecsProperties, eksProperties } = job;
  return {
    ...batchJobFacts.parse(job),
    retryStrategy: job.retryStrategy ?? {},
    fargate: job.platformCapabilities?.includes("FARGATE") ?? false,
    simple: container !== undefined && !arrayProperties && !nodeProperties && !ecsProperties && !eksProperties,
  };
}

function queueIn({ batch }: Settings, arn: string): BatchQueue {
  const found = batch.queues.find(({ spot, onDemand }) => spot === arn || onDemand === arn);
  if (!found) return { market: "unknown" };
  const { spot, onDemand, instanceType, restartMinutes } = found;
  const market = spot === arn ? "spot" : "on-demand";
  return { market, onDemand, instanceType, restartMs: toMs({ minutes: restartMinutes }) };
}

function slackOf(job: BatchJobSeen, queue: BatchQueue, now: number, againMs: number): JobSlack {
  if (!hasDeadline(job.tags)) return { kind: "none" };
  const deadline = deadlineOf(job, now);
  if (typeof deadline === "string") return { kind: "unreadable", why: deadline };
  if (queue.market === "unknown") return { kind: "unreadable", why: "its queue is not in the settings" };
  const { restartMs } = queue;
  return {
    kind: "seen",
    slackMs: slackMs(deadline, now, restartMs),
    mustGoOnDemand: mustGoOnDemand(deadline, now, { restartMs, againMs }),
    waitedMs: now - (job.attempts.at(-1)?.stoppedAt ?? job.createdAt ?? now),
  };
}

async function readTraining(sagemaker: SageMakerClient, name: string): Promise<TrainingSeen | undefined> {
  const found = await describeTraining(sagemaker, name);
  // As JSON, its times are written like those of events.
  return found && trainingFacts.parse({ ...JSON.parse(JSON.stringify(found.job)), Tags: found.tags });
}
