import { z } from "zod";
import { type BatchJobIdentity, batchJobFields, toBatchJobIdentity } from "./batch-job.ts";
import { event, type FromEvent, sentence, toFromEvent } from "./event.ts";

/** The job at the head of a queue cannot be placed, and all behind it wait. */
export interface BatchQueueBlocked extends FromEvent {
  readonly kind: "batch-queue-blocked";
  /** The one at the head. */
  readonly job: BatchJobIdentity;
  /** `capacity` may pass by itself; `misconfiguration` never does. */
  readonly cause: "capacity" | "misconfiguration" | "unknown";
  /** `CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY`, `MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT` and others. */
  readonly code?: string;
  readonly reason: string;
}

/**
 * `Batch Job Queue Blocked`. Its detail is that of a job, and the reason begins with a code where Batch knows it.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/batch-job-queue-blocked-events.html
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
 */
export const batchQueueBlocked = event
  .extend({ detail: z.lazy(() => z.object({ ...batchJobFields, statusReason: sentence.catch("") })) })
  .transform(({ detail: said, ...rest }): BatchQueueBlocked => {
    const [code, area] = /^([A-Z]+):[A-Z_]+/.exec(said.statusReason) ?? [];
    return {
      kind: "batch-queue-blocked",
      ...toFromEvent(rest),
      job: toBatchJobIdentity(said),
      cause: area === "CAPACITY" ? "capacity" : area === "MISCONFIGURATION" ? "misconfiguration" : "unknown",
      ...(code !== undefined && { code }),
      reason: said.statusReason,
    };
  });
