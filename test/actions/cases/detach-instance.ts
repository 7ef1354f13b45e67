import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { detachInstance } from "../../../src/actions/detach-instance.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const detachInstanceCase: ActionCase = {
  action: detachInstance,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    const zones = ["us-east-2a"];
    const seeded = sim.seed.group({ name: "gpu", zones, type: "g5.xlarge", size: 2, max: 4, spot: true });
    const [instance = ""] = seeded.instances;
    const call = async (operation: string, more: object = {}) => {
      await sim.call("autoscaling", operation, { AutoScalingGroupName: "gpu", InstanceIds: [instance], ...more });
    };
    const isMember = () => instance in (sim.world.groups["gpu"]?.members ?? {});
    return {
      sim,
      params: { instance, group: "gpu" },
      change: { service: "autoscaling", operation: "DetachInstances" },
      back: { service: "autoscaling", operation: "AttachInstances" },
      isDone: () => !isMember(),
      isBack: isMember,
      goes: async () => {
        await sim.call("ec2", "TerminateInstances", { InstanceIds: [instance] });
        clock.advance(600_000);
      },
      already: () => call("DetachInstances", { ShouldDecrementDesiredCapacity: true }),
      half: { cannot: "one instance is a member or not" },
      theirs: () => call("AttachInstances"),
      isTheirs: isMember,
    };
  },
};
