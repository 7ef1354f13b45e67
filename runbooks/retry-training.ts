import { restartTraining } from "../src/actions/restart-training.ts";
import { trainingHasStarted } from "../src/actions/training-has-started.ts";
import { trainingCauseOf } from "../src/policies/classify-training.ts";
import { copiesMax, copiesOf, nextName, trainingNameLength } from "../src/policies/copies.ts";
import { skip, until, wait } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { trainingFailed } from "../src/runbook/triggers/training-failed.ts";

/** Work that is paid for again without anybody being asked. */
const lostMinutesMax = 60;

/**
 * Trains a SageMaker job again that failed for a reason outside of it, from its checkpoints: on demand when spot had no
 * capacity for as long as the job was ready to wait, half an hour later when there was none on demand either.
 *
 * An interruption by spot is SageMaker's to resume, and it does. A job without checkpoints begins at the beginning: more
 * than an hour of work is paid for again only by a person's decision.
 */
export const retryTraining = defineRunbook({
  id: "retry-training",
  summary: "Trains jobs again that failed for want of capacity, from their checkpoints",
  on: [trainingFailed],
  lane: "slow",
  uses: [restartTraining, trainingHasStarted],
  // Training is the dearest thing there is: ten restarts in an hour are a shortage, and people should know.
  limit: { runs: 10, within: { hours: 1 } },

  async plan({ signal: { name }, look }) {
    const job = await look.trainingJob(name);
    if (!job) return skip(`there is no training job ${name} any more`);
    const cause = trainingCauseOf(job);
    if (cause.kind === "nothing") return skip(`nothing has to be done for ${name}: ${cause.reason}`);
    if (cause.kind === "itself") return skip(`${name} failed by itself: ${cause.reason}. Left as it is`);

    const lostMinutes = ((job.endedAt ?? 0) - (job.startedAt ?? job.endedAt ?? 0)) / 60_000;
    if (job.checkpoints === undefined && lostMinutes > lostMinutesMax) {
      return skip(
        `${name} keeps no checkpoints: training it again pays for ${Math.round(lostMinutes)} minutes a second time, which is for a person to decide`,
      );
    }
    const restarts = copiesOf(job.tags);
    if (restarts >= copiesMax) return skip(`${name} was trained again ${restarts} times: it needs other capacity`);

    const as = nextName(name, job.tags, trainingNameLength);
    const spot = job.spot && cause.kind !== "waited-too-long";
    return [
      ...(cause.kind === "capacity" ? [wait("give capacity time to come back", { minutes: 30 })] : []),
      restartTraining({ job: name, as, spot }),
      until(`${as} trains`, trainingHasStarted({ name: as }), { every: { minutes: 5 }, within: { hours: 2 } }),
    ];
  },
});
