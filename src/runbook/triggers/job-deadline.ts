import { causeOf } from "../../policies/classify-job.ts";
import { copiesOf, copyTags } from "../../policies/copies.ts";
import { hasDeadline, isUrgent } from "../../policies/job-deadline.ts";
import type { BatchJob } from "../../signals/batch-job.ts";
import { resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";

/** A job that has, or may have, a deadline waits for capacity or has lost what it had. */
export interface DeadlineAtRisk {
  readonly job: string;
  readonly name: string;
}

/**
 * A job with a deadline was interrupted and waits for spot again, waits with little slack left, or has failed for a reason
 * outside of it; or it works on spot or on demand and should be on the other. Or the job at the head of a queue finds no capacity, and may have a deadline: that event does not say.
 *
 * A job that has just been submitted and has slack is no incident yet: most find spot within minutes.
 */
export const deadlineAtRisk = defineTrigger<DeadlineAtRisk>({
  id: "batch-deadline-at-risk",
  title: ({ name }) => `Batch job ${name} has a deadline, and not the right place`,
  match: (signal) => {
    const isHeadOfQueue = signal.kind === "batch-queue-blocked" && signal.cause === "capacity";
    const isAtRisk = signal.kind === "batch-job" && (hasLostItsHost(signal) || isInTheWrongPlace(signal));
    if (!isHeadOfQueue && !isAtRisk) return undefined;
    const { id: job, name } = signal.job;
    return { root: resource.job(job), signal: { job, name } };
  },
});

const hasLostItsHost = (job: BatchJob): boolean =>
  hasDeadline(job.tags) && job.status === "FAILED" && ["host", "capacity"].includes(causeOf(job).kind);

function isInTheWrongPlace(job: BatchJob): boolean {
  // What was moved on demand has nothing better to wait for.
  if (job.misplaced) return true;
  if (job.status !== "RUNNABLE" || !hasDeadline(job.tags) || copyTags.moved in job.tags) return false;
  return job.attempts.length > 0 || copiesOf(job.tags) > 0 || isUrgent(job, job.at);
}
