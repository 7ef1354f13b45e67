import { z } from "zod";

/**
 * What a job's container does, which AWS knows nothing of: how long it takes when nothing stops it, the memory it needs,
 * how it ends, and how often it keeps a checkpoint. Without checkpoints every attempt begins at the beginning.
 */
const program = z.object({
  takesMs: z.number(),
  needsMiB: z.number(),
  exitCode: z.number(),
  checkpointMs: z.number().optional(),
});

const resources = { vcpus: z.number(), memoryMiB: z.number(), gpus: z.number().optional() };

const retryStrategy = z.object({
  attempts: z.number().optional(),
  evaluateOnExit: z
    .array(
      z.object({
        onStatusReason: z.string().optional(),
        onReason: z.string().optional(),
        onExitCode: z.string().optional(),
        action: z.string(),
      }),
    )
    .optional(),
});

const jobDefinition = z.object({
  name: z.string(),
  revision: z.number(),
  arn: z.string(),
  ...resources,
  platform: z.enum(["EC2", "FARGATE"]),
  retryStrategy: retryStrategy.optional(),
  parameters: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  program,
});
export type JobDefinition = z.infer<typeof jobDefinition>;

/** A queue with its one compute environment. Every job has an instance to itself; on Fargate there are none. */
const jobQueue = z.object({
  name: z.string(),
  arn: z.string(),
  platform: z.enum(["EC2", "FARGATE"]),
  type: z.string(),
  zones: z.array(z.string()),
  spot: z.boolean(),
  /** The most that an instance of its has for a job. */
  memoryMiBMax: z.number(),
  /** It has a fair-share policy: every job names its share. */
  fairShare: z.boolean(),
  /** From when an instance runs until the work of its job goes on. */
  startsAfterMs: z.number(),
});
export type JobQueue = z.infer<typeof jobQueue>;

const attempt = z.object({
  startedAt: z.number().optional(),
  stoppedAt: z.number(),
  statusReason: z.string(),
  exitCode: z.number().optional(),
  reason: z.string().optional(),
  taskArn: z.string(),
});

const job = z.object({
  id: z.string(),
  arn: z.string(),
  name: z.string(),
  queue: z.string(),
  definition: z.string(),
  status: z.enum(["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"]),
  statusReason: z.string().optional(),
  attempts: z.array(attempt),
  createdAt: z.number(),
  startedAt: z.number().optional(),
  stoppedAt: z.number().optional(),
  exitCode: z.number().optional(),
  reason: z.string().optional(),
  isCancelled: z.boolean(),
  isTerminated: z.boolean(),
  dependsOn: z.array(z.string()),
  parameters: z.record(z.string(), z.string()),
  command: z.array(z.string()),
  environment: z.array(z.object({ name: z.string(), value: z.string() })),
  ...resources,
  retryStrategy,
  timeoutSeconds: z.number().optional(),
  tags: z.record(z.string(), z.string()),
  propagateTags: z.boolean(),
  share: z.string().optional(),
  priority: z.number().optional(),
  /** The instance it starts or runs on. */
  instance: z.string().optional(),
  /** It has been told of as what blocks its queue. */
  blocks: z.boolean(),
});
export type Job = z.infer<typeof job>;

/** The part of the world that Batch keeps. */
export const batchWorld = {
  jobDefinitions: z.record(z.string(), jobDefinition),
  jobQueues: z.record(z.string(), jobQueue),
  jobs: z.record(z.string(), job),
  /** The work that has been kept, in milliseconds, by the place that a job's parameter `checkpoint` names. */
  checkpoints: z.record(z.string(), z.number()),
};
