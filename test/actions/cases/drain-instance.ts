import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { drainInstance } from "../../../src/actions/drain-instance.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const drainInstanceCase: ActionCase = {
  action: drainInstance,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    sim.seed.cluster({ name: "gpu" });
    const instance = sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" }).id;
    const { arn } = sim.seed.host({ cluster: "gpu", instance });
    const set = async (status: string) => {
      const input = { cluster: "gpu", containerInstances: [arn], status };
      await sim.call("ecs", "UpdateContainerInstancesState", input);
    };
    const status = () => sim.world.hosts[arn]?.status;
    const update = { service: "ecs", operation: "UpdateContainerInstancesState" } as const;
    return {
      sim,
      params: { cluster: "gpu", containerInstance: arn, instance },
      change: update,
      back: update,
      isDone: () => status() === "DRAINING",
      isBack: () => status() === "ACTIVE",
      goes: async () => {
        await sim.call("ec2", "TerminateInstances", { InstanceIds: [instance] });
        clock.advance(600_000);
      },
      already: () => set("DRAINING"),
      half: { cannot: "one instance has one state" },
      theirs: () => set("ACTIVE"),
      isTheirs: () => status() === "ACTIVE",
    };
  },
};
