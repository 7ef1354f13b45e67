import { registerSize } from "../../../src/actions/register-size.ts";
import type { ActionCase } from "../action-case.ts";
import { sizedService } from "../sized-service.ts";

export const registerSizeCase: ActionCase = {
  action: registerSize,
  rehearse() {
    const { sim, register } = sizedService();
    const newest = () => sim.world.definitions["api:2"];
    return {
      sim,
      params: { cluster: "apps", service: "api", cpu: 512, memory: 1_024 },
      change: { service: "ecs", operation: "RegisterTaskDefinition" },
      isDone: () => newest()?.cpu === 512 && !("api:3" in sim.world.definitions),
      isBack: () => newest() === undefined,
      goes: () => void delete sim.world.services["apps/api"],
      already: register,
      half: { cannot: "a revision is registered whole or not" },
      theirs: { cannot: "there is no undo that could meet it" },
      isTheirs: () => true,
    };
  },
};
