import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import type { Sim } from "../../../sim/sim.ts";
import { readSavedWorld } from "../../../sim/world.ts";
import { first, fleet, given, start } from "./given.ts";

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A busy world: a launch under way, an interruption announced, a host draining, a target leaving, a message in flight. */
async function busy(sim: Sim): Promise<void> {
  const { instances, targetGroupArns } = sim.seed.group({ ...fleet, size: 3, max: 9 });
  sim.seed.service({ cluster: "gpu", name: "embed", desired: 3 });
  const queue = sim.seed.queue({ name: "jobs", messages: ["a"] });
  const [doomed = "", other = ""] = instances;
  const TargetGroupArn = first(targetGroupArns);
  await sim.call("autoscaling", "LaunchInstances", {
    AutoScalingGroupName: "workers",
    RequestedCapacity: 1,
    ClientToken: "t",
    AvailabilityZones: ["us-east-2a"],
  });
  sim.spot.interrupt(doomed);
  const containerInstances = Object.values(sim.world.hosts).flatMap(({ arn, instanceId }) =>
    instanceId === doomed ? [arn] : [],
  );
  await sim.call("ecs", "UpdateContainerInstancesState", { cluster: "gpu", containerInstances, status: "DRAINING" });
  await sim.call("elasticloadbalancing", "DeregisterTargets", { TargetGroupArn, Targets: [{ Id: other }] });
  await sim.call("sqs", "ReceiveMessage", { QueueUrl: queue.url });
}

describe("a saved world", () => {
  it("survives JSON and carries on as if nothing had happened", async () => {
    const unbroken = given();
    await busy(unbroken.sim);
    unbroken.clock.advance(30_000);
    const saved = readSavedWorld(throughJson(unbroken.sim.save()));

    const clock = new VirtualClock(unbroken.clock.now());
    const resumed = createSim({ clock, seed: 99, state: saved });
    for (const one of [unbroken.clock, clock]) one.advance(1_800_000);

    expect(resumed.world).toEqual(unbroken.sim.world);
    expect(Object.values(resumed.world.instances).filter(({ state }) => state === "running")).toHaveLength(4);
  });

  it("catches up with what fell due while nobody ran it, each thing at its own time", async () => {
    const { sim } = given();
    await busy(sim);
    const saved = sim.save();
    const events: { type: string; time: string }[] = [];
    const clock = new VirtualClock(start + 3_000_000);

    const late = createSim({
      clock,
      seed: 1,
      state: saved,
      emit: (event) => events.push({ type: event["detail-type"], time: event.time }),
    });
    expect(events).toEqual([]);
    await late.call("ec2", "DescribeInstances", {});

    expect(late.calls[0]?.changed).toBe(false);
    expect(events).toContainEqual({ type: "EC2 Instance State-change Notification", time: "2026-03-01T03:02:00Z" });
    expect(late.world.agenda.every(({ at }) => at > clock.now())).toBe(true);
  });

  it("is reported when it changes, and only then", async () => {
    let changes = 0;
    const { sim, clock } = given({ onChange: () => (changes += 1) });
    sim.seed.parameter({ name: "/a", value: "1" });
    await sim.call("ssm", "GetParameter", { Name: "/a" });
    const before = changes;

    await sim.call("ssm", "GetParameter", { Name: "/a" });
    clock.advance(60_000);
    expect(changes).toBe(before);
    await sim.call("ssm", "DeleteParameter", { Name: "/a" });
    expect(changes).toBe(before + 1);
  });

  it("is refused when it is not one", () => {
    expect(() => readSavedWorld({ format: 2, world: {} })).toThrow(/format/);
  });

  it("stops on request", () => {
    const { sim, clock } = given();
    const { instances } = sim.seed.group(fleet);
    sim.spot.interrupt(first(instances));
    sim.stop();
    clock.advance(600_000);
    expect(sim.world.instances[first(instances)]?.state).toBe("running");
  });
});

const zone = fc.constantFrom(...fleet.zones);
const step = fc.oneof(
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 200_000 }) }),
  fc.record({ do: fc.constant("interrupt" as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant("launch" as const), zone, token: fc.constantFrom("a", "b", "c") }),
  fc.record({ do: fc.constant("resize" as const), to: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant("terminate" as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant("drain" as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant("capacity" as const), zone, count: fc.nat(3) }),
);

/** Plays steps on a fresh world. Errors are answers too: what they say is part of the result. */
async function play(seed: number, steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) {
  const set = given({ seed });
  const { sim, clock } = set;
  sim.seed.group(fleet);
  sim.seed.service({ cluster: "gpu", name: "embed", desired: 2 });
  const errors: string[] = [];
  for (const one of steps) {
    const instances = Object.keys(sim.world.instances);
    const hosts = Object.keys(sim.world.hosts);
    const AutoScalingGroupName = "workers";
    const ask = (service: Parameters<Sim["call"]>[0], operation: string, input: object) =>
      sim.call(service, operation, input).catch((error: Error) => errors.push(error.message));
    if (one.do === "wait") clock.advance(one.ms);
    if (one.do === "interrupt") sim.spot.interrupt(instances[one.which % instances.length] ?? "");
    if (one.do === "capacity") sim.seed.pool({ type: "g5.xlarge", zone: one.zone, count: one.count });
    if (one.do === "resize")
      await ask("autoscaling", "SetDesiredCapacity", { AutoScalingGroupName, DesiredCapacity: one.to });
    if (one.do === "terminate")
      await ask("ec2", "TerminateInstances", { InstanceIds: [instances[one.which % instances.length]] });
    if (one.do === "drain" && hosts.length > 0) {
      const containerInstances = [hosts[one.which % hosts.length]];
      await ask("ecs", "UpdateContainerInstancesState", { cluster: "gpu", containerInstances, status: "DRAINING" });
    }
    if (one.do === "launch") {
      const where = { AutoScalingGroupName, RequestedCapacity: 1, AvailabilityZones: [one.zone] };
      await ask("autoscaling", "LaunchInstances", { ...where, ClientToken: one.token });
    }
  }
  return { ...set, errors };
}

describe("any run of the simulation", () => {
  it("is repeated by its seed: the same world, events, calls and errors", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 12 }), async (seed, steps) => {
        const [one, other] = [await play(seed, steps), await play(seed, steps)];
        expect(other.sim.world).toEqual(one.sim.world);
        expect(other.events).toEqual(one.events);
        expect(other.sim.calls).toEqual(one.sim.calls);
        expect(other.errors).toEqual(one.errors);
      }),
      { numRuns: 40, seed: 20_260_301 },
    );
  });

  it("ends with the group at its desired capacity and the service at its own, once there is capacity and quiet", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 12 }), async (seed, steps) => {
        const { sim, clock } = await play(seed, steps);
        for (const zone of fleet.zones) sim.seed.pool({ type: "g5.xlarge", zone, count: 99 });
        const before = sim.world.groups["workers"]?.max ?? 0;
        clock.advance(1_200_000);

        const { desired = 0, members = {} } = sim.world.groups["workers"] ?? {};
        const alive = Object.keys(members).filter((id) => sim.world.instances[id]?.state === "running");
        expect(alive).toHaveLength(desired);
        expect(desired).toBeLessThanOrEqual(before);
        const hosts = Object.values(sim.world.hosts);
        const active = hosts.filter(({ status }) => status === "ACTIVE");
        const running = Object.values(sim.world.tasks).filter(({ last }) => last === "RUNNING");
        if (active.length > 0) expect(running).toHaveLength(2);
        expect(hosts.every(({ instanceId }) => sim.world.instances[instanceId]?.state === "running")).toBe(true);
      }),
      { numRuns: 40, seed: 20_260_301 },
    );
  });
});
