import { trainingCauseOf } from "../../policies/classify-training.ts";
import { resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";

/** A training job that has ended without its result. */
export interface TrainingFailed {
  readonly name: string;
}

/**
 * A SageMaker training job has failed, or was stopped because it had waited for as long as it may, or had run for as long. An
 * interruption by spot is neither: SageMaker resumes it by itself.
 */
export const trainingFailed = defineTrigger<TrainingFailed>({
  id: "sagemaker-training-failed",
  title: ({ name }) => `training job ${name} has failed`,
  match: (signal) =>
    signal.kind === "sagemaker-training" && trainingCauseOf(signal).kind !== "nothing"
      ? { root: resource.training(signal.name), once: true, signal: { name: signal.name } }
      : undefined,
});
