import { VirtualClock } from "../../../sim/clock.ts";
import { createSim } from "../../../sim/sim.ts";
import { runTaskAgain } from "../../../src/actions/run-task-again.ts";
import { startMs } from "../../support/stack.ts";
import type { ActionCase } from "../action-case.ts";

export const runTaskAgainCase: ActionCase = {
  action: runTaskAgain,
  rehearse() {
    const clock = new VirtualClock(startMs);
    const sim = createSim({ clock, seed: 1 });
    sim.seed.cluster({ name: "gpu" });
    const instance = sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2a" }).id;
    const other = sim.seed.instance({ type: "g5.xlarge", zone: "us-east-2b" }).id;
    const host = sim.seed.host({ cluster: "gpu", instance });
    sim.seed.host({ cluster: "gpu", instance: other });
    const { arn: task } = sim.seed.task({
      cluster: "gpu",
      family: "embed",
      instance,
      tags: { paramedic: "act", team: "search" },
    });
    const copies = () => Object.values(sim.world.tasks).filter(({ startedBy }) => startedBy?.startsWith("paramedic/"));
    const stop = async (arn: string | undefined, reason: string) => {
      await sim.call("ecs", "StopTask", { cluster: "gpu", task: arn, reason });
    };
    return {
      sim,
      params: { cluster: "gpu", task, name: "embed", instance },
      change: { service: "ecs", operation: "RunTask" },
      back: { service: "ecs", operation: "StopTask" },
      // One copy and no more, elsewhere, with the tags of the first; which is left to its host.
      isDone: () =>
        copies().length === 1 &&
        copies().every(
          ({ host: at, tags, desired }) => at !== host.arn && tags?.["team"] === "search" && desired === "RUNNING",
        ) &&
        sim.world.tasks[task]?.desired === "RUNNING",
      isBack: () =>
        copies().every(({ desired }) => desired === "STOPPED") && sim.world.tasks[task]?.desired === "RUNNING",
      goes: async () => {
        await stop(task, "done");
        clock.advance(3_700_000);
      },
      already: { cannot: "nothing tells that two tasks are the same work" },
      half: { cannot: "one task is started or not" },
      theirs: () => stop(copies()[0]?.arn, "a person"),
      isTheirs: () => copies()[0]?.reason === "a person",
    };
  },
};
