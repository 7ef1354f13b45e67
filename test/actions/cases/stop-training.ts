import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { stopTraining } from "../../../src/actions/stop-training.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const stopTrainingCase: ActionCase = {
  action: stopTraining,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    sim.seed.trainingJob({ name: "tune", runtime: { hours: 12 } });
    sim.seed.trainingProgram({ image: "tune:4", takes: { hours: 6 } });
    clock.advance(600_000);
    const status = () => sim.world.trainings["tune"]?.status;
    return {
      sim,
      params: { job: "tune" },
      change: { service: "sagemaker", operation: "StopTrainingJob" },
      isDone: () => status() !== "InProgress",
      isBack: () => status() === "InProgress",
      goes: () => void delete sim.world.trainings["tune"],
      already: async () => void (await sim.call("sagemaker", "StopTrainingJob", { TrainingJobName: "tune" })),
      half: { cannot: "one job is stopped or not" },
      theirs: { cannot: "a stopped job stays stopped" },
      isTheirs: () => true,
    };
  },
};
