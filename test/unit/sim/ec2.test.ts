import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { first, given, start } from "./given.ts";

const gpu = { type: "g5.xlarge", zone: "us-east-2a", spot: true };

describe("EC2 in the simulation", () => {
  it("describes instances by id, state and tag, page by page", async () => {
    const { sim, ec2 } = given();
    const ids = ["a", "b", "c"].map((team) => sim.seed.instance({ ...gpu, tags: { team } }).id);

    const byTag = await ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: "tag:team", Values: ["b"] }] }));
    const page = await ec2.send(new DescribeInstancesCommand({ MaxResults: 2 }));
    const rest = await ec2.send(new DescribeInstancesCommand({ MaxResults: 2, NextToken: page.NextToken }));

    expect(byTag.Reservations?.flatMap(({ Instances }) => Instances ?? [])).toMatchObject([
      {
        InstanceId: ids[1],
        InstanceLifecycle: "spot",
        Placement: { AvailabilityZone: "us-east-2a" },
        LaunchTime: new Date(start),
      },
    ]);
    expect([page.Reservations?.length, rest.Reservations?.length, rest.NextToken]).toEqual([2, 1, undefined]);
  });

  it("terminates in steps, tells of each, and forgets after an hour", async () => {
    const { sim, ec2, clock, told } = given();
    const { id } = sim.seed.instance(gpu);
    const state = () => sim.world.instances[id]?.state;

    const answer = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    expect(answer.TerminatingInstances).toMatchObject([
      { PreviousState: { Name: "running" }, CurrentState: { Name: "shutting-down" } },
    ]);
    clock.advance(40_000);
    expect(state()).toBe("terminated");
    clock.advance(3_600_000);
    expect(state()).toBeUndefined();
    expect(told("EC2 Instance State-change Notification").map(({ detail }) => detail)).toEqual([
      { "instance-id": id, state: "shutting-down" },
      { "instance-id": id, state: "terminated" },
    ]);
  });

  it("changes nothing when an instance is terminated twice", async () => {
    const { sim, ec2 } = given();
    const { id } = sim.seed.instance(gpu);

    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));

    expect(sim.calls.map(({ mutating, changed }) => ({ mutating, changed }))).toEqual([
      { mutating: true, changed: true },
      { mutating: true, changed: false },
    ]);
  });

  it("refuses what is not there and what is no id, and touches none of the others", async () => {
    const { sim, ec2 } = given();
    const { id } = sim.seed.instance(gpu);

    await expect(ec2.send(new TerminateInstancesCommand({ InstanceIds: [id, "i-00000000"] }))).rejects.toMatchObject({
      name: "InvalidInstanceID.NotFound",
      $fault: "client",
      $metadata: { httpStatusCode: 400 },
    });
    await expect(ec2.send(new DescribeInstancesCommand({ InstanceIds: ["gone"] }))).rejects.toThrow(/Invalid id/);
    expect(sim.world.instances[id]?.state).toBe("running");
  });

  it("shows only running instances in their status, unless asked for all", async () => {
    const { sim, ec2 } = given();
    const ids = [sim.seed.instance(gpu).id, sim.seed.instance(gpu).id];
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [first(ids)] }));

    const running = await ec2.send(new DescribeInstanceStatusCommand({}));
    const all = await ec2.send(new DescribeInstanceStatusCommand({ IncludeAllInstances: true }));

    expect(running.InstanceStatuses?.map(({ InstanceId }) => InstanceId)).toEqual(ids.slice(1));
    expect(all.InstanceStatuses).toHaveLength(2);
  });

  it("keeps tags", async () => {
    const { sim, ec2 } = given();
    const { id } = sim.seed.instance(gpu);
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "doomed-until", Value: "03:02" }] }));
    expect(sim.world.instances[id]?.tags).toEqual({ "doomed-until": "03:02" });
  });

  it("says which part of a call is not simulated", async () => {
    const { ec2, sim } = given();
    sim.seed.instance(gpu);
    const ask = ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: "vpc-id", Values: ["v"] }] }));
    await expect(ask).rejects.toMatchObject({
      name: "NotSimulated",
      message: "not simulated: filter vpc-id of ec2:DescribeInstances",
    });
    await expect(ec2.send(new DescribeInstancesCommand({ DryRun: true }))).rejects.toThrow(
      "not simulated: DryRun of ec2:DescribeInstances",
    );
    await expect(sim.call("ec2", "RunInstances", {})).rejects.toThrow("not simulated: ec2:RunInstances");
  });
});

describe("a spot interruption", () => {
  it("is announced as AWS prints it and takes the instance after 120 s", () => {
    const { sim, clock, events } = given();
    const { id } = sim.seed.instance(gpu);

    sim.spot.interrupt(id);
    expect(events).toEqual([
      {
        version: "0",
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        "detail-type": "EC2 Spot Instance Interruption Warning",
        source: "aws.ec2",
        account: "123456789012",
        time: "2026-03-01T03:00:00Z",
        region: "us-east-2",
        resources: [`arn:aws:ec2:us-east-2a:instance/${id}`],
        detail: { "instance-id": id, "instance-action": "terminate" },
      },
    ]);
    clock.advance(119_999);
    expect(sim.world.instances[id]?.state).toBe("running");
    clock.advance(1);
    expect(sim.world.instances[id]).toMatchObject({ state: "shutting-down", reason: "Server.SpotInstanceTermination" });
  });

  it("can be preceded by a recommendation, which carries the ordinary ARN and does nothing", () => {
    const { sim, clock, events } = given();
    const { id } = sim.seed.instance(gpu);
    const { version } = sim.world;

    sim.spot.recommendRebalance(id);
    clock.advance(600_000);
    expect(events).toMatchObject([
      {
        "detail-type": "EC2 Instance Rebalance Recommendation",
        resources: [`arn:aws:ec2:us-east-2:123456789012:instance/${id}`],
        detail: { "instance-id": id },
      },
    ]);
    expect(sim.world.version).toBe(version);
  });

  it("is announced once, and never to an instance on demand", () => {
    const { sim, events } = given();
    const { id } = sim.seed.instance(gpu);

    sim.spot.interrupt(id);
    sim.spot.interrupt(id);
    expect(events).toHaveLength(1);
    expect(() => sim.spot.interrupt(sim.seed.instance({ ...gpu, spot: false }).id)).toThrow(/which is on demand/);
  });
});
