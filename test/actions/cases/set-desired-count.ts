import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { setDesiredCount } from "../../../src/actions/set-desired-count.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const setDesiredCountCase: ActionCase = {
  action: setDesiredCount,
  rehearse() {
    const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
    sim.seed.service({ cluster: "apps", name: "worker", desired: 1, fargate: true });
    const queue = sim.seed.queue({ name: "jobs" });
    const count = () => sim.world.services["apps/worker"]?.desired;
    const set = (desiredCount: number) => async () => {
      await sim.call("ecs", "UpdateService", { cluster: "apps", service: "worker", desiredCount });
    };
    const update = { service: "ecs", operation: "UpdateService" } as const;
    return {
      sim,
      params: { cluster: "apps", service: "worker", count: 3, queue: queue.url },
      change: update,
      back: update,
      isDone: () => count() === 3,
      isBack: () => count() === 1,
      goes: () => void delete sim.world.services["apps/worker"],
      already: set(3),
      half: { cannot: "one number is set or not; its tasks come by themselves" },
      theirs: set(5),
      isTheirs: () => count() === 5,
    };
  },
};
