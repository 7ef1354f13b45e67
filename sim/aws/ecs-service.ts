import type { Ground } from "../ground.ts";
import type { Service, Task } from "../world.ts";

/** The scheduler of every service in the cluster looks again within a few seconds. */
export function lookAtServices(ground: Ground, cluster: string): void {
  for (const service of Object.values(ground.world.services)) {
    if (service.cluster === cluster) ground.soon(ground.between(1, 4), "service-looks", service.name, cluster);
  }
}

export const serviceKey = (cluster: string, name: string): string => `${cluster}/${name}`;

/** The tasks of a service that are meant to run. */
export const tasksOf = (ground: Ground, { name, cluster }: Service): Task[] =>
  Object.values(ground.world.tasks).filter(
    (task) =>
      task.cluster === cluster &&
      task.group === `service:${name}` &&
      task.desired === "RUNNING" &&
      task.last !== "STOPPED",
  );
