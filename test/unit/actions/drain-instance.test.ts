import { beforeEach, expect, it } from "vitest";
import { BotError } from "../../../src/bot-error.ts";
import { drainInstance } from "../../../src/actions/drain-instance.ts";
import { changes, type Given, given, hand, type Hand } from "./given.ts";

let g: Given;
let drain: Hand;
let arn: string;
let instance: string;
beforeEach(() => {
  g = given();
  g.sim.seed.cluster({ name: "gpu" });
  instance = g.sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" }).id;
  ({ arn } = g.sim.seed.host({ cluster: "gpu", instance }));
  drain = hand(g, drainInstance, { cluster: "gpu", containerInstance: arn, instance });
});
const set = (status: string) =>
  g.sim.call("ecs", "UpdateContainerInstancesState", { cluster: "gpu", containerInstances: [arn], status });
const status = () => g.sim.world.hosts[arn]?.status;

it("drains a host, and sees that it drains", async () => {
  const before = await drain.before();
  expect(before).toEqual({ status: "ACTIVE" });
  expect(await drain.probe(before)).toEqual({ applied: false });
  await drain.do(before);
  expect(status()).toBe("DRAINING");
  expect(await drain.probe(before)).toEqual({ applied: true, out: null });
});

it("makes it active again, once", async () => {
  const before = await drain.before();
  await drain.do(before);
  await drain.undo(before, null);
  await drain.undo(before, null);
  expect(status()).toBe("ACTIVE");
  expect(changes(g)).toHaveLength(2);
});

it("leaves a host that was draining before as it was", async () => {
  await set("DRAINING");
  const before = await drain.before();
  expect(before).toEqual({ status: "DRAINING" });
  await drain.do(before);
  await drain.undo(before, null);
  expect(status()).toBe("DRAINING");
});

it("needs nothing where the host is gone, before, during and after", async () => {
  const before = await drain.before();
  await g.sim.call("ec2", "TerminateInstances", { InstanceIds: [instance] });
  g.clock.advance(600_000);
  expect(status()).toBeUndefined();
  expect(await drain.before()).toEqual({ status: "GONE" });
  await drain.do(before);
  expect(await drain.probe(before)).toEqual({ applied: true, out: null });
  await drain.undo(before, null);
});

it("fails where the service lists another failure in an answer that looks well", async () => {
  const answer = { failures: [{ arn, reason: "INACTIVE", detail: "agent" }] };
  g.acting.ecs.middlewareStack.add(
    () => () => Promise.resolve({ output: { ...answer, $metadata: {} }, response: {} }),
    { step: "initialize" },
  );
  await expect(drain.do({ status: "ACTIVE" })).rejects.toThrow(
    new BotError("aws_failed", `setting ${instance} to DRAINING: INACTIVE agent`),
  );
});
