import { z } from "zod";
import { arn } from "./arn.ts";
import { event, type FromEvent, sentence, toFromEvent, word } from "./event.ts";
import { defined, eachReadable, ifReadable } from "./if-readable.ts";
import { moment } from "./moment.ts";

/** A SageMaker training job changed. */
export interface SagemakerTraining extends FromEvent {
  readonly kind: "sagemaker-training";
  readonly name: string;
  readonly arn: string;
  readonly status: "InProgress" | "Completed" | "Failed" | "Stopping" | "Stopped" | "Deleting";
  /** `Interrupted`: spot took it, and SageMaker resumes it by itself. `MaxWaitTimeExceeded`: it will not any more. */
  readonly secondary: string;
  readonly failure?: {
    /** The first word of the reason, if it is an error's name: `AlgorithmError`, `InternalServerError`, `CapacityError`. */
    readonly code?: string;
    readonly reason: string;
  };
  readonly instanceType?: string;
  readonly instances?: number;
  readonly spot: boolean;
  /** Where it keeps its checkpoints. Without them a new job begins at the beginning. */
  readonly checkpoints?: string;
  readonly runtimeSecondsMax?: number;
  /** Of running and of waiting for spot capacity together. */
  readonly waitSecondsMax?: number;
  /** How often SageMaker itself tries again after an `InternalServerError`. */
  readonly retriesMax?: number;
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** With `status` and `secondary` this tells a change from a copy of it: one change may be sent several times. */
  readonly modifiedAt?: number;
  readonly transitions: readonly { readonly secondary: string; readonly at?: number; readonly message?: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

const seconds = ifReadable(z.int().positive());

const transition = z.lazy(() =>
  z
    .object({ Status: word, StartTime: ifReadable(moment), StatusMessage: ifReadable(sentence) })
    .transform(({ Status: secondary, StartTime: at, StatusMessage: message }) => defined({ secondary, at, message })),
);

const detail = z.lazy(() =>
  z.object({
    // In AWS's own example this is not the name that the ARN has, and calls want this one.
    TrainingJobName: word,
    TrainingJobArn: arn("sagemaker", "training-job"),
    TrainingJobStatus: z.enum(["InProgress", "Completed", "Failed", "Stopping", "Stopped", "Deleting"]),
    SecondaryStatus: word,
    FailureReason: ifReadable(sentence),
    ResourceConfig: ifReadable(
      z.object({ InstanceType: ifReadable(word), InstanceCount: ifReadable(z.int().positive()) }),
    ),
    EnableManagedSpotTraining: ifReadable(z.boolean()),
    CheckpointConfig: ifReadable(z.object({ S3Uri: ifReadable(z.string().startsWith("s3://").max(1024)) })),
    StoppingCondition: ifReadable(z.object({ MaxRuntimeInSeconds: seconds, MaxWaitTimeInSeconds: seconds })),
    RetryStrategy: ifReadable(z.object({ MaximumRetryAttempts: ifReadable(z.int().nonnegative()) })),
    CreationTime: ifReadable(moment),
    TrainingStartTime: ifReadable(moment),
    TrainingEndTime: ifReadable(moment),
    LastModifiedTime: ifReadable(moment),
    SecondaryStatusTransitions: eachReadable(transition),
    Tags: z.record(z.string(), z.string()).catch({}),
  }),
);

/** What SageMaker says of a training job: in its events, and in the answer of DescribeTrainingJob, which is made alike. */
export type TrainingFacts = Omit<SagemakerTraining, keyof FromEvent | "kind">;

/** Reads what SageMaker says of a training job. */
export const trainingFacts = detail.transform((said): TrainingFacts => {
  const reason = said.FailureReason;
  const code = /^[A-Z][A-Za-z]*(Error|Exceeded|Exception)\b/.exec(reason ?? "")?.[0];
  return defined({
    name: said.TrainingJobName,
    arn: said.TrainingJobArn,
    status: said.TrainingJobStatus,
    secondary: said.SecondaryStatus,
    failure: reason ? defined({ code, reason }) : undefined,
    instanceType: said.ResourceConfig?.InstanceType,
    instances: said.ResourceConfig?.InstanceCount,
    spot: said.EnableManagedSpotTraining ?? false,
    checkpoints: said.CheckpointConfig?.S3Uri,
    runtimeSecondsMax: said.StoppingCondition?.MaxRuntimeInSeconds,
    waitSecondsMax: said.StoppingCondition?.MaxWaitTimeInSeconds,
    retriesMax: said.RetryStrategy?.MaximumRetryAttempts,
    createdAt: said.CreationTime,
    startedAt: said.TrainingStartTime,
    endedAt: said.TrainingEndTime,
    modifiedAt: said.LastModifiedTime,
    transitions: said.SecondaryStatusTransitions,
    tags: said.Tags,
  });
});

/**
 * `SageMaker Training Job State Change`. Its times are epoch milliseconds written as text.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export const sagemakerTraining = event
  .extend({ detail: trainingFacts })
  .transform(({ detail: facts, ...rest }): SagemakerTraining => ({
    kind: "sagemaker-training",
    ...toFromEvent(rest),
    ...facts,
  }));
