import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { launchReplacement } from "../../../src/actions/launch-replacement.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const launchReplacementCase: ActionCase = {
  action: launchReplacement,
  rehearse() {
    const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
    const zones = ["us-east-2a", "us-east-2b"];
    const seeded = sim.seed.group({ name: "gpu", zones, type: "g5.xlarge", size: 2, max: 4, spot: true });
    const [instead = ""] = seeded.instances;
    const staying = () =>
      Object.entries(sim.world.groups["gpu"]?.members ?? {}).filter(([, { lifecycle }]) => lifecycle !== "Terminating");
    const launched = () => staying().find(([id]) => !seeded.instances.includes(id))?.[0];
    const desired = () => sim.world.groups["gpu"]?.desired;
    return {
      sim,
      params: { group: "gpu", zone: "us-east-2b", instead },
      change: { service: "autoscaling", operation: "LaunchInstances" },
      back: { service: "autoscaling", operation: "TerminateInstanceInAutoScalingGroup" },
      isDone: () => staying().length === 3 && desired() === 3,
      isBack: () => staying().length === 2 && desired() === 2,
      goes: () => void delete sim.world.groups["gpu"],
      already: { cannot: "one instance more is one more: the limits of the runbook bound it" },
      half: { cannot: "one instance is launched or not; no capacity is a failure" },
      theirs: async () => {
        const input = { InstanceId: launched(), ShouldDecrementDesiredCapacity: true };
        await sim.call("autoscaling", "TerminateInstanceInAutoScalingGroup", input);
      },
      isTheirs: () => launched() === undefined && desired() === 2,
    };
  },
};
