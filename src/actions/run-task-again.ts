import { createHash } from "node:crypto";
import {
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { isNamed } from "../aws/failure.ts";
import { BotError } from "../bot-error.ts";
import type { Json } from "../json.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const params = z.object({
  cluster: z.string(),
  /** The ARN of the task whose host goes, and what it is called. */
  task: z.string(),
  name: z.string(),
  /** The host that it must not come back to. */
  instance: z.string(),
});
type Params = z.infer<typeof params>;

const done = z.object({ task: z.string() });

/** Which step a task was started by: how the bot recognises its own. */
const startedBy = (key: string): string => `paramedic/${key}`;

async function describe(aws: Aws, cluster: string, task: string): Promise<Task | undefined> {
  const { tasks } = await aws.ecs.send(new DescribeTasksCommand({ cluster, tasks: [task], include: ["TAGS"] }));
  return tasks?.[0];
}

/** The task that this step has started, whether it still runs or not. */
async function oursOf(aws: Aws, { cluster }: Params, key: string): Promise<string | undefined> {
  const listed = await Promise.all(
    (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
      aws.ecs.send(new ListTasksCommand({ cluster, startedBy: startedBy(key), desiredStatus })),
    ),
  );
  return listed.flatMap(({ taskArns }) => taskArns ?? [])[0];
}

/** Why a task is not run again although it was planned, if so: only what its host's end has cut off, or is about to, is. */
function leftAlone(task: Task | undefined): string | undefined {
  if (!task) return "ECS does not know it any more";
  if (task.group?.startsWith("service:")) return "its service starts another in its place";
  if (task.desiredStatus !== "STOPPED") return undefined;
  const isCutOff = task.stopCode === "TerminationNotice" || task.stopCode === "SpotInterruption";
  return isCutOff ? undefined : (task.stoppedReason ?? "it has ended");
}

/** What RunTask is given to do the same again, as far as ECS tells what the first was given. */
function again(task: Task, { cluster, instance }: Params, key: string): RunTaskCommandInput {
  const { taskDefinitionArn, group, overrides = {}, capacityProviderName, enableExecuteCommand } = task;
  // ECS answers with an empty list of accelerators, which it does not take any more.
  const { inferenceAcceleratorOverrides: _, ...given } = overrides;
  return {
    cluster,
    taskDefinition: taskDefinitionArn,
    clientToken: createHash("sha256").update(key).digest("hex"),
    startedBy: startedBy(key),
    overrides: given,
    tags: (task.tags ?? []).filter((tag) => !tag.key?.startsWith("aws:")),
    placementConstraints: [{ type: "memberOf", expression: `!(ec2InstanceId in ['${instance}'])` }],
    ...(group !== undefined && !group.startsWith("family:") && { group }),
    ...(enableExecuteCommand && { enableExecuteCommand }),
    ...(capacityProviderName === undefined
      ? { launchType: "EC2" }
      : { capacityProviderStrategy: [{ capacityProvider: capacityProviderName, weight: 1 }] }),
  };
}

/**
 * Runs a standalone ECS task again on another host: its definition, overrides, tags, group and capacity provider. The
 * first one is left to use what time its host has; EC2 ends it with the host, so for a moment there may be two of them.
 *
 * A draining host moves the tasks of services only. Without a capacity provider, ECS does not wait for room: where there
 * is none the action fails. Constraints that the first one was placed with are not told by ECS; those of its definition hold.
 */
export const runTaskAgain = defineAction({
  id: "ecs.run-task-again",
  summary: ({ name, instance }) => `run ${name} again, away from ${instance}`,
  params,
  permissions: ["ecs:DescribeTasks", "ecs:ListTasks", "ecs:RunTask", "ecs:StopTask", "ecs:TagResource", "iam:PassRole"],
  keyed: true,
  touches: ({ task }) => [resource.task(task)],
  takes: { seconds: 2 },
  do: async ({ params, aws, key }): Promise<Json> => {
    const task = await describe(aws, params.cluster, params.task);
    const left = leftAlone(task);
    if (!task || left !== undefined) {
      // It may have ended only after an attempt of ours of which nobody heard.
      const ours = await oursOf(aws, params, key);
      return ours === undefined ? { task: null, why: left ?? "" } : { task: ours };
    }
    const { tasks = [], failures = [] } = await aws.ecs.send(new RunTaskCommand(again(task, params, key)));
    const started = tasks[0]?.taskArn;
    if (started === undefined) {
      throw new BotError(
        "aws_failed",
        `running ${params.name} again: ${failures[0]?.reason ?? "nothing was started"}, run it by hand when there is room`,
        { retryable: true },
      );
    }
    return { task: started };
  },
  probe: async ({ params, aws, key }) => {
    const ours = await oursOf(aws, params, key);
    return ours === undefined ? { applied: false } : { applied: true, out: { task: ours } };
  },
  undo: async ({ params: { cluster, name }, aws, out }) => {
    const { success, data } = done.safeParse(out);
    if (!success || (await describe(aws, cluster, data.task))?.desiredStatus !== "RUNNING") return;
    const reason = `paramedic: takes back that ${name} was run again`.slice(0, 255);
    try {
      await aws.ecs.send(new StopTaskCommand({ cluster, task: data.task, reason }));
    } catch (error) {
      // The task is gone, which is all that was wanted.
      if (!isNamed(error, "InvalidParameterException")) throw error;
    }
  },
});
