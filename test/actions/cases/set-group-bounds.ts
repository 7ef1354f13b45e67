import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { setGroupBounds } from "../../../src/actions/set-group-bounds.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const setGroupBoundsCase: ActionCase = {
  action: setGroupBounds,
  rehearse() {
    const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
    const zones = ["us-east-2a"];
    sim.seed.group({ name: "workers", zones, type: "g5.xlarge", size: 1, min: 0, max: 2, spot: true });
    const queue = sim.seed.queue({ name: "jobs" });
    const set = (MinSize: number, MaxSize: number) => async () => {
      const input = { AutoScalingGroupName: "workers", MinSize, MaxSize };
      await sim.call("autoscaling", "UpdateAutoScalingGroup", input);
    };
    const is = (min: number, max: number, desired: number) => {
      const group = sim.world.groups["workers"];
      return group?.min === min && group.max === max && group.desired === desired;
    };
    const update = { service: "autoscaling", operation: "UpdateAutoScalingGroup" } as const;
    return {
      sim,
      params: { group: "workers", min: 3, max: 4, queue: queue.url },
      change: update,
      back: update,
      isDone: () => is(3, 4, 3),
      isBack: () => is(0, 2, 1),
      goes: () => void delete sim.world.groups["workers"],
      already: set(3, 4),
      half: { cannot: "both bounds are set in one call" },
      theirs: set(2, 8),
      isTheirs: () => is(2, 8, 3),
    };
  },
};
