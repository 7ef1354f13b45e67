import { DescribeServicesCommand, DescribeTasksCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { isNamed } from "../aws/failure.ts";
import { BotError } from "../bot-error.ts";
import { defineAction, nothingToUndo } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const params = z.object({ cluster: z.string(), service: z.string(), task: z.string(), why: z.string() });
type Params = z.infer<typeof params>;

/** Whether the task is meant to run, and whether it has ended. One that is gone has. */
async function statusOf(aws: Aws, { cluster, task }: Params): Promise<{ wanted: boolean; ended: boolean }> {
  const { tasks = [] } = await aws.ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
  const { desiredStatus = "STOPPED", lastStatus = "STOPPED" } = tasks[0] ?? {};
  return { wanted: desiredStatus === "RUNNING", ended: lastStatus === "STOPPED" };
}

async function isComplete(aws: Aws, { cluster, service }: Params): Promise<boolean> {
  const { services = [] } = await aws.ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const { desiredCount = 0, runningCount = 0 } = services[0] ?? {};
  return runningCount >= desiredCount;
}

/**
 * Stops one task of an ECS service; the service starts another in its place. ECS takes it out of its load balancer and gives
 * it `stopTimeout` to end what it is at.
 *
 * It waits for its turn: while the service has fewer tasks than it wants, none is taken from it, so that restarts go one at a
 * time whoever asks for them.
 */
export const stopTask = defineAction({
  id: "ecs.stop-task",
  summary: ({ service, task }) =>
    `restart task ${task.slice(task.lastIndexOf("/") + 1, task.lastIndexOf("/") + 9)} of ${service}`,
  params,
  permissions: ["ecs:DescribeServices", "ecs:DescribeTasks", "ecs:StopTask"],
  touches: ({ cluster, service, task }) => [resource.task(task), resource.ecsService(cluster, service)],
  takes: { minutes: 1 },
  do: async ({ params, aws }) => {
    if (!(await statusOf(aws, params)).wanted) return { stopped: false };
    if (!(await isComplete(aws, params))) {
      throw new BotError("aws_failed", `restarting a task of ${params.service}: another of its tasks is missing`, {
        retryable: true,
      });
    }
    const { cluster, task, why } = params;
    try {
      await aws.ecs.send(new StopTaskCommand({ cluster, task, reason: `paramedic: ${why}`.slice(0, 255) }));
    } catch (error) {
      // The task is gone, which is all that was wanted.
      if (!isNamed(error, "InvalidParameterException")) throw error;
    }
    return { stopped: true };
  },
  probe: async ({ params, aws }) =>
    (await statusOf(aws, params)).wanted ? { applied: false } : { applied: true, out: { stopped: true } },
  undo: nothingToUndo("its service starts another in its place"),
  verify: {
    // A cold pull of a large image takes minutes.
    within: { minutes: 15 },
    every: { seconds: 15 },
    // While the task is on its way down ECS may still count it among those that run.
    holds: async ({ params, aws }) => (await statusOf(aws, params)).ended && (await isComplete(aws, params)),
  },
});
