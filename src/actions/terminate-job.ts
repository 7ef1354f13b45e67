import { SubmitJobCommand, TerminateJobCommand } from "@aws-sdk/client-batch";
import { z } from "zod";
import { copyNamed, copyOf, describeJob } from "../aws/batch-jobs.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const ended = z.object({ terminated: z.literal(true) });

const hasEnded = (status: string | undefined): boolean => status === "SUCCEEDED" || status === "FAILED";

const over = (terminated: boolean) => ({ applied: true as const, out: { terminated } });

/** What is shown as the reason of the job's end, and by which the end is known as this step's. */
const reasonOf = (why: string, key: string): string => `${why.slice(0, 900)} (Paramedic ${key})`;

/**
 * Ends a Batch job: what runs gets SIGTERM and thirty seconds, what waits leaves its queue.
 *
 * Nothing brings an ended job back. The undo submits a copy of it, which begins where its checkpoints are, or at the beginning.
 */
export const terminateJob = defineAction({
  id: "batch.terminate-job",
  summary: ({ name, unlessItRuns }) => `terminate Batch job ${name}${unlessItRuns ? ", unless it runs by then" : ""}`,
  params: z.object({
    /** Its id, and what it is called. */
    job: z.string(),
    name: z.string(),
    /** People read it as the reason of its end. */
    why: z.string(),
    /** A job that runs by then is left in its place. One that only starts has nothing to lose yet. */
    unlessItRuns: z.boolean().default(false),
    /** The name of the copy that an undo submits. */
    as: z.string(),
  }),
  permissions: ["batch:DescribeJobs", "batch:ListJobs", "batch:SubmitJob", "batch:TagResource", "batch:TerminateJob"],
  touches: ({ job }) => [resource.job(job)],
  do: async ({ params: { job: id, why, unlessItRuns }, aws, key }) => {
    const job = await describeJob(aws.batch, id);
    if (!job || hasEnded(job.status) || job.isTerminated) return { terminated: false };
    if (unlessItRuns && job.status === "RUNNING") return { terminated: false };
    await aws.batch.send(new TerminateJobCommand({ jobId: id, reason: reasonOf(why, key) }));
    return { terminated: true };
  },
  probe: async ({ params: { job: id, why }, aws, key }) => {
    const job = await describeJob(aws.batch, id);
    if (job?.isTerminated !== true) return hasEnded(job?.status ?? "FAILED") ? over(false) : { applied: false };
    // While it goes down the reason may not show yet: asked for in the very moment in which we did, it is taken for ours.
    return over(!hasEnded(job.status) || job.statusReason === reasonOf(why, key));
  },
  undo: async ({ params: { job: id, as }, aws, key, out }) => {
    if (!ended.safeParse(out).success) return;
    const job = await describeJob(aws.batch, id);
    // It had come to its own end before ours reached it.
    if (!job?.jobQueue || job.status === "SUCCEEDED") return;
    const again = { as, queue: job.jobQueue, key };
    if (await copyNamed(aws.batch, { ...again, job: id })) return;
    await aws.batch.send(new SubmitJobCommand(copyOf(job, again)));
  },
  verify: {
    // SIGTERM, thirty seconds, SIGKILL, and what it takes Batch to see that.
    within: { minutes: 3 },
    every: { seconds: 10 },
    holds: async ({ params, aws, out }) =>
      !ended.safeParse(out).success || hasEnded((await describeJob(aws.batch, params.job))?.status ?? "FAILED"),
  },
});
