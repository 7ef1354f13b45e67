import { copiesAreThere, jobHasStarted } from "../src/actions/batch-conditions.ts";
import { priced, resubmitJob } from "../src/actions/resubmit-job.ts";
import { causeOf } from "../src/policies/classify-job.ts";
import { batchNameLength, copiesMax, nextName, triesOf } from "../src/policies/copies.ts";
import { hasDeadline } from "../src/policies/job-deadline.ts";
import { whyFailed, whyLeft } from "../src/policies/try-again.ts";
import type { BatchJobSeen } from "../src/runbook/look/job.ts";
import type { Look } from "../src/runbook/look.ts";
import { say, skip, until } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { jobFailed, jobMisplaced, jobPreempted } from "../src/runbook/triggers/job-failed.ts";

/**
 * Starts a job again that failed for a reason outside of it: its host was taken, or there was no capacity in time.
 *
 * What failed by itself is left as it is, and the incident says why: trying again would cost money and fail again. Batch
 * tries again by itself as far as a job's retry strategy says; this comes after that, when Batch has given up.
 */
export const retryJob = defineRunbook({
  id: "retry-job",
  summary: "Starts jobs again that failed for want of capacity or a host",
  on: [jobFailed, jobPreempted, jobMisplaced],
  lane: "slow",
  uses: [resubmitJob, jobHasStarted, copiesAreThere],
  // As many as a large fleet loses at once. More than that in an hour is no matter of single jobs.
  limit: { runs: 100, within: { hours: 1 } },

  async plan({ signal, look }) {
    switch (signal.how) {
      case "preempted":
        return skip(`Batch takes back what ${signal.name} had borrowed, and queues it again by itself`);
      case "misplaced":
        return skip(`${signal.name} blocks its queue until a person mends one of the two: ${signal.why}`);
      case "failed":
        return await again(signal.job, look);
    }
  },
});

async function again(id: string, look: Look) {
  const job = await look.batchJob(id);
  if (!job) return skip(`Batch does not know job ${id} any more`);
  const { name, queue } = job.job;
  if (job.status !== "FAILED") return skip(`${name} is ${job.status}: Batch is at work on it`);

  const after = causeOf(job).kind === "dependency" ? await failedBefore(job, look) : [];
  const left = after.length > 0 ? undefined : whyLeft(job);
  if (left !== undefined) return skip(left);
  const why = whyFailed(job);
  if (triesOf(job.tags) >= copiesMax) return skip(`${why}, for the ${copiesMax + 1}th time: ${otherPlace}`);

  const as = nextName(name, job.tags, batchNameLength);
  if (after.length > 0) {
    const copies = after.map(({ as, queue }) => ({ as, queue }));
    return [
      // Each of them is another incident, which may wait for people.
      until(`${copies.map((copy) => copy.as).join(" and ")} submitted`, copiesAreThere({ copies }), {
        every: { minutes: 1 },
        within: { hours: 6 },
      }),
      resubmitJob({ job: id, name, as, queue, after, ...(await priced(look, queue)) }),
    ];
  }
  return [
    ...(job.instanceId !== undefined && job.attemptsMax === 1 ? [say(`${why}. ${advice}`)] : []),
    resubmitJob({ job: id, name, as, queue, ...(await priced(look, queue)) }),
    // A spot shortage of more than six hours is for people, and for keep-deadline before that.
    until(`${as} starts`, jobHasStarted({ name: as, queue }), { every: { minutes: 5 }, within: { hours: 6 } }),
  ];
}

/**
 * The failed jobs that a job depended on, and under what names they are submitted again. None if any of them is not: then
 * the job would wait for nothing. One with a deadline goes from queue to queue, and is not waited for.
 */
async function failedBefore(job: BatchJobSeen, look: Look, depth = 1): Promise<Before[]> {
  const seen = await Promise.all(job.dependsOn.map((id) => look.batchJob(id)));
  const failed = seen.flatMap((one) => (one?.status === "FAILED" ? one : []));
  const again = await Promise.all(
    failed.map(async (one) => {
      const isNext = causeOf(one).kind === "dependency";
      const comes = isNext ? depth < depthMax && (await failedBefore(one, look, depth + 1)).length > 0 : !whyLeft(one);
      return comes && one.simple && !hasDeadline(one.tags) && triesOf(one.tags) < copiesMax;
    }),
  );
  if (again.includes(false) || !job.simple) return [];
  return failed.map((one) => ({
    job: one.job.id,
    as: nextName(one.job.name, one.tags, batchNameLength),
    queue: one.job.queue,
  }));
}

type Before = { job: string; as: string; queue: string };

/** How long a chain of failed jobs is followed back. */
const depthMax = 10;

const otherPlace = "it needs other capacity, and a person";
const advice =
  "Batch would have started it again by itself with three attempts and the rules " +
  '{onStatusReason: "Host EC2*", action: RETRY}, {onReason: "*", action: EXIT}.';
