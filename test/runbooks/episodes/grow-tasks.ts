import { growTasks } from "../../../runbooks/grow-tasks.ts";
import { take } from "../../../src/engine/take.ts";
import { chat } from "../../support/settings.ts";
import type { RunbookEpisode } from "../episode.ts";

const cluster = "growing";

/** A task that is killed for want of memory. It helps if the tasks come up with more of it. */
export const growTasksEpisode: RunbookEpisode = {
  runbook: growTasks,
  settings: {
    services: [
      {
        ...chat,
        name: "summarise",
        alarms: [],
        size: { kind: "ecs", cluster, service: "summarise", days: 7, hourUtc: 3 },
      },
    ],
  },
  seed({ sim }, helps) {
    sim.seed.service({ cluster, name: "summarise", desired: 1, cpu: 512, memory: 1_024, fargate: true });
    const first = sim.world.definitions["summarise:1"];
    if (first && !helps) first.needsMemory = 9_999;
  },
  trouble: async (s) => {
    const [task] = Object.values(s.sim.world.tasks).filter(({ arn }) => arn.includes(cluster));
    const reason = "OutOfMemoryError: Container killed due to memory usage";
    const killed = { name: "summarise", exitCode: 137, reason, lastStatus: "STOPPED" };
    await take(s.world, {
      version: "0",
      id: "oom-1",
      "detail-type": "ECS Task State Change",
      source: "aws.ecs",
      account: "123456789012",
      time: new Date(s.clock.now()).toISOString(),
      region: "us-east-2",
      resources: [],
      detail: {
        taskArn: task?.arn,
        clusterArn: `arn:aws:ecs:us-east-2:123456789012:cluster/${cluster}`,
        group: "service:summarise",
        version: 1,
        lastStatus: "STOPPED",
        desiredStatus: "STOPPED",
        stopCode: "EssentialContainerExited",
        containers: [killed],
      },
    });
  },
  over: { hours: 2 },
  shows: ({ sim }) => sim.world.definitions[sim.world.services[`${cluster}/summarise`]?.definition ?? ""]?.memory,
  healed: 2_048,
  less: { nothing: "Fargate has no size between the old one and the next" },
};
