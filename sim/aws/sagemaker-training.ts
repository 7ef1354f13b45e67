import type {
  CreateTrainingJobCommandOutput,
  DescribeTrainingJobCommandOutput,
  ListTagsCommandOutput,
  ListTrainingJobsCommandOutput,
  SecondaryStatus,
} from "@aws-sdk/client-sagemaker";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Behaviour, Ground } from "../ground.ts";
import { acts, type Operation, page, reads } from "../operation.ts";
import type { Training } from "../world/sagemaker-training.ts";

type Output<T> = Omit<T, "$metadata">;

const poolOf = ({ spot, instanceType }: Training): string => `${spot ? "spot" : "on-demand"}/${instanceType}/sagemaker`;

/** How long SageMaker looks for on-demand capacity before it gives up. AWS does not say; a setting of ours. */
const looksForCapacityMs = 600_000;

const found = ({ world }: Ground, name: string): Training => {
  const training = world.trainings[name];
  if (!training) throw new SimError("ValidationException", "Requested resource not found.");
  return training;
};

/** Moves a training job on, and says so. */
function become(ground: Ground, training: Training, secondary: string, more: Partial<Training> = {}): void {
  const now = ground.now();
  const transitions = [...training.transitions, { secondary, at: now }];
  ground.change(training, { secondary, transitions, modifiedAt: now, ...more });
  ground.emit({
    source: "aws.sagemaker",
    detailType: "SageMaker Training Job State Change",
    resources: [training.arn],
    detail: detailOf(training),
  });
}

/** The detail of an event: the description, with times as the text of milliseconds and tags as a map. */
function detailOf(training: Training) {
  const { SecondaryStatusTransitions, Tags, ...described } = { ...describe(training), Tags: training.tags };
  const inText = (value: unknown): unknown => (value instanceof Date ? String(value.getTime()) : value);
  return {
    ...Object.fromEntries(Object.entries(described).map(([name, value]) => [name, inText(value)])),
    SecondaryStatusTransitions: SecondaryStatusTransitions.map(({ Status, StartTime }) => ({
      Status,
      StartTime: inText(StartTime),
    })),
    Tags,
  };
}

function describe(training: Training) {
  const { name, arn, input, status, secondary, failureReason, createdAt, startedAt, endedAt, modifiedAt } = training;
  const { Tags: _, ...given } = input;
  return {
    ...given,
    TrainingJobName: name,
    TrainingJobArn: arn,
    ModelArtifacts: { S3ModelArtifacts: undefined },
    TrainingJobStatus: status,
    SecondaryStatus: secondary as SecondaryStatus,
    StoppingCondition: z.record(z.string(), z.number()).parse(given["StoppingCondition"] ?? {}),
    ...(failureReason !== undefined && { FailureReason: failureReason }),
    CreationTime: new Date(createdAt),
    ...(startedAt !== undefined && { TrainingStartTime: new Date(startedAt) }),
    ...(endedAt !== undefined && { TrainingEndTime: new Date(endedAt) }),
    LastModifiedTime: new Date(modifiedAt),
    SecondaryStatusTransitions: training.transitions.map((one) => ({
      Status: one.secondary as SecondaryStatus,
      StartTime: new Date(one.at),
    })),
  };
}

/** It looks for instances: it has them in a few minutes, waits for spot as long as it may, or fails for want of others. */
function provision(ground: Ground, training: Training): void {
  if (training.status !== "InProgress" || training.secondary === "Training") return;
  const limit = ground.world.pools[poolOf(training)];
  const busy = Object.values(ground.world.trainings)
    .filter((one) => one.secondary === "Training" && poolOf(one) === poolOf(training))
    .reduce((sum, { instances }) => sum + instances, 0);
  if (limit === undefined || busy + training.instances <= limit) return run(ground, training);
  const waitedMs = ground.now() - training.createdAt;
  if (training.spot && waitedMs >= training.waitMsMax) {
    return end(ground, training, "Stopped", "MaxWaitTimeExceeded");
  }
  if (!training.spot && waitedMs >= looksForCapacityMs) {
    const failureReason =
      "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.";
    return end(ground, training, "Failed", "Failed", failureReason);
  }
  ground.later(60_000, "training-looks", training.name);
}

/** It trains: to its end, to its failure, to its time limit, or until spot takes its instances. The first of these comes. */
function run(ground: Ground, training: Training): void {
  const { takesMs, failure, interruptedAfterMs } = ground.world.trainingPrograms[training.image] ?? {
    takesMs: 3_600_000,
    interruptedAfterMs: [],
  };
  const { runs, spot } = training;
  become(ground, training, "Training", { startedAt: training.startedAt ?? ground.now(), runs: runs + 1 });
  const left = takesMs - training.doneMs;
  const wholeMs = Math.min(failure === undefined ? left : left / 2, training.runtimeMsMax);
  const untilTakenMs = (spot ? interruptedAfterMs[runs] : undefined) ?? Infinity;
  ground.later(Math.min(wholeMs, untilTakenMs), "training-stops", training.name, String(runs + 1));
}

/** A run is over; `run` tells a late end of one that was cut short. */
function stopRun(ground: Ground, training: Training, run: string | undefined): void {
  if (training.status !== "InProgress" || String(training.runs) !== run || training.secondary !== "Training") return;
  const { takesMs = 3_600_000, failure } = ground.world.trainingPrograms[training.image] ?? {};
  const ranMs = ground.now() - (training.transitions.at(-1)?.at ?? ground.now());
  const doneMs = training.doneMs + ranMs;
  if (failure !== undefined && doneMs >= takesMs / 2) return end(ground, training, "Failed", "Failed", failure);
  if (doneMs >= takesMs) return end(ground, training, "Completed", "Completed");
  if (ranMs >= training.runtimeMsMax) return end(ground, training, "Stopped", "MaxRuntimeExceeded");
  // Spot has taken it: SageMaker looks for other instances by itself, and the code goes on from its checkpoints, if any.
  become(ground, training, "Interrupted", { doneMs: training.checkpoints === undefined ? 0 : doneMs });
  ground.later(ground.between(60, 180), "training-looks", training.name);
}

function end(
  ground: Ground,
  training: Training,
  status: Training["status"],
  secondary: string,
  failureReason?: string,
): void {
  become(ground, training, secondary, {
    status,
    endedAt: ground.now(),
    ...(failureReason !== undefined && { failureReason }),
  });
}

const name = z.string().regex(/^[A-Za-z0-9](-*[A-Za-z0-9]){0,62}$/, "not a name");
const json = z.json().optional();
const tag = z.strictObject({ Key: z.string(), Value: z.string() });

const creation = z.strictObject({
  TrainingJobName: name,
  RoleArn: z.string(),
  OutputDataConfig: z.json(),
  AlgorithmSpecification: z.looseObject({ TrainingImage: z.string() }),
  ResourceConfig: z.looseObject({ InstanceType: z.string(), InstanceCount: z.int().positive() }),
  StoppingCondition: z.strictObject({
    MaxRuntimeInSeconds: z.int().positive().default(86_400),
    MaxWaitTimeInSeconds: z.int().positive().optional(),
  }),
  EnableManagedSpotTraining: z.boolean().optional(),
  CheckpointConfig: z.looseObject({ S3Uri: z.string() }).optional(),
  RetryStrategy: z.strictObject({ MaximumRetryAttempts: z.int().min(1).max(30) }).optional(),
  Tags: z.array(tag).default([]),
  HyperParameters: json,
  InputDataConfig: json,
  VpcConfig: json,
  EnableNetworkIsolation: json,
  EnableInterContainerTrafficEncryption: json,
  Environment: json,
});

/** Takes a training job in. Its name is unique in the account and region, for ever. */
export function createTraining(ground: Ground, given: z.output<typeof creation>): Training {
  const { TrainingJobName, ResourceConfig, StoppingCondition, EnableManagedSpotTraining: spot = false } = given;
  const { trainings, trainingQuotas } = ground.world;
  if (trainings[TrainingJobName]) {
    const message = "Training job names must be unique within an AWS account and region";
    throw new SimError("ResourceInUse", message);
  }
  const { InstanceType: instanceType, InstanceCount: instances } = ResourceConfig;
  const { MaxRuntimeInSeconds, MaxWaitTimeInSeconds } = StoppingCondition;
  if (!spot && MaxWaitTimeInSeconds !== undefined) {
    throw new SimError("ValidationException", "MaxWaitTimeInSeconds above 0 is not supported without spot training");
  }
  if (spot && (MaxWaitTimeInSeconds ?? 0) < MaxRuntimeInSeconds) {
    throw new SimError("ValidationException", "MaxWaitTimeInSeconds must be at least MaxRuntimeInSeconds");
  }
  const used = Object.values(trainings)
    .filter((one) => one.status === "InProgress" && one.instanceType === instanceType)
    .reduce((sum, one) => sum + one.instances, 0);
  if (used + instances > (trainingQuotas[instanceType] ?? Infinity)) {
    const message = `The account-level service limit '${instanceType} for training job usage' is ${trainingQuotas[instanceType]}`;
    throw new SimError("ResourceLimitExceeded", message);
  }
  const { Tags, ...input } = given;
  const now = ground.now();
  const training = ground.add<Training>(trainings, TrainingJobName, {
    name: TrainingJobName,
    arn: ground.arn("sagemaker", `training-job/${TrainingJobName.toLowerCase()}`),
    input: z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(input))),
    image: given.AlgorithmSpecification.TrainingImage,
    instanceType,
    instances,
    spot,
    ...(given.CheckpointConfig && { checkpoints: given.CheckpointConfig.S3Uri }),
    runtimeMsMax: MaxRuntimeInSeconds * 1000,
    waitMsMax: (MaxWaitTimeInSeconds ?? 0) * 1000,
    tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
    status: "InProgress",
    secondary: "Starting",
    createdAt: now,
    modifiedAt: now,
    transitions: [],
    doneMs: 0,
    runs: 0,
  });
  become(ground, training, "Starting");
  ground.later(ground.between(120, 240), "training-looks", TrainingJobName);
  return training;
}

const byName = z.strictObject({ TrainingJobName: z.string() });

/** Training jobs. Not simulated: retries after an internal error, warm pools, tuning, processing. */
export const trainingOperations: Readonly<Record<string, Operation>> = {
  CreateTrainingJob: acts(creation, (ground, given): Output<CreateTrainingJobCommandOutput> => ({
    TrainingJobArn: createTraining(ground, given).arn,
  })),
  DescribeTrainingJob: reads(byName, (ground, { TrainingJobName }): Output<DescribeTrainingJobCommandOutput> =>
    describe(found(ground, TrainingJobName)),
  ),
  ListTags: reads(
    z.strictObject({ ResourceArn: z.string() }),
    (ground, { ResourceArn }): Output<ListTagsCommandOutput> => {
      const training = Object.values(ground.world.trainings).find(({ arn }) => arn === ResourceArn);
      return { Tags: Object.entries(training?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })) };
    },
  ),
  ListTrainingJobs: reads(
    z.strictObject({
      NameContains: z.string().default(""),
      MaxResults: z.int().min(1).max(100).default(10),
      NextToken: z.string().optional(),
    }),
    (ground, { NameContains, MaxResults, NextToken }): Output<ListTrainingJobsCommandOutput> => {
      const named = Object.values(ground.world.trainings).filter((one) => one.name.includes(NameContains));
      const { items, next } = page(named.toReversed(), MaxResults, NextToken);
      return {
        TrainingJobSummaries: items.map(({ name, arn, createdAt, status }) => ({
          TrainingJobName: name,
          TrainingJobArn: arn,
          CreationTime: new Date(createdAt),
          TrainingJobStatus: status,
        })),
        ...(next !== undefined && { NextToken: next }),
      };
    },
  ),
  StopTrainingJob: acts(byName, (ground, { TrainingJobName }) => {
    const training = found(ground, TrainingJobName);
    if (training.status !== "InProgress") {
      const message = `The request was rejected because the training job is in status ${training.status}.`;
      throw new SimError("ValidationException", message);
    }
    become(ground, training, "Stopping", { status: "Stopping" });
    // SIGTERM, and up to two minutes for the code to save what it has.
    ground.later(120_000, "training-stopped", TrainingJobName);
    return {};
  }),
};

export const trainingBehaviour: NonNullable<Behaviour["due"]> = {
  "training-looks": (ground, { of }) => provision(ground, found(ground, of)),
  "training-stops": (ground, { of, within }) => stopRun(ground, found(ground, of), within),
  "training-stopped": (ground, { of }) => end(ground, found(ground, of), "Stopped", "Stopped"),
};
