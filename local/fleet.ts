import type { ConsoleState } from "./console/state.ts";
import type { Stack } from "./stack.ts";

/** The instances there are, oldest first, with what EC2 and ECS say of each. EC2 forgets an ended one after an hour. */
export function fleetOf({ sim }: Pick<Stack, "sim">): ConsoleState["fleet"] {
  const { hosts, tasks, instances } = sim.world;
  return Object.values(instances)
    .sort((a, b) => a.launchedAt - b.launchedAt || (a.id < b.id ? -1 : 1))
    .map((instance) => {
      const host = Object.values(hosts).find(({ instanceId }) => instanceId === instance.id);
      const running = Object.values(tasks).filter(({ host: on, last }) => on === host?.arn && last === "RUNNING");
      const doomed = instance.reclaimedAt !== undefined && instance.state === "running";
      return {
        instanceId: instance.id,
        zone: instance.zone,
        type: instance.type,
        state: doomed ? "interrupted" : instance.state,
        ecs: host?.status ?? (instance.state === "running" ? "joining" : "none"),
        tasks: running.length,
        ...(instance.reclaimedAt !== undefined && { interruptedAt: instance.reclaimedAt - 120_000 }),
        ...(instance.endedAt !== undefined && { endedAt: instance.endedAt }),
      };
    });
}
