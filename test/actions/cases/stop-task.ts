import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { stopTask } from "../../../src/actions/stop-task.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const stopTaskCase: ActionCase = {
  action: stopTask,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    sim.seed.cluster({ name: "gpu" });
    const instance = sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" }).id;
    sim.seed.host({ cluster: "gpu", instance });
    sim.seed.service({ cluster: "gpu", name: "worker", desired: 2 });
    const [task = ""] = Object.keys(sim.world.tasks);
    const running = () => Object.values(sim.world.tasks).filter(({ last }) => last === "RUNNING").length;
    const stop = async () => {
      await sim.call("ecs", "StopTask", { cluster: "gpu", task });
      clock.advance(60_000);
    };
    return {
      sim,
      params: { cluster: "gpu", service: "worker", task, why: "it leaks memory" },
      change: { service: "ecs", operation: "StopTask" },
      isDone: () => sim.world.tasks[task]?.desired !== "RUNNING" && running() === 2,
      isBack: () => sim.world.tasks[task]?.desired === "RUNNING",
      goes: async () => {
        await stop();
        clock.advance(3_700_000);
      },
      already: stop,
      half: { cannot: "one task runs or not" },
      theirs: { cannot: "nobody can change a task that is stopped" },
      isTheirs: () => false,
    };
  },
};
