import { type Duration, toMs } from "../../src/clock.ts";
import { createTraining } from "../aws/sagemaker-training.ts";
import type { Ground } from "../ground.ts";
import type { Training } from "../world/sagemaker-training.ts";

export function trainingSeeds(ground: Ground) {
  const { world } = ground;
  return {
    /** What the code of an image does when it trains. */
    trainingProgram({
      image,
      takes = { hours: 1 },
      failure,
      interruptedAfter = [],
    }: {
      image: string;
      takes?: Duration;
      failure?: string;
      interruptedAfter?: readonly Duration[];
    }): void {
      ground.add(world.trainingPrograms, image, {
        takesMs: toMs(takes),
        interruptedAfterMs: interruptedAfter.map(toMs),
        ...(failure !== undefined && { failure }),
      });
    },

    /** How many instances of a type the account may train on at once. Their capacity is a pool in the zone `sagemaker`. */
    trainingQuota({ type, count }: { type: string; count: number }): void {
      ground.add(world.trainingQuotas, type, count);
    },

    /** A training job that has just been created: it goes its way from here. */
    trainingJob({
      name,
      image = "tune:4",
      type = "ml.g5.xlarge",
      spot = false,
      checkpoints,
      runtime = { hours: 12 },
      wait = { hours: 24 },
      tags = {},
    }: {
      name: string;
      image?: string;
      type?: string;
      spot?: boolean;
      checkpoints?: string;
      runtime?: Duration;
      wait?: Duration;
      tags?: Readonly<Record<string, string>>;
    }): Training {
      const training = createTraining(ground, {
        TrainingJobName: name,
        RoleArn: `arn:aws:iam::${world.account}:role/tune`,
        OutputDataConfig: { S3OutputPath: "s3://models/" },
        AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: "File" },
        ResourceConfig: { InstanceType: type, InstanceCount: 1, VolumeSizeInGB: 100 },
        StoppingCondition: {
          MaxRuntimeInSeconds: toMs(runtime) / 1000,
          ...(spot && { MaxWaitTimeInSeconds: toMs(wait) / 1000 }),
        },
        ...(spot && { EnableManagedSpotTraining: true }),
        ...(checkpoints !== undefined && { CheckpointConfig: { S3Uri: checkpoints } }),
        HyperParameters: { epochs: "3" },
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      });
      ground.settle();
      return training;
    },
  };
}
