import {
  DeregisterTargetsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { given, only } from "./given.ts";

function behindTargets() {
  const set = given();
  const { id } = set.sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" });
  const { arn } = set.sim.seed.targetGroup({ name: "web", deregistrationDelay: { seconds: 60 }, targets: [id] });
  const one = { TargetGroupArn: arn, Targets: [{ Id: id }] };
  const health = async (): Promise<string | undefined> => {
    const { TargetHealthDescriptions } = await set.elb.send(new DescribeTargetHealthCommand(one));
    return only(TargetHealthDescriptions).TargetHealth?.State;
  };
  return { ...set, id, arn, one, health };
}

describe("target groups in the simulation", () => {
  it("drain a target over the deregistration delay, then do not know it", async () => {
    const { elb, clock, one, arn, health } = behindTargets();

    expect(await health()).toBe("healthy");
    await elb.send(new DeregisterTargetsCommand(one));
    expect(await health()).toBe("draining");
    clock.advance(60_000);
    expect(await health()).toBe("unused");
    const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
    expect(TargetHealthDescriptions).toEqual([]);
  });

  it("take it as success when the target is not there", async () => {
    const { elb, sim, arn } = behindTargets();
    await elb.send(new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets: [{ Id: "i-00000000" }] }));
    expect(sim.calls).toMatchObject([{ outcome: "ok", mutating: true, changed: false }]);
  });

  it("take a draining target back, and its old draining does not remove it", async () => {
    const { elb, clock, one, health } = behindTargets();

    await elb.send(new DeregisterTargetsCommand(one));
    clock.advance(30_000);
    await elb.send(new RegisterTargetsCommand(one));
    expect(await health()).toBe("initial");
    clock.advance(20_000);
    expect(await health()).toBe("healthy");
    await elb.send(new DeregisterTargetsCommand(one));
    clock.advance(10_000);
    expect(await health()).toBe("draining");
    clock.advance(50_000);
    expect(await health()).toBe("unused");
  });

  it("call a target unused whose instance is going, and refuse to register it", async () => {
    const { elb, sim, one, health } = behindTargets();
    await sim.call("ec2", "TerminateInstances", { InstanceIds: [only(one.Targets).Id] });
    expect(await health()).toBe("unused");
    await expect(elb.send(new RegisterTargetsCommand(one))).rejects.toMatchObject({ name: "InvalidTargetException" });
  });

  it("are found by name and say their delay", async () => {
    const { elb, arn } = behindTargets();
    const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({ Names: ["web"] }));
    const { Attributes } = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }));

    expect(only(TargetGroups)).toMatchObject({ TargetGroupArn: arn, TargetType: "instance" });
    expect(Attributes).toEqual([{ Key: "deregistration_delay.timeout_seconds", Value: "60" }]);
    await expect(elb.send(new DescribeTargetGroupsCommand({ Names: ["none"] }))).rejects.toMatchObject({
      name: "TargetGroupNotFoundException",
    });
  });
});
