import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { restartTraining } from "../../../src/actions/restart-training.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const restartTrainingCase: ActionCase = {
  action: restartTraining,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    sim.seed.pool({ type: "ml.g5.xlarge", zone: "sagemaker", market: "on-demand", count: 0 });
    sim.seed.trainingJob({ name: "tune", checkpoints: "s3://checkpoints/tune" });
    clock.advance(3_600_000);
    const again = () => sim.world.trainings["tune-r1"];
    return {
      sim,
      params: { job: "tune", as: "tune-r1", spot: false },
      change: { service: "sagemaker", operation: "CreateTrainingJob" },
      back: { service: "sagemaker", operation: "StopTrainingJob" },
      isDone: () => again()?.status === "InProgress",
      isBack: () => again()?.status !== "InProgress",
      goes: () => void delete sim.world.trainings["tune"],
      already: () => void sim.seed.trainingJob({ name: "tune-r1", tags: { remediates: "tune" } }),
      half: { cannot: "one job is created or not" },
      theirs: async () => void (await sim.call("sagemaker", "StopTrainingJob", { TrainingJobName: "tune-r1" })),
      isTheirs: () => again()?.status === "Stopping",
    };
  },
};
