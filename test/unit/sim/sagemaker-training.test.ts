import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from "@aws-sdk/client-sagemaker";
import { beforeEach, describe, expect, it } from "vitest";
import { sagemakerTraining } from "../../../src/signals/sagemaker-training.ts";
import { given } from "./given.ts";

let g: ReturnType<typeof given>;
let sagemaker: SageMakerClient;
beforeEach(() => {
  g = given();
  sagemaker = g.sim.attach(new SageMakerClient({ region: "us-east-2" }));
});
const see = (TrainingJobName = "tune") => sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
const hours = (count: number) => g.clock.advance(count * 3_600_000);
const told = () => g.told("SageMaker Training Job State Change").map((event) => sagemakerTraining.parse(event));

describe("a training job", () => {
  it("starts, trains, ends, and says so in events that the bot reads", async () => {
    g.sim.seed.trainingJob({ name: "tune", tags: { "paramedic:service": "chat" } });
    hours(2);
    const { TrainingJobStatus, TrainingStartTime, TrainingEndTime, HyperParameters, TrainingJobArn } = await see();
    expect({ TrainingJobStatus, HyperParameters }).toEqual({
      TrainingJobStatus: "Completed",
      HyperParameters: { epochs: "3" },
    });
    expect((TrainingEndTime?.getTime() ?? 0) - (TrainingStartTime?.getTime() ?? 0)).toBe(3_600_000);
    expect(told().map(({ status, secondary }) => `${status} ${secondary}`)).toEqual([
      "InProgress Starting",
      "InProgress Training",
      "Completed Completed",
    ]);
    expect(told()[0]).toMatchObject({
      name: "tune",
      tags: { "paramedic:service": "chat" },
      instanceType: "ml.g5.xlarge",
    });
    expect((await sagemaker.send(new ListTagsCommand({ ResourceArn: TrainingJobArn }))).Tags).toEqual([
      { Key: "paramedic:service", Value: "chat" },
    ]);
    const { TrainingJobSummaries } = await sagemaker.send(new ListTrainingJobsCommand({ NameContains: "tun" }));
    expect(TrainingJobSummaries).toMatchObject([{ TrainingJobName: "tune", TrainingJobStatus: "Completed" }]);
  });

  it.each([
    ["from its checkpoints", "s3://checkpoints/tune", 60],
    ["from the beginning without any", undefined, 100],
  ])("on spot that is interrupted is resumed by the service, %s", async (_, checkpoints, minutesInAll) => {
    g.sim.seed.trainingProgram({ image: "tune:4", interruptedAfter: [{ minutes: 40 }] });
    g.sim.seed.trainingJob({ name: "tune", spot: true, ...(checkpoints !== undefined && { checkpoints }) });
    hours(3);
    expect(told().map(({ secondary }) => secondary)).toEqual([
      "Starting",
      "Training",
      "Interrupted",
      "Training",
      "Completed",
    ]);
    const { TrainingStartTime, TrainingEndTime } = await see();
    const minutes = ((TrainingEndTime?.getTime() ?? 0) - (TrainingStartTime?.getTime() ?? 0)) / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(minutesInAll);
    expect(minutes).toBeLessThan(minutesInAll + 5);
  });

  it("on spot without capacity waits for as long as it may, and is stopped then", async () => {
    g.sim.seed.pool({ type: "ml.g5.xlarge", zone: "sagemaker", market: "spot", count: 0 });
    g.sim.seed.trainingJob({ name: "tune", spot: true, runtime: { hours: 2 }, wait: { hours: 3 } });
    hours(4);
    expect(await see()).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "MaxWaitTimeExceeded" });
  });

  it("on demand without capacity fails, and says that it is for want of it", async () => {
    g.sim.seed.pool({ type: "ml.g5.xlarge", zone: "sagemaker", market: "on-demand", count: 0 });
    g.sim.seed.trainingJob({ name: "tune" });
    hours(1);
    expect(await see()).toMatchObject({
      TrainingJobStatus: "Failed",
      FailureReason: expect.stringMatching(/^CapacityError: /),
    });
    expect(told().at(-1)?.failure?.code).toBe("CapacityError");
  });

  it("fails with its code, and is stopped at its time limit", async () => {
    g.sim.seed.trainingProgram({ image: "broken:1", failure: "AlgorithmError: loss is NaN, exit code: 1" });
    g.sim.seed.trainingJob({ name: "broken", image: "broken:1" });
    g.sim.seed.trainingProgram({ image: "slow:1", takes: { hours: 9 } });
    g.sim.seed.trainingJob({ name: "slow", image: "slow:1", runtime: { hours: 2 } });
    hours(4);
    expect(await see("broken")).toMatchObject({ TrainingJobStatus: "Failed" });
    expect(await see("slow")).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "MaxRuntimeExceeded" });
  });

  it("that somebody stops has two minutes to save what it has", async () => {
    g.sim.seed.trainingJob({ name: "tune" });
    hours(0.5);
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "tune" }));
    expect(await see()).toMatchObject({ TrainingJobStatus: "Stopping" });
    hours(0.1);
    expect(await see()).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "Stopped" });
    await expect(sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "tune" }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });
});

it("refuses a name that was used, more than the quota, and waiting without spot", async () => {
  g.sim.seed.trainingQuota({ type: "ml.g5.xlarge", count: 1 });
  g.sim.seed.trainingJob({ name: "tune" });
  const create = (name: string, more: object = {}) =>
    sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName: name,
        RoleArn: "arn:aws:iam::123456789012:role/tune",
        OutputDataConfig: { S3OutputPath: "s3://models/" },
        AlgorithmSpecification: { TrainingImage: "tune:4", TrainingInputMode: "File" },
        ResourceConfig: { InstanceType: "ml.g5.xlarge", InstanceCount: 1, VolumeSizeInGB: 10 },
        StoppingCondition: { MaxRuntimeInSeconds: 3_600 },
        ...more,
      }),
    );
  await expect(create("tune")).rejects.toMatchObject({ name: "ResourceInUse" });
  await expect(create("other")).rejects.toMatchObject({ name: "ResourceLimitExceeded" });
  await expect(
    create("other", { StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 } }),
  ).rejects.toMatchObject({ name: "ValidationException" });
  await expect(see("none")).rejects.toMatchObject({ name: "ValidationException" });
});
