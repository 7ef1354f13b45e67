import { retryTraining } from "../../../runbooks/retry-training.ts";
import { later, type RunbookEpisode } from "../episode.ts";

const type = "ml.g5.xlarge";

/** A training job that waits for spot in vain. It helps if there is capacity on demand. */
export const retryTrainingEpisode: RunbookEpisode = {
  runbook: retryTraining,
  hears: true,
  seed({ sim, clock }, helps) {
    sim.seed.pool({ type, zone: "sagemaker", market: "spot", count: 0 });
    if (helps) return;
    later(clock, { minutes: 55 }, () => sim.seed.pool({ type, zone: "sagemaker", market: "on-demand", count: 0 }));
  },
  trouble: ({ sim }) => {
    const checkpoints = "s3://checkpoints/finetune";
    const patience = { runtime: { hours: 1 }, wait: { hours: 1 } };
    sim.seed.trainingJob({ name: "finetune", checkpoints, spot: true, ...patience });
  },
  over: { hours: 6 },
  shows: ({ sim }) =>
    Object.entries(sim.world.trainings)
      .filter(([, { status }]) => status === "InProgress" || status === "Completed")
      .map(([name]) => name),
  healed: ["finetune-r1"],
  less: { nothing: "it trains one job as it was" },
};
