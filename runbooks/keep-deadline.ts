import { slackEvery, waitIsOver, workGoesOn } from "../src/actions/batch-conditions.ts";
import { priced, resubmitJob } from "../src/actions/resubmit-job.ts";
import { terminateJob } from "../src/actions/terminate-job.ts";
import { batchNameLength, copiesMax, nextName, triesOf } from "../src/policies/copies.ts";
import { whyFailed, whyLeft } from "../src/policies/try-again.ts";
import { say, skip, until } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { deadlineAtRisk } from "../src/runbook/triggers/job-deadline.ts";

/**
 * Keeps the deadline of a Batch job at the least cost: on spot or waiting for it while that is safe and worth while, on demand
 * when it is not, and back to spot when there is some again (`keepDeadline`, by what was seen of the supply). Several zones come
 * first, and are its queue's: Batch looks in all of them.
 *
 * A job says in its tags when it has to be over and how long it takes: `paramedic:deadline`, `paramedic:work-minutes` and
 * `paramedic:checkpoint-minutes`, see src/policies/job-deadline.ts. Its queue is in the settings, under `batch.queues`.
 *
 * The plan is made, and approved if people are asked, when the job loses its place, long before its slack is used up: so
 * nobody has to be found in the minute that decides. A job that is moved is told to stop (SIGTERM, thirty seconds) and goes on
 * from its last checkpoint: the fewer minutes between two, the less a move costs.
 */
export const keepDeadline = defineRunbook({
  id: "keep-deadline",
  summary: "Lets a job with a deadline wait for spot while there is slack, and go on demand when there is not",
  on: [deadlineAtRisk],
  lane: "slow",
  uses: [resubmitJob, terminateJob, waitIsOver, workGoesOn],
  // A spot storm takes many at once, and most of them find spot again; what going on demand costs is bounded in dollars.
  limit: { runs: 100, within: { hours: 1 } },

  async plan({ signal: { job: id }, look }) {
    const job = await look.batchJob(id);
    if (!job) return skip(`Batch does not know job ${id} any more`);
    const { name, queue } = job.job;
    const [slack, on] = await Promise.all([look.jobSlack(job, slackEvery.minutes * 60_000), look.batchQueue(queue)]);
    const cannot = slack.kind === "unreadable" ? `the deadline of ${name} cannot be kept: ${slack.why}` : undefined;
    if (slack.kind === "none") return skip(`${name} waits for capacity, and has no deadline`);

    const as = nextName(name, job.tags, batchNameLength - "-back".length);
    const copy = { job: id, name, as };
    if (job.status === "FAILED") {
      const left = whyLeft(job);
      if (left !== undefined) return skip(left);
      const isOver = triesOf(job.tags) >= copiesMax;
      const hasToMove = slack.kind === "seen" && on.market === "spot" && (slack.goesTo === "on-demand" || isOver);
      if (isOver && !hasToMove) return skip(`${whyFailed(job)}, for the ${copiesMax + 1}th time: it needs a person`);
      const to = hasToMove ? on.onDemand : queue;
      const submit = resubmitJob({ ...copy, queue: to, ...(await priced(look, to)) });
      // A copy that waits for spot is an incident of its own.
      return [...(cannot === undefined ? [] : [say(cannot)]), submit, ...(hasToMove ? [starts(copy, to)] : [])];
    }

    if (cannot !== undefined) return skip(cannot);
    if (!job.simple) return skip(`${name} is one of many, or more than one container, and needs a person`);
    const isOnSpot = on.market === "spot" && ["STARTING", "RUNNING"].includes(job.status);
    if ((isOnSpot || job.status === "RUNNING") && slack.kind === "seen") {
      const does = job.status === "RUNNING" ? "runs" : "starts";
      if (on.market === "unknown" || slack.goesTo === "wait" || slack.goesTo === on.market)
        return skip(`${name} ${does} ${on.market === "spot" ? "on spot" : "on demand"}, and that is where it should`);
      const to = slack.goesTo === "spot" ? on.spot : on.onDemand;
      return [
        terminateJob({ job: id, name, as: `${as}-back`, why: `it moves to ${to}` }),
        resubmitJob({ ...copy, queue: to, ...(await priced(look, to)) }),
        // A copy that waits for spot is an incident of its own.
        ...(to === on.onDemand ? [starts(copy, to)] : []),
      ];
    }
    if (on.market !== "spot") return skip(`${name} is on demand already: there is nothing faster`);
    if (!["SUBMITTED", "PENDING", "RUNNABLE"].includes(job.status)) return skip(`${name} is ${job.status}`);
    const to = on.onDemand;
    return [
      until(`${name} finds spot, or has no slack left`, waitIsOver({ job: id, name }), {
        every: slackEvery,
        within: { hours: 22 },
      }),
      terminateJob({ job: id, name, as: `${as}-back`, why: `it moves to ${to}`, unlessItRuns: true }),
      resubmitJob({ ...copy, queue: to, unlessItRuns: true, ...(await priced(look, to)) }),
      starts(copy, to),
    ];
  },
});

const starts = (copy: { job: string; name: string; as: string }, queue: string) =>
  until(`the work of ${copy.name} goes on`, workGoesOn({ ...copy, queue }), {
    every: slackEvery,
    within: { hours: 1 },
  });
