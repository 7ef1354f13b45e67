import { jobHasStarted } from "../src/actions/batch-conditions.ts";
import { learnMemory } from "../src/actions/learn-memory.ts";
import { priced, resubmitJob } from "../src/actions/resubmit-job.ts";
import { causeOf } from "../src/policies/classify-job.ts";
import { batchNameLength, growthsOf, nextName } from "../src/policies/copies.ts";
import { growthsMax, grownSize, lastRanMs } from "../src/policies/grow-memory.ts";
import { whyFailed } from "../src/policies/try-again.ts";
import { attempt } from "../src/runbook/action.ts";
import type { Look } from "../src/runbook/look.ts";
import { say, skip, until } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { familyOf, grownJobSucceeded, jobOutOfMemory } from "../src/runbook/triggers/job-memory.ts";

/**
 * Submits a Batch job that was killed for want of memory again with more of it, and remembers what was enough.
 *
 * Twice at most: what needs more again leaks, or needs a size that a person chooses. What it is tried with is written down
 * for its family at once, for a day, so that others of the family need not be killed to find it; what a job got by with, for
 * a month. Whoever submits jobs reads it with `memory` of `paramedic/client`.
 */
export const growMemory = defineRunbook({
  id: "grow-memory",
  summary: "Gives a job that ran out of memory more of it",
  on: [jobOutOfMemory, grownJobSucceeded],
  lane: "slow",
  uses: [resubmitJob, learnMemory, jobHasStarted],
  // A pipeline whose jobs all need more is one mistake and no hundred: a person mends its definition.
  limit: { runs: 40, within: { hours: 1 } },

  async plan({ signal, look }) {
    if (signal.how === "too-little") return await withMore(signal.job, look);
    const { family, memoryMiB, name } = signal;
    const { learnedMiB = 0, isProven, days } = await look.familyMemory(family);
    if (isProven && learnedMiB >= memoryMiB) return skip(`that ${family} gets by with ${learnedMiB} MiB is known`);
    return [learnMemory({ family, memoryMiB, job: name, days })];
  },
});

async function withMore(id: string, look: Look) {
  const job = await look.batchJob(id);
  if (!job) return skip(`Batch does not know job ${id} any more`);
  const { name, queue, definition } = job.job;
  const cause = causeOf(job);
  const why = whyFailed(job);
  const { memoryMiB, vcpus, fargate } = job;
  if (cause.kind !== "out-of-memory") return skip(`${why}: more memory is no help`);
  if (!job.simple || memoryMiB === undefined || vcpus === undefined) {
    return skip(`${why}; it is one of many, or more than one container, and needs a person`);
  }
  const growths = growthsOf(job.tags);
  if (growths >= growthsMax) {
    return skip(`${why}, and that was grown ${growthsMax} times: it leaks, or a person has to choose its size`);
  }
  const family = familyOf(definition);
  const known = await look.familyMemory(family);
  const size = grownSize({ memoryMiB, vcpus, fargate }, { ...known, growths, ranMs: lastRanMs(job) });
  if (!size) return skip(`${why}, and may not have more than ${known.memoryMiBMax} MiB`);

  const as = nextName(name, job.tags, batchNameLength);
  return [
    ...(known.isProven && known.learnedMiB === size.memoryMiB
      ? [say(`${family} is known to need ${size.memoryMiB} MiB: ${advice}`)]
      : []),
    // Two of a family may be killed at once: the second finds it written, which is as good.
    ...((known.learnedMiB ?? 0) < size.memoryMiB
      ? [attempt(learnMemory({ family, memoryMiB: size.memoryMiB, job: as, isProven: false, days: triedDays }))]
      : []),
    resubmitJob({ job: id, name, as, queue, size, ...(await priced(look, queue)) }),
    // What no instance of the queue can hold waits for ever: it is taken back, and people hear of it.
    until(`${as} starts`, jobHasStarted({ name: as, queue }), { every: { minutes: 2 }, within: { hours: 1 } }),
  ];
}

/** For how long a size counts that nobody has got by with yet: longer than most jobs take, and no longer than a day of waste. */
const triedDays = 1;

const advice = "a revision of its job definition that asks for it would spare every job its first failure.";
