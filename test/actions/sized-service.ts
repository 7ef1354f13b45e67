import { VirtualClock } from "../../sim/clock.ts";
import { createSim } from "../../sim/sim.ts";
import { startMs } from "../support/stack.ts";

/** A service of two small tasks on Fargate, and the hands of somebody who deploys it. */
export function sizedService() {
  const sim = createSim({ clock: new VirtualClock(startMs), seed: 1 });
  sim.seed.service({ cluster: "apps", name: "api", desired: 2, cpu: 256, memory: 512, fargate: true });
  return {
    sim,
    /** Registers the same with twice the size, or with another image too. */
    register: async (image = "api:latest") => {
      const containerDefinitions = [{ name: "api", image, essential: true }];
      const size = { cpu: "512", memory: "1024", requiresCompatibilities: ["FARGATE"] };
      await sim.call("ecs", "RegisterTaskDefinition", { family: "api", containerDefinitions, ...size });
    },
    deploy: async (taskDefinition: string) => {
      await sim.call("ecs", "UpdateService", { cluster: "apps", service: "api", taskDefinition });
    },
  };
}
