import { z } from "zod";
import { arn } from "./arn.ts";
import { event, type FromEvent, sentence, toFromEvent, word } from "./event.ts";
import { defined, ifReadable } from "./if-readable.ts";

/** Batch takes capacity that a SageMaker training job had borrowed, and will queue the job again by itself. */
export interface BatchPreemption extends FromEvent {
  readonly kind: "batch-preemption";
  readonly phase: "started" | "completed";
  /** The ARN of the service job. */
  readonly job: string;
  readonly status?: string;
  readonly reason?: string;
  /** How often it has been preempted so far. Known when completed. */
  readonly preemptions?: number;
}

const detail = z.lazy(() =>
  z.object({
    preemptedJobArn: arn("batch", "service-job"),
    status: ifReadable(word),
    statusReason: ifReadable(sentence),
    preemptionSummary: ifReadable(z.object({ preemptedAttemptCount: ifReadable(z.int().nonnegative()) })),
  }),
);

/**
 * `Batch Service Job Preemption Started` and `… Completed`: training under the quota shares of a Batch queue.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/batch-service-job-preemption-events.html
 */
export const batchPreemption = (phase: BatchPreemption["phase"]) =>
  event.extend({ detail }).transform(({ detail: said, ...rest }): BatchPreemption =>
    defined({
      kind: "batch-preemption",
      ...toFromEvent(rest),
      phase,
      job: said.preemptedJobArn,
      status: said.status,
      reason: said.statusReason,
      preemptions: said.preemptionSummary?.preemptedAttemptCount,
    }),
  );
