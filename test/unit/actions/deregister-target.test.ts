import { beforeEach, expect, it } from "vitest";
import { deregisterTarget } from "../../../src/actions/deregister-target.ts";
import { changes, type Given, given, hand, type Hand } from "./given.ts";

let g: Given;
let leave: Hand;
let arn: string;
let id: string;
beforeEach(() => {
  g = given();
  id = g.sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" }).id;
  ({ arn } = g.sim.seed.targetGroup({ name: "chat", targets: [id] }));
  leave = hand(g, deregisterTarget, { targetGroup: arn, instance: id, port: 80 });
});
const state = () => Object.values(g.sim.world.targetGroups[arn]?.targets ?? {})[0]?.state;

it("takes a target out, and sees that it is out", async () => {
  const before = await leave.before();
  expect(before).toEqual({ registered: true });
  expect(await leave.probe(before)).toEqual({ applied: false });
  await leave.do(before);
  expect(state()).toBe("draining");
  expect(await leave.probe(before)).toEqual({ applied: true, out: null });
});

it("puts it back, once", async () => {
  const before = await leave.before();
  await leave.do(before);
  g.clock.advance(400_000);
  await leave.undo(before, null);
  await leave.undo(before, null);
  g.clock.advance(60_000);
  expect(state()).toBe("healthy");
  expect(changes(g)).toEqual(["DeregisterTargets", "RegisterTargets"]);
});

it("changes nothing where the target was out before, and leaves it out", async () => {
  await g.sim.call("elasticloadbalancing", "DeregisterTargets", { TargetGroupArn: arn, Targets: [{ Id: id }] });
  g.clock.advance(400_000);
  const before = await leave.before();
  expect(before).toEqual({ registered: false });
  expect(await leave.probe(before)).toEqual({ applied: true, out: null });
  await leave.do(before);
  await leave.undo(before, null);
  expect(state()).toBeUndefined();
});

it("is content when somebody has put the target back before the undo does", async () => {
  const before = await leave.before();
  await leave.do(before);
  g.clock.advance(400_000);
  await g.sim.call("elasticloadbalancing", "RegisterTargets", { TargetGroupArn: arn, Targets: [{ Id: id }] });
  const done = changes(g).length;
  await leave.undo(before, null);
  expect(changes(g)).toHaveLength(done);
});

it("does not bring back an instance that is gone", async () => {
  const before = await leave.before();
  await leave.do(before);
  await g.sim.call("ec2", "TerminateInstances", { InstanceIds: [id] });
  g.clock.advance(400_000);
  await leave.undo(before, null);
  expect(state()).toBeUndefined();
});
