import {
  AttachInstancesCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DetachInstancesCommand,
  LaunchInstancesCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { describe, expect, it } from "vitest";
import { first, fleet, given } from "./given.ts";

const group = { AutoScalingGroupName: "workers" };
const oneMore = { ...group, RequestedCapacity: 1, AvailabilityZones: ["us-east-2b"], ClientToken: "incident-1/launch" };

function fleetOf(changes: Partial<Parameters<ReturnType<typeof given>["sim"]["seed"]["group"]>[0]> = {}) {
  const set = given();
  const { instances } = set.sim.seed.group({ ...fleet, ...changes });
  const now = () => set.sim.world.groups["workers"];
  return { ...set, instances, group: now, members: () => Object.keys(now()?.members ?? {}) };
}

describe("an Auto Scaling group in the simulation", () => {
  it("describes itself and its instances", async () => {
    const { autoscaling, instances } = fleetOf();

    const groups = await autoscaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["workers"] }));
    const members = await autoscaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [first(instances)] }),
    );

    expect(groups.AutoScalingGroups).toMatchObject([
      {
        DesiredCapacity: 2,
        AvailabilityZones: ["us-east-2a", "us-east-2b"],
        MixedInstancesPolicy: { InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 0 } },
      },
    ]);
    expect(members.AutoScalingInstances).toMatchObject([
      {
        InstanceId: first(instances),
        AutoScalingGroupName: "workers",
        LifecycleState: "InService",
        AvailabilityZone: "us-east-2a",
      },
    ]);
  });

  it("launches at once and answers with a pending instance, which serves within 90 s and joins its cluster soon after", async () => {
    const { sim, clock, autoscaling } = fleetOf();

    const answer = await autoscaling.send(new LaunchInstancesCommand(oneMore));
    const id = first(first(answer.Instances).InstanceIds);

    expect(answer).toMatchObject({ Errors: [], Instances: [{ MarketType: "Spot", AvailabilityZone: "us-east-2b" }] });
    expect(sim.world.instances[id]?.state).toBe("pending");
    expect(sim.world.groups["workers"]).toMatchObject({ desired: 3, members: { [id]: { lifecycle: "Pending" } } });
    clock.advance(90_000);
    expect(sim.world.groups["workers"]?.members[id]?.lifecycle).toBe("InService");
    clock.advance(25_000);
    expect(Object.values(sim.world.targetGroups)[0]?.targets[id]?.state).toBe("healthy");
    expect(Object.values(sim.world.hosts).map(({ instanceId }) => instanceId)).toContain(id);
  });

  it("launches once per client token, and refuses the token for anything else", async () => {
    const { sim, autoscaling } = fleetOf();

    const one = await autoscaling.send(new LaunchInstancesCommand(oneMore));
    const again = await autoscaling.send(new LaunchInstancesCommand(oneMore));
    const other = autoscaling.send(new LaunchInstancesCommand({ ...oneMore, RequestedCapacity: 2 }));

    expect(again.Instances).toEqual(one.Instances);
    expect(sim.calls.map(({ changed }) => changed)).toEqual([true, false]);
    await expect(other).rejects.toMatchObject({ name: "IdempotentParameterMismatchError" });
  });

  it("needs a zone when it has several, and takes only its own", async () => {
    const { autoscaling } = fleetOf();
    const launch = (where: object) =>
      autoscaling.send(new LaunchInstancesCommand({ ...group, RequestedCapacity: 1, ClientToken: "t", ...where }));

    await expect(launch({})).rejects.toMatchObject({ name: "ValidationError" });
    await expect(launch({ AvailabilityZones: ["us-east-2c"] })).rejects.toMatchObject({ name: "ValidationError" });
    await expect(launch({ SubnetIds: ["subnet-us-east-2a"] })).resolves.toMatchObject({ Errors: [] });
  });

  it("answers with errors, not with an exception, when the pool is dry, and falls back to its other types first", async () => {
    const { sim, autoscaling } = fleetOf({ otherTypes: ["g6.xlarge"], max: 9 });
    sim.seed.pool({ type: "g5.xlarge", zone: "us-east-2b", market: "spot", count: 0 });
    sim.seed.pool({ type: "g6.xlarge", zone: "us-east-2b", market: "spot", count: 1 });

    const partly = await autoscaling.send(new LaunchInstancesCommand({ ...oneMore, RequestedCapacity: 2 }));

    expect(partly.Instances).toMatchObject([{ InstanceType: "g6.xlarge", InstanceIds: [expect.any(String)] }]);
    expect(partly.Errors?.map(({ ErrorCode, InstanceType }) => [ErrorCode, InstanceType])).toEqual([
      ["InsufficientInstanceCapacity", "g5.xlarge"],
      ["InsufficientInstanceCapacity", "g6.xlarge"],
    ]);
    expect(sim.world.groups["workers"]?.desired).toBe(3);
  });

  it("launches nothing above its maximum", async () => {
    const { sim, autoscaling, members } = fleetOf({ max: 2 });
    await expect(autoscaling.send(new LaunchInstancesCommand(oneMore))).rejects.toMatchObject({
      name: "ValidationError",
    });
    expect(members()).toHaveLength(2);
    expect(sim.calls[0]?.changed).toBe(false);
  });

  it("replaces a lost instance only after its health check has seen the loss", () => {
    const { sim, clock, instances, members, told } = fleetOf();
    const lost = first(instances);

    sim.spot.interrupt(lost);
    clock.advance(160_000);
    expect(sim.world.instances[lost]?.state).toBe("terminated");
    expect(members()).toEqual(instances);
    clock.advance(155_000);
    expect(members()).not.toContain(lost);
    expect(members()).toHaveLength(2);
    clock.advance(95_000);
    expect(told("EC2 Instance Launch Successful")).toHaveLength(1);
  });

  it("tries again by itself while no pool has capacity", () => {
    const { sim, clock, instances, members, told } = fleetOf();
    for (const zone of fleet.zones) sim.seed.pool({ type: "g5.xlarge", zone, count: 0 });

    sim.spot.interrupt(first(instances));
    clock.advance(600_000);
    expect(members()).toHaveLength(1);
    expect(told("EC2 Instance Launch Unsuccessful").length).toBeGreaterThan(2);
    sim.seed.pool({ type: "g5.xlarge", zone: "us-east-2a", count: 5 });
    clock.advance(60_000);
    expect(members()).toHaveLength(2);
  });

  it("launches the replacement on the notice when capacity rebalancing is on, and ends the old instance when the new one serves", () => {
    const { sim, clock, instances, members } = fleetOf({ capacityRebalance: true });

    sim.spot.recommendRebalance(first(instances));
    clock.advance(5_000);
    expect(members()).toHaveLength(3);
    clock.advance(90_000);
    expect(sim.world.instances[first(instances)]?.state).toBe("shutting-down");
    clock.advance(60_000);
    expect(members()).toHaveLength(2);
    expect(members()).not.toContain(first(instances));
  });

  it("detaches with or without a replacement; what is no member is an error", async () => {
    const { sim, clock, autoscaling, instances, members } = fleetOf();
    const [a = "", b = ""] = instances;

    await autoscaling.send(
      new DetachInstancesCommand({ ...group, InstanceIds: [a], ShouldDecrementDesiredCapacity: true }),
    );
    expect(sim.world.groups["workers"]?.desired).toBe(1);
    await autoscaling.send(
      new DetachInstancesCommand({ ...group, InstanceIds: [b], ShouldDecrementDesiredCapacity: false }),
    );
    clock.advance(5_000);
    expect(members()).toHaveLength(1);
    expect([a, b].map((id) => sim.world.instances[id]?.state)).toEqual(["running", "running"]);
    expect(Object.values(sim.world.targetGroups)[0]?.targets[a]?.state).toBe("draining");
    await expect(
      autoscaling.send(
        new DetachInstancesCommand({ ...group, InstanceIds: [a], ShouldDecrementDesiredCapacity: false }),
      ),
    ).rejects.toMatchObject({ name: "ValidationError" });
  });

  it("takes a detached instance back, up to its maximum", async () => {
    const { sim, autoscaling, instances } = fleetOf({ max: 2 });
    const one = { ...group, InstanceIds: [first(instances)] };
    await autoscaling.send(new DetachInstancesCommand({ ...one, ShouldDecrementDesiredCapacity: true }));

    await autoscaling.send(new AttachInstancesCommand(one));
    expect(sim.world.groups["workers"]?.desired).toBe(2);
    const { id } = sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" });
    await expect(autoscaling.send(new AttachInstancesCommand({ ...group, InstanceIds: [id] }))).rejects.toThrow(
      /max-size=2/,
    );
  });

  it("terminates a member, once, with or without a replacement", async () => {
    const { sim, clock, autoscaling, instances, members } = fleetOf();
    const [a = "", b = ""] = instances;
    const terminate = (InstanceId: string, ShouldDecrementDesiredCapacity: boolean) =>
      autoscaling.send(new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity }));

    await terminate(a, true);
    await terminate(a, true);
    expect(sim.calls.map(({ changed }) => changed)).toEqual([true, false]);
    await expect(terminate(b, true)).rejects.toMatchObject({ name: "ValidationError" });
    await terminate(b, false);
    clock.advance(60_000);
    expect(members()).toHaveLength(1);
    expect(members()).not.toContain(b);
    await expect(terminate("i-00000000", false)).rejects.toMatchObject({ name: "ValidationError" });
  });

  it("grows and shrinks to the desired capacity, inside its bounds", async () => {
    const { sim, clock, autoscaling, members } = fleetOf();
    const set = (DesiredCapacity: number) =>
      autoscaling.send(new SetDesiredCapacityCommand({ ...group, DesiredCapacity }));

    await set(4);
    await set(4);
    expect(sim.calls.map(({ changed }) => changed)).toEqual([true, false]);
    clock.advance(100_000);
    expect(members()).toHaveLength(4);
    await set(1);
    clock.advance(100_000);
    expect(members()).toHaveLength(1);
    await expect(set(5)).rejects.toThrow(/above max value 4/);
    await expect(set(0)).rejects.toThrow(/below min value 1/);
  });
});
