import { beforeEach, expect, it } from "vitest";
import { BotError } from "../../../src/bot-error.ts";
import { launchReplacement } from "../../../src/actions/launch-replacement.ts";
import { changes, type Given, given, hand, type Hand } from "./given.ts";

let g: Given;
let launch: Hand;
let doomed: string;
beforeEach(() => {
  g = given();
  const zones = ["us-east-2a", "us-east-2b"];
  const group = g.sim.seed.group({ name: "gpu", zones, type: "g5.xlarge", size: 2, max: 4, spot: true });
  [doomed = ""] = group.instances;
  launch = hand(g, launchReplacement, { group: "gpu", zone: "us-east-2b", instead: doomed });
});
const members = () => Object.keys(g.sim.world.groups["gpu"]?.members ?? {});

it("launches one instance into the zone, and finds it", async () => {
  const before = await launch.before();
  expect(await launch.probe(before)).toEqual({ applied: false });
  const out = await launch.do(before);
  expect(members()).toHaveLength(3);
  expect(await launch.probe(before)).toEqual({ applied: true, out });
});

it("launches no second one when the same step is done again", async () => {
  const before = await launch.before();
  const out = await launch.do(before);
  expect(await launch.do(before)).toEqual(out);
  expect(members()).toHaveLength(3);
});

it("fails, and says why, when there is no capacity", async () => {
  g.sim.seed.pool({ type: "g5.xlarge", zone: "us-east-2b", count: 0 });
  await expect(launch.do(await launch.before())).rejects.toThrow(BotError);
  expect(members()).toHaveLength(2);
  expect(await launch.probe(await launch.before())).toEqual({ applied: false });
});

it("takes the replacement back with the room it took, once", async () => {
  const before = await launch.before();
  const out = await launch.do(before);
  await launch.undo(before, out);
  g.clock.advance(600_000);
  await launch.undo(before, out);
  expect(g.sim.world.groups["gpu"]?.desired).toBe(2);
  expect(members()).toHaveLength(2);
});

it("has nothing to take back when somebody else has dealt with the replacement, or it never was", async () => {
  const before = await launch.before();
  const out = await launch.do(before);
  const launched = members().find((id) => JSON.stringify(out).includes(id)) ?? "";
  await g.sim.call("autoscaling", "TerminateInstanceInAutoScalingGroup", {
    InstanceId: launched,
    ShouldDecrementDesiredCapacity: true,
  });
  g.clock.advance(600_000);
  const done = changes(g).length;
  await launch.undo(before, out);
  await launch.undo(before, null);
  expect(changes(g)).toHaveLength(done);
});
