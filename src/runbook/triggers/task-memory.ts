import { nameIn } from "../../signals/arn.ts";
import { resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";

/** A task of an ECS service had too little memory. */
export interface TaskOutOfMemory {
  readonly cluster: string;
  readonly service: string;
  readonly at: number;
}

/** A task of an ECS service was killed for want of memory, and the settings leave the size of its tasks to the bot. */
export const taskOutOfMemory = defineTrigger<TaskOutOfMemory>({
  id: "ecs-task-out-of-memory",
  title: ({ service }) => `a task of ${service} ran out of memory`,
  match: (signal, services) => {
    if (signal.kind !== "ecs-task" || signal.lastStatus !== "STOPPED") return undefined;
    if (!signal.containers.some(({ outOfMemory }) => outOfMemory)) return undefined;
    for (const { size } of services) {
      if (size?.kind !== "ecs" || size.service !== signal.service || size.cluster !== nameIn(signal.cluster)) continue;
      const { cluster, service } = size;
      return { root: resource.ecsService(cluster, service), signal: { cluster, service, at: signal.at } };
    }
    return undefined;
  },
});
