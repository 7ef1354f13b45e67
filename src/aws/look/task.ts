import { DescribeServicesCommand, DescribeTasksCommand, ListTasksCommand } from "@aws-sdk/client-ecs";
import type { ServiceTasks, TaskLook } from "../../runbook/look/task.ts";
import { isNamed } from "../failure.ts";
import type { Needs } from "./needs.ts";

export const taskLookPermissions = ["ecs:DescribeServices", "ecs:DescribeTasks", "ecs:ListTasks"] as const;

/** Services and tasks as ECS shows them: up to the first hundred tasks, which is as many as one call describes. */
export function taskLook({ aws }: Needs): TaskLook {
  return {
    async tasksOfService(cluster, service): Promise<ServiceTasks> {
      try {
        const { services = [] } = await aws.ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
        const found = services.find(({ status }) => status === "ACTIVE");
        if (!found) return { kind: "gone" };
        const { taskArns = [] } = await aws.ecs.send(new ListTasksCommand({ cluster, serviceName: service }));
        const { tasks = [] } =
          taskArns.length === 0
            ? {}
            : await aws.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns.slice(0, 100) }));
        return {
          kind: "found",
          desired: found.desiredCount ?? 0,
          isDeploying: (found.deployments ?? []).some(({ rolloutState }) => rolloutState === "IN_PROGRESS"),
          tasks: tasks
            .flatMap(({ taskArn: arn, startedAt, lastStatus }) =>
              arn !== undefined && startedAt && lastStatus === "RUNNING" ? { arn, startedAt: startedAt.getTime() } : [],
            )
            .toSorted((a, b) => a.startedAt - b.startedAt),
        };
      } catch (error) {
        if (isNamed(error, "ClusterNotFoundException", "ServiceNotFoundException")) return { kind: "gone" };
        throw error;
      }
    },
  };
}
