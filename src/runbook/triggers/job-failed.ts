import { causeOf } from "../../policies/classify-job.ts";
import { resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";

/** What has happened to a Batch job. What Batch says of it is looked up again when a plan is made. */
export type JobLost =
  | { readonly how: "failed"; readonly job: string; readonly name: string }
  /** Batch takes back the capacity that a service job had borrowed. */
  | { readonly how: "preempted"; readonly job: string; readonly name: string }
  /** It blocks its queue, and time does not mend it. */
  | { readonly how: "misplaced"; readonly job: string; readonly name: string; readonly why: string };

const inWords = {
  failed: "has failed",
  preempted: "loses the capacity it had borrowed",
  misplaced: "can find no place in its queue",
};
const title = ({ how, name }: JobLost): string => `Batch job ${name} ${inWords[how]}`;

/**
 * A Batch job has failed, and Batch will not try it again. One that somebody stopped is no trouble, and one that wants memory
 * is another's: see `jobOutOfMemory`.
 */
export const jobFailed = defineTrigger<JobLost>({
  id: "batch-job-failed",
  title,
  match: (signal) => {
    if (signal.kind !== "batch-job" || signal.status !== "FAILED") return undefined;
    const cause = causeOf(signal);
    if (cause.kind === "stopped" || cause.kind === "out-of-memory") return undefined;
    const { id: job, name } = signal.job;
    // A failed job stays failed: to start it again is to make another one.
    return { root: resource.job(job), once: true, signal: { how: "failed", job, name } };
  },
});

/** Batch takes capacity back that a training job had borrowed. */
export const jobPreempted = defineTrigger<JobLost>({
  id: "batch-job-preempted",
  title,
  match: (signal) => {
    if (signal.kind !== "batch-preemption") return undefined;
    const job = signal.job.split("/").at(-1) ?? signal.job;
    return { root: resource.job(job), signal: { how: "preempted", job, name: job } };
  },
});

/** The job at the head of a queue finds no place there, for another reason than want of capacity. */
export const jobMisplaced = defineTrigger<JobLost>({
  id: "batch-job-misplaced",
  title,
  match: (signal) => {
    if (signal.kind !== "batch-queue-blocked" || signal.cause === "capacity") return undefined;
    const { id: job, name } = signal.job;
    return { root: resource.job(job), signal: { how: "misplaced", job, name, why: signal.reason.slice(0, 300) } };
  },
});
