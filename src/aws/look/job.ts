import type { JobDetail } from "@aws-sdk/client-batch";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { toMs } from "../../clock.ts";
import { deadlineOf, hasDeadline, slackMs } from "../../policies/job-deadline.ts";
import { type Place, placeFor } from "../../policies/job-place.ts";
import { see, type Seen } from "../../policies/spot-supply.ts";
import type { BatchJobSeen, BatchQueue, JobLook, JobSlack, TrainingSeen } from "../../runbook/look/job.ts";
import type { Settings } from "../../settings.ts";
import { defined } from "../../signals/if-readable.ts";
import { type BatchJobFacts, batchJobFacts } from "../../signals/batch-job.ts";
import { trainingFacts } from "../../signals/sagemaker-training.ts";
import { describeJob, latestNamed } from "../batch-jobs.ts";
import { readLearned } from "../learned-memory.ts";
import { describeTraining } from "../training-jobs.ts";
import { pricesOf } from "../../prices.ts";
import { readSupply, spotZones, supplyTable } from "../spot-supply.ts";
import { runningJobs, waitingJobs } from "../waiting-jobs.ts";
import type { Needs } from "./needs.ts";

export const jobLookPermissions = [
  "batch:DescribeJobs",
  "batch:ListJobs",
  "dynamodb:GetItem",
  "ec2:GetSpotPlacementScores",
  "sagemaker:DescribeTrainingJob",
  "sagemaker:ListTags",
  "ssm:GetParameter",
] as const;

/** Jobs as Batch and SageMaker show them, read as their events are: what is decided on is the same, whoever said it. */
export function jobLook({ aws, settings, clock }: Needs): JobLook {
  const prices = pricesOf(settings.prices);
  const slackOf = async (job: BatchJobFacts, againMs: number): Promise<JobSlack> => {
    const now = clock.now();
    if (!hasDeadline(job.tags)) return { kind: "none" };
    const deadline = deadlineOf(job, now);
    if (typeof deadline === "string") return { kind: "unreadable", why: deadline };
    const queue = queueIn(settings, job.job.queue);
    if (queue.market === "unknown") return { kind: "unreadable", why: "its queue is not in the settings" };
    const { restartMs, instanceType } = queue;
    const sums = await readSupply(supplyTable(aws, settings), instanceType);
    const waitedMs = now - (job.attempts.at(-1)?.stoppedAt ?? job.createdAt ?? now);
    const place = placeOf(job, queue.market, waitedMs);
    // What was seen before it lost its place is what is gone.
    const isOld = place === "lost" && sums !== undefined && sums.atH * 3_600_000 < now - waitedMs;
    const supply = isOld ? see(sums, await seenNow(instanceType, queue.spot)) : sums;
    const goesTo = placeFor(deadline, now, place, {
      restartMs,
      againMs,
      supply,
      spotPrice: prices.instanceHour(instanceType, "spot") ?? usualPrices.spot,
      onDemandPrice: prices.instanceHour(instanceType, "on-demand") ?? usualPrices.onDemand,
    });
    return { kind: "seen", slackMs: slackMs(deadline, now, restartMs), goesTo, waitedMs };
  };
  const seenNow = async (instanceType: string, spotQueue: string): Promise<Seen> => ({
    atH: clock.now() / 3_600_000,
    available: await spotZones(aws.ec2, instanceType, spotQueue.split(":")[3] ?? ""),
  });
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
    jobSlack: slackOf,
    async misplacedJobs(againMs) {
      const running = await runningJobs(aws.batch, settings, clock.now());
      const slacks = await Promise.all(running.map((job) => slackOf(job, againMs)));
      return running.flatMap((job, i) => {
        const [slack, queue] = [slacks[i], queueIn(settings, job.job.queue)];
        const isMisplaced = slack?.kind === "seen" && queue.market !== "unknown" && slack.goesTo !== queue.market;
        return isMisplaced ? [{ ...job, misplaced: true as const }] : [];
      });
    },
    spotZones: (instanceType, region) => spotZones(aws.ec2, instanceType, region),
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
    dependsOn: (job.dependsOn ?? []).flatMap(({ jobId }) => jobId ?? []),
    simple: container !== undefined && !arrayProperties && !nodeProperties && !ecsProperties && !eksProperties,
  };
}

function queueIn({ batch }: Settings, arn: string): BatchQueue {
  const found = batch.queues.find(({ spot, onDemand }) => spot === arn || onDemand === arn);
  if (!found) return { market: "unknown" };
  const { spot, onDemand, instanceType, restartMinutes } = found;
  const market = spot === arn ? "spot" : "on-demand";
  return { market, spot, onDemand, instanceType, restartMs: toMs({ minutes: restartMinutes }) };
}

/** Only their ratio matters: of the GPU types most save two thirds on spot. */
const usualPrices = { spot: 1, onDemand: 3 };

/** Batch looks for a place every half minute or so: what has waited for longer than this has looked in vain. */
const looksMs = 3 * 60_000;

function placeOf({ status }: BatchJobFacts, market: "spot" | "on-demand", waitedMs: number): Place {
  if (status === "STARTING" && market === "spot") return "starting";
  if (status === "RUNNING" || status === "STARTING") return market;
  return waitedMs < looksMs ? "lost" : "waiting";
}

async function readTraining(sagemaker: SageMakerClient, name: string): Promise<TrainingSeen | undefined> {
  const found = await describeTraining(sagemaker, name);
  // As JSON, its times are written like those of events.
  return found && trainingFacts.parse({ ...JSON.parse(JSON.stringify(found.job)), Tags: found.tags });
}
