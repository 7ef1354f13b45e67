import {
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { first, fleet, given, only } from "./given.ts";

const cluster = "gpu";

function clusterOf({
  size = 2,
  ...service
}: { size?: number; minimumHealthyPercent?: number; maximumPercent?: number } = {}) {
  const set = given();
  const { sim } = set;
  const { instances } = sim.seed.group({ ...fleet, size });
  sim.seed.service({ cluster, name: "embed", desired: 2, memory: 8192, ...service });
  const tasks = () =>
    Object.values(sim.world.tasks).filter(({ group, last }) => group === "service:embed" && last !== "STOPPED");
  return {
    ...set,
    instances,
    hostOf: (instance: string) =>
      only(Object.values(sim.world.hosts).filter(({ instanceId }) => instanceId === instance)),
    running: () => tasks().filter(({ last, desired }) => last === "RUNNING" && desired === "RUNNING"),
    tasksOn: (instance: string) => tasks().filter(({ host }) => sim.world.hosts[host]?.instanceId === instance),
    setState: (containerInstances: string[], status: "ACTIVE" | "DRAINING") =>
      set.ecs.send(new UpdateContainerInstancesStateCommand({ cluster, containerInstances, status })),
  };
}

describe("ECS in the simulation", () => {
  it("finds the host of an instance and describes it", async () => {
    const { ecs, instances, hostOf } = clusterOf();
    const instance = first(instances);

    const listed = await ecs.send(
      new ListContainerInstancesCommand({ cluster, filter: `ec2InstanceId == ${instance}` }),
    );
    const arn = only(listed.containerInstanceArns);
    const described = await ecs.send(
      new DescribeContainerInstancesCommand({ cluster, containerInstances: [arn, "0123456789abcdef"] }),
    );

    expect(arn).toBe(hostOf(instance).arn);
    expect(described.containerInstances).toMatchObject([
      { ec2InstanceId: instance, status: "ACTIVE", runningTasksCount: 1 },
    ]);
    expect(described.failures).toMatchObject([{ reason: "MISSING" }]);
    await expect(
      ecs.send(new ListContainerInstancesCommand({ cluster, filter: "agentConnected == true" })),
    ).rejects.toThrow("not simulated: filter agentConnected == true");
  });

  it("lists and describes clusters, services and tasks", async () => {
    const { ecs, sim } = clusterOf();
    sim.seed.task({ cluster, family: "train" });

    const { clusterArns } = await ecs.send(new ListClustersCommand({}));
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: clusterArns }));
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: ["embed"] }));
    const ofService = await ecs.send(new ListTasksCommand({ cluster, serviceName: "embed" }));
    const all = await ecs.send(new ListTasksCommand({ cluster, maxResults: 2 }));
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: ofService.taskArns }));

    expect(clusters).toMatchObject([
      { clusterName: "gpu", registeredContainerInstancesCount: 2, runningTasksCount: 3 },
    ]);
    expect(services).toMatchObject([{ desiredCount: 2, runningCount: 2, pendingCount: 0 }]);
    expect([all.taskArns?.length, all.nextToken]).toEqual([2, "2"]);
    expect(tasks?.map(({ group, lastStatus }) => [group, lastStatus])).toEqual([
      ["service:embed", "RUNNING"],
      ["service:embed", "RUNNING"],
    ]);
    await expect(ecs.send(new ListTasksCommand({ cluster: "none" }))).rejects.toMatchObject({
      name: "ClusterNotFoundException",
    });
  });

  it("drains a host: service tasks move, replacements running before the old ones stop; standalone tasks stay", async () => {
    const { sim, clock, instances, hostOf, running, tasksOn, setState } = clusterOf();
    const doomed = first(instances);
    const alone = sim.seed.task({ cluster, family: "train", instance: doomed });
    sim.seed.host({ cluster, instance: sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" }).id });

    await setState([hostOf(doomed).arn], "DRAINING");
    const seen: number[] = [];
    for (let second = 0; second < 60; second += 1) {
      clock.advance(1_000);
      seen.push(running().length);
    }

    expect(Math.min(...seen)).toBe(2);
    expect(tasksOn(doomed)).toEqual([]);
    expect(running()).toHaveLength(2);
    expect(sim.world.tasks[alone.arn]?.last).toBe("RUNNING");
  });

  it("stops first when half of the service may be missing", async () => {
    const { clock, instances, hostOf, running, tasksOn, setState } = clusterOf({
      minimumHealthyPercent: 50,
      maximumPercent: 100,
    });

    await setState([hostOf(first(instances)).arn], "DRAINING");
    clock.advance(5_000);
    expect(running()).toHaveLength(1);
    clock.advance(55_000);
    expect(running()).toHaveLength(1);
    expect(tasksOn(first(instances))).toEqual([]);
  });

  it("never empties a host whose service allows neither fewer nor more", async () => {
    const { clock, instances, hostOf, tasksOn, setState } = clusterOf({
      minimumHealthyPercent: 100,
      maximumPercent: 100,
    });

    await setState([hostOf(first(instances)).arn], "DRAINING");
    clock.advance(600_000);
    expect(tasksOn(first(instances))).toHaveLength(1);
  });

  it("says that a task finds no room, and places it when there is some", async () => {
    const { sim, clock, told, running, instances, hostOf, setState } = clusterOf();
    await setState([hostOf(first(instances)).arn], "DRAINING");
    clock.advance(60_000);
    expect(told("ECS Service Action").length).toBeGreaterThan(0);

    sim.seed.host({ cluster, instance: sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" }).id });
    clock.advance(60_000);
    expect(running()).toHaveLength(2);
  });

  it("sets at most ten states at once, does nothing the second time, and goes back to active", async () => {
    const { sim, instances, hostOf, setState } = clusterOf();
    const { arn } = hostOf(first(instances));

    await setState([arn], "DRAINING");
    await setState([arn], "DRAINING");
    const back = await setState([arn, "0123456789abcdef"], "ACTIVE");

    expect(sim.calls.map(({ changed }) => changed)).toEqual([true, false, true]);
    expect(back.containerInstances).toMatchObject([{ status: "ACTIVE" }]);
    expect(back.failures).toMatchObject([{ reason: "MISSING" }]);
    await expect(
      setState(
        Array.from({ length: 11 }, () => arn),
        "DRAINING",
      ),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("stops every task of an instance that is gone and forgets the host", () => {
    const { sim, clock, instances, running, told } = clusterOf();
    const alone = sim.seed.task({ cluster, family: "train", instance: first(instances) });

    sim.spot.interrupt(first(instances));
    clock.advance(161_000);

    expect(sim.world.tasks[alone.arn]).toMatchObject({ last: "STOPPED", stopCode: "TerminationNotice" });
    expect(Object.values(sim.world.hosts).map(({ instanceId }) => instanceId)).toEqual([instances[1]]);
    expect(told("ECS Task State Change").map(({ detail }) => detail)).toContainEqual(
      expect.objectContaining({ taskArn: alone.arn, group: "family:train", lastStatus: "STOPPED" }),
    );
    expect(running().length).toBeLessThan(2);
  });

  it("drains by itself on the notice when the capacity provider says so", async () => {
    const { sim, clock, ecs, instances, hostOf } = clusterOf();
    sim.seed.capacityProvider({ name: "spot", cluster, group: "workers", managedDraining: true });

    const { capacityProviders } = await ecs.send(new DescribeCapacityProvidersCommand({ capacityProviders: ["spot"] }));
    expect(capacityProviders).toMatchObject([{ autoScalingGroupProvider: { managedDraining: "ENABLED" } }]);
    sim.spot.interrupt(first(instances));
    clock.advance(5_000);
    expect(hostOf(first(instances)).status).toBe("DRAINING");
  });

  it("runs a task once per client token", async () => {
    const { ecs, sim, clock } = clusterOf();
    const family = sim.seed.taskDefinition({ family: "train", memory: 1024 });
    const ask = { cluster, taskDefinition: family, clientToken: "incident-1/train", startedBy: "paramedic" };

    const one = await ecs.send(new RunTaskCommand(ask));
    const again = await ecs.send(new RunTaskCommand(ask));
    clock.advance(15_000);

    expect(again.tasks?.map(({ taskArn }) => taskArn)).toEqual(one.tasks?.map(({ taskArn }) => taskArn));
    expect(sim.calls.map(({ changed }) => changed)).toEqual([true, false]);
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [only(one.tasks).taskArn ?? ""] }));
    expect(tasks).toMatchObject([{ group: "family:train", lastStatus: "RUNNING", startedBy: "paramedic" }]);
    await expect(ecs.send(new RunTaskCommand({ ...ask, startedBy: "you" }))).rejects.toMatchObject({
      name: "ConflictException",
    });
    await expect(ecs.send(new RunTaskCommand({ cluster, taskDefinition: "none" }))).rejects.toMatchObject({
      name: "ClientException",
    });
  });

  it("keeps a task away from the instances that its constraint names, and tells its tags when asked", async () => {
    const { ecs, sim, instances } = clusterOf();
    const taskDefinition = sim.seed.taskDefinition({ family: "train", memory: 1024 });
    const [stays = "", ...others] = instances;
    const not = others.map((id) => `'${id}'`).join(", ");
    const tags = [{ key: "team", value: "search" }];
    const placementConstraints = [{ type: "memberOf" as const, expression: `!(ec2InstanceId in [${not}])` }];

    const { tasks } = await ecs.send(new RunTaskCommand({ cluster, taskDefinition, tags, placementConstraints }));
    const told = await ecs.send(
      new DescribeTasksCommand({ cluster, tasks: [only(tasks).taskArn ?? ""], include: ["TAGS"] }),
    );

    expect(sim.world.hosts[only(told.tasks).containerInstanceArn ?? ""]?.instanceId).toBe(stays);
    expect(only(told.tasks).tags).toEqual(tags);
  });

  it("answers with failures when no host has room", async () => {
    const { ecs, sim } = clusterOf();
    const taskDefinition = sim.seed.taskDefinition({ family: "huge", memory: 99_999 });
    const answer = await ecs.send(new RunTaskCommand({ cluster, taskDefinition, clientToken: "t" }));
    expect([answer.tasks, answer.failures?.map(({ reason }) => reason)]).toEqual([
      [],
      ["RESOURCE:MEMORY", "RESOURCE:MEMORY"],
    ]);
  });

  it("stops a task when asked, and its service starts another", async () => {
    const { ecs, clock, running } = clusterOf();
    const { arn } = first(running());

    const stopped = await ecs.send(new StopTaskCommand({ cluster, task: arn, reason: "sick" }));
    expect(stopped.task).toMatchObject({ desiredStatus: "STOPPED", lastStatus: "RUNNING", stopCode: "UserInitiated" });
    clock.advance(30_000);
    expect(running()).toHaveLength(2);
    expect(running().map((task) => task.arn)).not.toContain(arn);
    await expect(ecs.send(new StopTaskCommand({ cluster, task: "none" }))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  it("scales a service", async () => {
    const { ecs, clock, running } = clusterOf();
    await ecs.send(new UpdateServiceCommand({ cluster, service: "embed", desiredCount: 1 }));
    clock.advance(30_000);
    expect(running()).toHaveLength(1);
  });
});
