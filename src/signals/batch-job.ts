import { z } from "zod";
import { arn } from "./arn.ts";
import { event, type FromEvent, sentence, toFromEvent, word } from "./event.ts";
import { type Exit, exitFields, hostIn, toExit } from "./exit.ts";
import { defined, eachReadable, ifReadable } from "./if-readable.ts";
import { moment } from "./moment.ts";
import { numberText } from "./number-text.ts";

/** A Batch job went to another status. There is no event for its submission. */
export interface BatchJob extends FromEvent {
  readonly kind: "batch-job";
  /** It runs, and we have seen that it should run elsewhere: Batch does not say that. */
  readonly misplaced?: true;
  readonly job: BatchJobIdentity;
  readonly status: "SUBMITTED" | "PENDING" | "RUNNABLE" | "STARTING" | "RUNNING" | "SUCCEEDED" | "FAILED";
  readonly statusReason?: string;
  /** Oldest first. Empty until one has ended. */
  readonly attempts: readonly BatchAttempt[];
  /** How the main container ended, as of the last attempt. */
  readonly exit: Exit;
  /** The last attempt, or the main container, ended for want of memory. */
  readonly outOfMemory: boolean;
  /** The EC2 instance whose end is why the job, or its last attempt, ended. */
  readonly instanceId?: string;
  /** How many attempts its retry strategy allows, the first included. */
  readonly attemptsMax: number;
  /** How many Batch may still make by itself. A failed job has used them up, or its strategy gave up before: then none. */
  readonly attemptsLeft: number;
  /** Somebody wanted its end: nothing is to be healed. */
  readonly stopped: boolean;
  /** It is one of an array, or the array, or spans several nodes: a copy of it cannot be found again by its name. */
  readonly many: boolean;
  readonly memoryMiB?: number;
  readonly vcpus?: number;
  readonly gpus?: number;
  readonly share?: string;
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface BatchJobIdentity {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  /** The ARN. */
  readonly queue: string;
  /** The ARN, with the revision. */
  readonly definition: string;
}

export interface BatchAttempt {
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly statusReason?: string;
  readonly exits: readonly Exit[];
}

const exit = z.object(exitFields).transform(toExit);

/** An attempt has one container, or containers (EKS), or tasks with containers (several containers on ECS). */
const attempt = z.lazy(() =>
  z
    .object({
      startedAt: ifReadable(moment),
      stoppedAt: ifReadable(moment),
      statusReason: ifReadable(sentence),
      container: ifReadable(exit),
      containers: eachReadable(exit),
      taskProperties: eachReadable(z.object({ containers: eachReadable(exit) })),
    })
    .transform(({ container, containers, taskProperties, ...said }): BatchAttempt =>
      defined({
        ...said,
        exits: [
          ...(container ? [container] : []),
          ...containers,
          ...taskProperties.flatMap(({ containers }) => containers),
        ],
      }),
    ),
);

const container = z.lazy(() =>
  z
    .object({
      ...exitFields,
      // Where definitions from before `resourceRequirements` keep them.
      memory: ifReadable(numberText),
      vcpus: ifReadable(numberText),
      resourceRequirements: eachReadable(z.object({ type: word, value: numberText })),
    })
    .transform(({ memory, vcpus, resourceRequirements, ...said }) => {
      const required = Object.fromEntries(resourceRequirements.map(({ type, value }) => [type, value]));
      return {
        exit: toExit(said),
        memoryMiB: required["MEMORY"] ?? memory,
        vcpus: required["VCPU"] ?? vcpus,
        gpus: required["GPU"],
      };
    }),
);

/** The fields that name a job, in each of Batch's events about one. */
export const batchJobFields = {
  jobId: word,
  jobArn: arn("batch", "job"),
  jobName: word,
  jobQueue: arn("batch", "job-queue"),
  jobDefinition: arn("batch", "job-definition"),
};

export function toBatchJobIdentity(said: z.infer<z.ZodObject<typeof batchJobFields>>): BatchJobIdentity {
  const { jobId: id, jobArn: arn, jobName: name, jobQueue: queue, jobDefinition: definition } = said;
  return { id, arn, name, queue, definition };
}

const properties = ifReadable(z.record(z.string(), z.unknown()));

const detail = z.lazy(() =>
  z.object({
    ...batchJobFields,
    status: z.enum(["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"]),
    statusReason: ifReadable(sentence),
    attempts: eachReadable(attempt),
    container: ifReadable(container),
    retryStrategy: ifReadable(z.object({ attempts: ifReadable(z.int().positive()) })),
    // What could have been a wish is taken for one: a job that nobody wants must not be started again.
    isCancelled: z.boolean().nullish().catch(true),
    isTerminated: z.boolean().nullish().catch(true),
    arrayProperties: properties,
    nodeProperties: properties,
    shareIdentifier: ifReadable(word),
    createdAt: ifReadable(moment),
    startedAt: ifReadable(moment),
    stoppedAt: ifReadable(moment),
    tags: z.record(z.string(), z.string()).catch({}),
  }),
);

/** What Batch says of a job: in its events, and in the answer of DescribeJobs, which is made alike. */
export type BatchJobFacts = Omit<BatchJob, keyof FromEvent | "kind">;

/**
 * Reads what Batch says of a job. What follows on a job that failed is decided by how its last attempt ended: a host that
 * was lost, memory, capacity, or the job itself.
 *
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html
 */
export const batchJobFacts = detail.transform((said): BatchJobFacts => {
  const { status, statusReason, attempts, container } = said;
  const last = attempts.at(-1);
  const exit = container?.exit ?? toExit({});
  const attemptsMax = said.retryStrategy?.attempts ?? 1;
  const ended = status === "SUCCEEDED" || status === "FAILED";
  return defined({
    job: toBatchJobIdentity(said),
    status,
    statusReason,
    attempts,
    exit,
    outOfMemory: exit.outOfMemory || (last?.exits.some(({ outOfMemory }) => outOfMemory) ?? false),
    instanceId: hostIn(statusReason) ?? hostIn(last?.statusReason),
    attemptsMax,
    attemptsLeft: ended ? 0 : Math.max(0, attemptsMax - attempts.length),
    stopped: said.isCancelled === true || said.isTerminated === true,
    many: [said.arrayProperties, said.nodeProperties].some((one) => one && Object.keys(one).length > 0),
    memoryMiB: container?.memoryMiB,
    vcpus: container?.vcpus,
    gpus: container?.gpus,
    share: said.shareIdentifier,
    createdAt: said.createdAt,
    startedAt: said.startedAt,
    stoppedAt: said.stoppedAt,
    tags: said.tags,
  });
});

/**
 * `Batch Job State Change`.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html
 */
export const batchJob = event
  .extend({ detail: batchJobFacts })
  .transform(({ detail: facts, ...rest }): BatchJob => ({ kind: "batch-job", ...toFromEvent(rest), ...facts }));
