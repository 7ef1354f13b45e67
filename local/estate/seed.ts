import type { Sim } from "../../sim/sim.ts";

/** Names of the estate that `npm start` brings up; `paramedic.config.ts` knows the same ones. */
export const estate = {
  cluster: "gpu",
  group: "gpu-workers",
  service: "chat",
  worker: "worker",
  jobs: "jobs",
  /** The circuit through which the chat service calls its model's provider. */
  provider: "bedrock/claude/us-east-2",
} as const;

/** A fleet of four GPU spot instances in three zones, with a worker and a chat task on each. Only for an empty world. */
export function seedEstate(sim: Sim): void {
  sim.seed.group({
    name: estate.group,
    zones: ["us-east-2a", "us-east-2b", "us-east-2c"],
    type: "g5.xlarge",
    size: 4,
    min: 2,
    max: 8,
    spot: true,
    cluster: estate.cluster,
    targetGroups: [estate.service],
  });
  sim.seed.service({ cluster: estate.cluster, name: estate.worker, desired: 4, cpu: 1024, memory: 4096 });
  sim.seed.service({ cluster: estate.cluster, name: estate.service, desired: 4, cpu: 1024, memory: 4096 });
}
