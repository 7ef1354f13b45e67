import type { TrainingFacts } from "../signals/sagemaker-training.ts";

/** Why a SageMaker training job has ended without its result, as far as that decides what follows. */
export type TrainingCause =
  /** Spot had no capacity for it for as long as it was ready to wait. */
  | { readonly kind: "waited-too-long" }
  /** There was no capacity on demand either. */
  | { readonly kind: "capacity" }
  /** SageMaker's own trouble, after the retries that the job asked for. */
  | { readonly kind: "service" }
  /** Its code, its data or its settings: it would fail again. */
  | { readonly kind: "itself"; readonly reason: string }
  /** It goes on, has its result, or somebody wanted its end. */
  | { readonly kind: "nothing"; readonly reason: string };

/**
 * Why a training job has ended without its result. What nobody can tell is the job's own.
 *
 * An interruption by spot is no end: SageMaker resumes the job by itself, until `MaxWaitTimeInSeconds` is over.
 */
export function trainingCauseOf({ status, secondary, failure }: TrainingFacts): TrainingCause {
  if (status === "Stopped" && secondary === "MaxWaitTimeExceeded") return { kind: "waited-too-long" };
  if (status === "Stopped" && secondary === "MaxRuntimeExceeded") {
    return { kind: "itself", reason: "it ran for as long as it may" };
  }
  if (status !== "Failed") return { kind: "nothing", reason: `it is ${status}, ${secondary}` };
  if (failure?.code === "CapacityError") return { kind: "capacity" };
  if (failure?.code === "InternalServerError") return { kind: "service" };
  return { kind: "itself", reason: failure?.reason ?? "no reason is given" };
}
