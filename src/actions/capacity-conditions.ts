import { z } from "zod";
import { defineCondition, type Seen } from "../runbook/condition.ts";
import type { Look } from "../runbook/look.ts";
import type { Workers } from "../settings/capacity.ts";

const count = z.int().nonnegative();

/** As many instances of an Auto Scaling group are in service as it must have at least, and no fewer than so many. */
export const instancesAreThere = defineCondition({
  id: "autoscaling.instances-are-there",
  params: z.object({ group: z.string(), count }),
  permissions: ["autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities"],
  summary: ({ group, count }) => `as many of ${group} as it must have are in service, ${count} or more`,
  holds: ({ params: { group, count }, look }) => areThere(look, { kind: "group", group }, count),
});

/** As many tasks of an ECS service run as it must have at least, and no fewer than so many. */
export const tasksAreThere = defineCondition({
  id: "ecs.tasks-are-there",
  params: z.object({ cluster: z.string(), service: z.string(), count }),
  permissions: [
    "application-autoscaling:DescribeScalableTargets",
    "ecs:DescribeServices",
    "ecs:DescribeTasks",
    "ecs:ListTasks",
  ],
  summary: ({ service, count }) => `as many tasks of ${service} as it must have run, ${count} or more`,
  holds: ({ params: { count, ...service }, look }) => areThere(look, { kind: "ecs", ...service }, count),
});

/** The condition that the workers who were asked for are there, and no fewer than so many, whatever they are. */
export const workersAreThere = (workers: Workers, count: number) =>
  workers.kind === "group"
    ? instancesAreThere({ group: workers.group, count })
    : tasksAreThere({ cluster: workers.cluster, service: workers.service, count });

async function areThere(look: Pick<Look, "capacity">, workers: Workers, count: number): Promise<Seen> {
  const found = await look.capacity(workers);
  if (found.kind === "gone") return { holds: false, saw: "they are gone" };
  // The floor is what the bot has asked for; what a scaling policy has just asked for above it is on its way.
  const due = Math.max(count, found.bounds?.min ?? found.desired);
  return { holds: found.running >= due, saw: `${found.running} of ${due} are there` };
}

/** The tasks of an ECS service have room: none of them came near its CPU or its memory in the last ten minutes. */
export const tasksHaveRoom = defineCondition({
  id: "ecs.tasks-have-room",
  params: z.object({ cluster: z.string(), service: z.string(), percent: z.number().positive().max(100) }),
  permissions: ["cloudwatch:GetMetricData"],
  summary: ({ service, percent }) => `the tasks of ${service} use less than ${percent} % of what they have`,
  holds: async ({ params: { cluster, service, percent }, look }) => {
    const dimensions = { ClusterName: cluster, ServiceName: service };
    const highest = async (name: string) => {
      const ref = { namespace: "AWS/ECS", name, dimensions, stat: "Maximum" };
      const points = await look.metric(ref, { over: { minutes: 10 } });
      return points.length === 0 ? undefined : Math.max(...points.map(({ value }) => value));
    };
    const [cpu, memory] = await Promise.all([highest("CPUUtilization"), highest("MemoryUtilization")]);
    if (cpu === undefined || memory === undefined)
      return { holds: false, saw: "no evidence: no utilisation in 10 min" };
    const saw = `at most ${Math.round(cpu)} % of CPU and ${Math.round(memory)} % of memory`;
    return { holds: cpu < percent && memory < percent, saw };
  },
});
