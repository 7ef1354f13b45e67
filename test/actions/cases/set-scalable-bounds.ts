import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { setScalableBounds } from "../../../src/actions/set-scalable-bounds.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

const ResourceId = "service/apps/worker";

export const setScalableBoundsCase: ActionCase = {
  action: setScalableBounds,
  rehearse() {
    const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
    sim.seed.service({ cluster: "apps", name: "worker", desired: 1, fargate: true });
    sim.seed.scalableTarget({ cluster: "apps", service: "worker", min: 1, max: 2 });
    const queue = sim.seed.queue({ name: "jobs" });
    const set = (MinCapacity: number, MaxCapacity: number) => async () => {
      const name = { ServiceNamespace: "ecs", ResourceId, ScalableDimension: "ecs:service:DesiredCount" };
      await sim.call("application-autoscaling", "RegisterScalableTarget", { ...name, MinCapacity, MaxCapacity });
    };
    const is = (min: number, max: number) => {
      const target = sim.world.scalableTargets[ResourceId];
      return target?.min === min && target.max === max;
    };
    const register = { service: "application-autoscaling", operation: "RegisterScalableTarget" } as const;
    return {
      sim,
      params: { cluster: "apps", service: "worker", min: 3, max: 4, queue: queue.url },
      change: register,
      back: register,
      isDone: () => is(3, 4) && sim.world.services["apps/worker"]?.desired === 3,
      isBack: () => is(1, 2),
      goes: () => void delete sim.world.services["apps/worker"],
      already: set(3, 4),
      half: { cannot: "both bounds are set in one call" },
      theirs: set(2, 8),
      isTheirs: () => is(2, 8),
    };
  },
};
