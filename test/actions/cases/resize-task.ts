import { resizeTask } from "../../../src/actions/resize-task.ts";
import type { ActionCase } from "../action-case.ts";
import { sizedService } from "../sized-service.ts";

export const resizeTaskCase: ActionCase = {
  action: resizeTask,
  async rehearse() {
    const { sim, register, deploy } = sizedService();
    await register();
    const runs = () => sim.world.services["apps/api"]?.definition;
    const update = { service: "ecs", operation: "UpdateService" } as const;
    return {
      sim,
      params: { cluster: "apps", service: "api" },
      change: update,
      back: update,
      isDone: () => runs() === "api:2",
      isBack: () => runs() === "api:1",
      goes: () => void delete sim.world.services["apps/api"],
      already: () => deploy("api:2"),
      half: { cannot: "a service has one revision; ECS replaces its tasks by itself" },
      theirs: async () => {
        await register("api:next");
        await deploy("api:3");
      },
      isTheirs: () => runs() === "api:3",
    };
  },
};
