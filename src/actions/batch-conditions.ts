import { z } from "zod";
import { toMs } from "../clock.ts";
import { chainFrom } from "../policies/copies.ts";
import { defineCondition } from "../runbook/condition.ts";

/** How often a job that waits for spot is looked at: a slack is used up to within this. */
export const slackEvery = { minutes: 5 };

/** A dry spell that an execution, which has a day in all, can sit out. */
const waitHoursMax = 21;

/**
 * A job with a deadline waits no longer: it runs or has ended, its slack is used up, or it has waited for most of a day. One that starts is
 * looked at until it runs: so late a start on spot may leave no room for a loss.
 */
export const waitIsOver = defineCondition({
  id: "batch.wait-is-over",
  params: z.object({ job: z.string(), name: z.string() }),
  permissions: ["batch:DescribeJobs"],
  summary: ({ name }) => `${name} has found a place, or has no slack left`,
  holds: async ({ params: { job: id, name }, look }) => {
    const job = await look.batchJob(id);
    if (!job) return { holds: true, saw: `Batch does not know ${name} any more` };
    if (!["SUBMITTED", "PENDING", "RUNNABLE", "STARTING"].includes(job.status))
      return { holds: true, saw: `${name} is ${job.status}` };
    const slack = await look.jobSlack(job, toMs(slackEvery));
    if (slack.kind !== "seen") return { holds: true, saw: `${name} has no deadline that can be read` };
    const isStarting = job.status === "STARTING";
    const does = isStarting ? "starts on spot" : "waits for spot";
    const hasWaited = !isStarting && slack.waitedMs > toMs({ hours: waitHoursMax });
    const saw = `${name} ${does} with ${Math.max(0, Math.floor(slack.slackMs / 60_000))} min of slack`;
    return { holds: slack.goesTo === "on-demand" || hasWaited, saw };
  },
});

/** The work of a job goes on: in it, or in the copy that was to take its place. */
export const workGoesOn = defineCondition({
  id: "batch.work-goes-on",
  params: z.object({ job: z.string(), name: z.string(), as: z.string(), queue: z.string() }),
  permissions: ["batch:DescribeJobs", "batch:ListJobs"],
  summary: ({ name }) => `the work of ${name} goes on`,
  holds: async ({ params: { job: id, name, as, queue }, look }) => {
    const [job, copy] = await Promise.all([look.batchJob(id), look.jobNamed(queue, as)]);
    if (job?.status === "RUNNING" || job?.status === "SUCCEEDED")
      return { holds: true, saw: `${name} is ${job.status}` };
    if (job?.stopped && !copy) return { holds: true, saw: `somebody has stopped ${name}` };
    return await jobHasStarted.definition.holds({ params: { name: as, queue }, look });
  },
});

/** The copies of jobs have been submitted, whatever has become of them. */
export const copiesAreThere = defineCondition({
  id: "batch.copies-are-there",
  params: z.object({ copies: z.array(z.object({ as: z.string(), queue: z.string() })).max(20) }),
  permissions: ["batch:ListJobs"],
  summary: ({ copies }) => `${copies.map(({ as }) => as).join(", ")} submitted`,
  holds: async ({ params: { copies }, look }) => {
    const found = await Promise.all(copies.map(({ queue, as }) => look.jobNamed(queue, as)));
    const missing = copies.filter((_, i) => !found[i]).map(({ as }) => as);
    return {
      holds: missing.length === 0,
      saw: missing.length > 0 ? `there is no ${missing.join(", ")}` : "all are there",
    };
  },
});

/**
 * A copy of a job has found its place: it runs, or has run. Where it was lost before that, the copy after it counts as well;
 * and one that somebody has stopped needs none.
 */
export const jobHasStarted = defineCondition({
  id: "batch.job-has-started",
  params: z.object({ name: z.string(), queue: z.string() }),
  permissions: ["batch:ListJobs"],
  summary: ({ name }) => `${name} has started`,
  holds: async ({ params: { name, queue }, look }) => {
    let saw = `there is no ${name}`;
    for (const one of chainFrom(name)) {
      const job = await look.jobNamed(queue, one);
      if (!job) break;
      const { status, statusReason = "", startedAt, stopped } = job;
      if (status === "RUNNING" || status === "SUCCEEDED" || startedAt !== undefined) {
        return { holds: true, saw: `${one} is ${status}` };
      }
      // A queue's own time limit is nobody's wish: its job is submitted again.
      if (stopped && !statusReason.startsWith("Terminated by JobStateTimeLimit")) {
        return { holds: true, saw: `somebody has stopped ${one}` };
      }
      saw = `${one} is ${status}${statusReason && ` (${statusReason})`}`;
      if (status !== "FAILED") break;
    }
    return { holds: false, saw };
  },
});
