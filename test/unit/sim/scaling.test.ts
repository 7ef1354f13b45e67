import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  AutoScalingClient,
  DescribeScalingActivitiesCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../../sim/clock.ts";
import type { EventBridgeEvent } from "../../../sim/ground.ts";
import { createSim, type Sim } from "../../../sim/sim.ts";

const client = { region: "us-east-2", credentials: { accessKeyId: "a", secretAccessKey: "s" }, maxAttempts: 1 };
let clock: VirtualClock;
let sim: Sim;
let events: EventBridgeEvent[];
beforeEach(() => {
  clock = new VirtualClock(Date.UTC(2026, 10, 22));
  events = [];
  sim = createSim({ clock, seed: 1, emit: (event) => events.push(event) });
});

describe("the bounds of a group in the simulation", () => {
  const seed = () =>
    sim.seed.group({ name: "web", zones: ["us-east-2a"], type: "c6i.large", size: 2, max: 4, spot: false });
  const group = () => sim.world.groups["web"];
  const update = (more: object) =>
    sim
      .attach(new AutoScalingClient(client))
      .send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: "web", ...more }));

  it("pull the size with them, and instances come and go", async () => {
    seed();
    await update({ MinSize: 3, MaxSize: 6 });
    expect(group()?.desired).toBe(3);
    clock.advance(200_000);
    expect(Object.keys(group()?.members ?? {})).toHaveLength(3);
    await update({ MinSize: 0, MaxSize: 1 });
    expect(group()?.desired).toBe(1);
    clock.advance(200_000);
    expect(Object.keys(group()?.members ?? {})).toHaveLength(1);
  });

  it("are refused when they contradict each other", async () => {
    seed();
    await expect(update({ MinSize: 5 })).rejects.toMatchObject({ name: "ValidationError" });
    await expect(update({ DesiredCapacity: 9 })).rejects.toMatchObject({ name: "ValidationError" });
    expect(group()).toMatchObject({ min: 0, max: 4, desired: 2 });
  });

  it("leave a record of each launch, and ask for nothing while launching is suspended", async () => {
    seed();
    await update({ MinSize: 3 });
    clock.advance(200_000);
    const { Activities = [] } = await sim
      .attach(new AutoScalingClient(client))
      .send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: "web" }));
    expect(Activities).toMatchObject([{ StatusCode: "Successful", Description: expect.stringMatching(/^Launching/) }]);
    const [launch] = Activities;
    expect((launch?.EndTime?.getTime() ?? 0) - (launch?.StartTime?.getTime() ?? 0)).toBeGreaterThan(40_000);

    const found = group();
    if (found) found.suspended = ["Launch"];
    await update({ MinSize: 4 });
    clock.advance(200_000);
    expect(Object.keys(group()?.members ?? {})).toHaveLength(3);
  });
});

describe("the bounds of a service in the simulation", () => {
  const target = {
    ServiceNamespace: "ecs",
    ResourceId: "service/apps/api",
    ScalableDimension: "ecs:service:DesiredCount",
  } as const;
  const scaling = () => sim.attach(new ApplicationAutoScalingClient(client));
  const register = (more: object) => scaling().send(new RegisterScalableTargetCommand({ ...target, ...more }));
  const service = () => sim.world.services["apps/api"];

  it("pull the count with them, and keep what is not said", async () => {
    sim.seed.service({ cluster: "apps", name: "api", desired: 1, fargate: true });
    await register({ MinCapacity: 3, MaxCapacity: 5 });
    expect(service()?.desired).toBe(3);
    await register({ SuspendedState: { DynamicScalingOutSuspended: true } });
    const { ScalableTargets } = await scaling().send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs", ResourceIds: [target.ResourceId] }),
    );
    expect(ScalableTargets).toMatchObject([
      {
        MinCapacity: 3,
        MaxCapacity: 5,
        SuspendedState: { DynamicScalingOutSuspended: true, DynamicScalingInSuspended: false },
      },
    ]);
  });

  it("are refused without both when they are new, upside down, and of a service that is not there", async () => {
    await expect(register({ MinCapacity: 1, MaxCapacity: 2 })).rejects.toMatchObject({ name: "ValidationException" });
    sim.seed.service({ cluster: "apps", name: "api", desired: 1, fargate: true });
    await expect(register({ MinCapacity: 1 })).rejects.toMatchObject({ name: "ValidationException" });
    await expect(register({ MinCapacity: 3, MaxCapacity: 2 })).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("a deployment in the simulation", () => {
  const ecs = () => sim.attach(new ECSClient(client));
  const container = { name: "api", image: "api:2", essential: true };
  const register = (cpu: string, memory: string) =>
    ecs().send(
      new RegisterTaskDefinitionCommand({
        family: "api",
        cpu,
        memory,
        requiresCompatibilities: ["FARGATE"],
        containerDefinitions: [container],
      }),
    );
  const deploy = (taskDefinition: string, more: object = {}) =>
    ecs().send(new UpdateServiceCommand({ cluster: "apps", service: "api", taskDefinition, ...more }));
  const deployments = async () =>
    (await ecs().send(new DescribeServicesCommand({ cluster: "apps", services: ["api"] }))).services?.[0]?.deployments;
  const running = () =>
    Object.values(sim.world.tasks)
      .filter(({ last }) => last === "RUNNING")
      .map(({ definition }) => definition);
  const names = () => events.filter(({ source }) => source === "aws.ecs").map(({ detail }) => Object(detail).eventName);

  it("replaces tasks without ever running fewer than it must, and then is completed", async () => {
    sim.seed.service({ cluster: "apps", name: "api", desired: 4, fargate: true, cpu: 256, memory: 512 });
    await register("512", "1024");
    await deploy("api:2");
    expect(await deployments()).toMatchObject([
      { status: "PRIMARY", rolloutState: "IN_PROGRESS" },
      { status: "ACTIVE", rolloutState: "COMPLETED" },
    ]);
    for (let second = 0; second < 120; second++) {
      clock.advance(1_000);
      expect(running().length).toBeGreaterThanOrEqual(4);
    }
    expect(running()).toEqual(["api:2", "api:2", "api:2", "api:2"]);
    expect(await deployments()).toMatchObject([{ status: "PRIMARY", rolloutState: "COMPLETED", runningCount: 4 }]);
    expect(names()).toContain("SERVICE_DEPLOYMENT_COMPLETED");
  });

  it("goes back by itself when its tasks do not come up and the circuit breaker is on", async () => {
    sim.seed.service({
      cluster: "apps",
      name: "api",
      desired: 2,
      fargate: true,
      cpu: 256,
      memory: 1_024,
      needsMemory: 900,
    });
    await register("256", "512");
    const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    await deploy("api:2", { deploymentConfiguration: breaker });
    clock.advance(600_000);
    expect(running()).toEqual(["api:1", "api:1"]);
    expect(await deployments()).toMatchObject([{ rolloutState: "COMPLETED" }]);
    expect(names()).toEqual(expect.arrayContaining(["SERVICE_DEPLOYMENT_FAILED", "SERVICE_DEPLOYMENT_COMPLETED"]));
  });

  it("goes on failing without the circuit breaker, while the old tasks serve", async () => {
    sim.seed.service({
      cluster: "apps",
      name: "api",
      desired: 2,
      fargate: true,
      cpu: 256,
      memory: 1_024,
      needsMemory: 900,
    });
    await register("256", "512");
    await deploy("api:2");
    clock.advance(600_000);
    expect(running()).toEqual(["api:1", "api:1"]);
    expect((await deployments())?.[0]).toMatchObject({ rolloutState: "IN_PROGRESS" });
    expect((await deployments())?.[0]?.failedTasks).toBeGreaterThan(3);
  });

  it("is of revisions that count up, and only of pairs that Fargate runs", async () => {
    sim.seed.service({ cluster: "apps", name: "api", desired: 1, fargate: true, cpu: 256, memory: 512 });
    await register("512", "1024");
    await expect(register("256", "4096")).rejects.toMatchObject({ name: "ClientException" });
    const { taskDefinition } = await ecs().send(new DescribeTaskDefinitionCommand({ taskDefinition: "api" }));
    expect(taskDefinition).toMatchObject({
      revision: 2,
      cpu: "512",
      memory: "1024",
      containerDefinitions: [container],
    });
    await expect(deploy("api:9")).rejects.toMatchObject({ name: "ClientException" });
  });
});

it("alarms in the simulation are in the state they were seeded with", async () => {
  sim.seed.alarm({ name: "slow", state: "ALARM" });
  sim.seed.alarm({ name: "fine", state: "OK" });
  const cloudwatch = sim.attach(new CloudWatchClient(client));
  const ask = async (more: object) =>
    (await cloudwatch.send(new DescribeAlarmsCommand(more))).MetricAlarms?.map(({ AlarmName }) => AlarmName);
  expect(await ask({})).toEqual(["slow", "fine"]);
  expect(await ask({ AlarmNames: ["slow", "gone"], StateValue: "ALARM" })).toEqual(["slow"]);
});
