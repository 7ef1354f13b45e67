import { beforeEach, expect, it } from "vitest";
import { detachInstance } from "../../../src/actions/detach-instance.ts";
import { launchReplacement } from "../../../src/actions/launch-replacement.ts";
import { changes, type Given, given, hand, type Hand } from "./given.ts";

let g: Given;
let detach: Hand;
let doomed: string;
beforeEach(() => {
  g = given();
  const group = g.sim.seed.group({
    name: "gpu",
    zones: ["us-east-2a"],
    type: "g5.xlarge",
    size: 2,
    max: 4,
    spot: true,
  });
  [doomed = ""] = group.instances;
  detach = hand(g, detachInstance, { instance: doomed, group: "gpu" });
});
const group = () => ({
  desired: g.sim.world.groups["gpu"]?.desired,
  members: Object.keys(g.sim.world.groups["gpu"]?.members ?? {}),
});
const replaced = async () => {
  const launch = hand(g, launchReplacement, { group: "gpu", zone: "us-east-2a", instead: doomed });
  return [{ action: launchReplacement.id, out: await launch.do(await launch.before()) }];
};

it("takes the instance out, and the room of its replacement with it", async () => {
  const earlier = await replaced();
  expect(group().desired).toBe(3);
  const before = await detach.before();
  expect(await detach.probe(before)).toEqual({ applied: false });
  const out = await detach.do(before, { earlier });
  expect(group()).toMatchObject({ desired: 2 });
  expect(group().members).not.toContain(doomed);
  expect(await detach.probe(before)).toEqual({ applied: true, out });
});

it("leaves the room of an instance without a replacement, and the group fills it", async () => {
  await detach.do(await detach.before());
  expect(group().desired).toBe(2);
  g.clock.advance(600_000);
  expect(group().members).toHaveLength(2);
  expect(group().members).not.toContain(doomed);
});

it("leaves the room where launching the replacement has not raised the desired capacity", async () => {
  const earlier = await replaced();
  Object.assign(g.sim.world.groups["gpu"] ?? {}, { desired: 2 });
  await detach.do(await detach.before(), { earlier });
  expect(group().desired).toBe(2);
  expect(group().members).toHaveLength(2);
});

it("changes nothing where the instance is out of its group already", async () => {
  await g.sim.call("autoscaling", "DetachInstances", {
    AutoScalingGroupName: "gpu",
    InstanceIds: [doomed],
    ShouldDecrementDesiredCapacity: true,
  });
  const before = await detach.before();
  expect(before).toEqual({ member: false });
  expect(await detach.do(before)).toEqual({ detached: false });
  await detach.undo(before, null);
  expect(changes(g)).toEqual(["DetachInstances"]);
});

it("puts the instance back, once", async () => {
  const before = await detach.before();
  const out = await detach.do(before, { earlier: await replaced() });
  await detach.undo(before, out);
  await detach.undo(before, out);
  expect(group().members).toContain(doomed);
  expect(changes(g).filter((operation) => operation === "AttachInstances")).toHaveLength(1);
});

it("does not bring back an instance that EC2 has taken", async () => {
  const before = await detach.before();
  const out = await detach.do(before);
  await g.sim.call("ec2", "TerminateInstances", { InstanceIds: [doomed] });
  g.clock.advance(600_000);
  await detach.undo(before, out);
  expect(group().members).not.toContain(doomed);
});
