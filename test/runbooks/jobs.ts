import type { Job } from "../../sim/world/batch.ts";
import type { AnyStack } from "../support/stack.ts";

/** A spot queue, and the queue on demand beside it, which the settings name. */
export function seedQueues({ sim }: AnyStack): void {
  sim.seed.jobQueue({ name: "spot", spot: true });
  sim.seed.jobQueue({ name: "on-demand" });
}

export const jobNamed = ({ sim }: AnyStack, name: string): Job | undefined =>
  Object.values(sim.world.jobs).find((job) => job.name === name);

/** A job and its copies. */
export const jobsOf = ({ sim }: AnyStack, name: string): Job[] =>
  Object.values(sim.world.jobs).filter((job) => job.name === name || job.name.startsWith(`${name}-r`));

/** So many instances can be had in spot, in each zone. */
export function spotCapacity({ sim }: AnyStack, count: number): void {
  for (const zone of ["us-east-2a", "us-east-2b"]) sim.seed.pool({ type: "g5.xlarge", zone, market: "spot", count });
}
