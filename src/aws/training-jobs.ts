import {
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  ListTagsCommand,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { copiesOf, copyTags } from "../policies/copies.ts";
import { isNamed } from "./failure.ts";

type Tags = Readonly<Record<string, string>>;

/** A training job in SageMaker's own words, and its tags, which its description is without. `undefined`: there is none. */
export async function describeTraining(
  sagemaker: SageMakerClient,
  name: string,
): Promise<{ readonly job: DescribeTrainingJobCommandOutput; readonly tags: Tags } | undefined> {
  try {
    const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    const tags: Record<string, string> = {};
    let NextToken: string | undefined;
    do {
      const page = await sagemaker.send(new ListTagsCommand({ ResourceArn: job.TrainingJobArn, NextToken }));
      for (const { Key = "", Value = "" } of page.Tags ?? []) tags[Key] = Value;
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return { job, tags };
  } catch (error) {
    if (isNamed(error, "ValidationException", "ResourceNotFound")) return undefined;
    throw error;
  }
}

/**
 * What creates a training job again as it was, its checkpoints included. On demand it has nothing to wait for, and SageMaker
 * refuses to be told for how long. Its experiment, debugger and profiler are of the first run and are left out.
 */
export function trainingAgain(
  { job, tags }: { readonly job: DescribeTrainingJobCommandOutput; readonly tags: Tags },
  { as, spot, key }: { as: string; spot: boolean; key: string },
): CreateTrainingJobCommandInput {
  const { MaxWaitTimeInSeconds, ...limits } = job.StoppingCondition ?? {};
  const own = Object.entries(tags).filter(([name]) => !name.startsWith("aws:"));
  const ours = {
    paramedic: "act",
    [copyTags.of]: job.TrainingJobName ?? "",
    [copyTags.count]: String(copiesOf(tags) + 1),
    [copyTags.step]: key,
  };
  return {
    TrainingJobName: as,
    HyperParameters: job.HyperParameters,
    AlgorithmSpecification: job.AlgorithmSpecification,
    RoleArn: job.RoleArn,
    InputDataConfig: job.InputDataConfig,
    OutputDataConfig: job.OutputDataConfig,
    ResourceConfig: job.ResourceConfig,
    VpcConfig: job.VpcConfig,
    StoppingCondition: spot ? { ...limits, MaxWaitTimeInSeconds } : limits,
    EnableNetworkIsolation: job.EnableNetworkIsolation,
    EnableInterContainerTrafficEncryption: job.EnableInterContainerTrafficEncryption,
    EnableManagedSpotTraining: spot,
    CheckpointConfig: job.CheckpointConfig,
    Environment: job.Environment,
    RetryStrategy: job.RetryStrategy,
    Tags: Object.entries({ ...Object.fromEntries(own), ...ours }).map(([Key, Value]) => ({ Key, Value })),
  };
}
