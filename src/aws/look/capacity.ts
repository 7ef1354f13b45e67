import { DescribeAutoScalingGroupsCommand, DescribeScalingActivitiesCommand } from "@aws-sdk/client-auto-scaling";
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type TaskDefinition,
} from "@aws-sdk/client-ecs";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { toMs } from "../../clock.ts";
import type { Capacity, CapacityLook, FunctionSize } from "../../runbook/look/capacity.ts";
import type { Aws } from "../clients.ts";
import { readService } from "../ecs-service.ts";
import { isNamed } from "../failure.ts";
import { scalableTargetOf } from "../scalable-target.ts";
import type { Needs } from "./needs.ts";

export const capacityLookPermissions = [
  "application-autoscaling:DescribeScalableTargets",
  "autoscaling:DescribeAutoScalingGroups",
  "autoscaling:DescribeScalingActivities",
  "ecs:DescribeServices",
  "ecs:DescribeTaskDefinition",
  "ecs:DescribeTasks",
  "ecs:ListTasks",
  "lambda:GetFunctionConfiguration",
] as const;

/** From so many of the last starts the middle one is taken: a single slow image says nothing about the next. */
const startsMax = 10;

/** How many workers there are and may be, and what they are given, as the services that own them say. */
export function capacityLook({ aws, clock, settings }: Needs): CapacityLook {
  return {
    functionSize: (name) => functionSize(aws, name),
    capacity: (workers) =>
      workers.kind === "group" ? groupCapacity(aws, workers.group) : serviceCapacity(aws, workers),
    async taskSize(cluster, name) {
      const service = await readService(aws, cluster, name);
      const taskDefinition = service?.taskDefinition;
      if (!service || taskDefinition === undefined) return { kind: "gone" };
      const found = await readDefinition(aws, taskDefinition);
      const [primary] = service.deployments ?? [];
      const [cpu, memory] = [found?.cpu, found?.memory].map(Number);
      return {
        kind: "found",
        taskDefinition,
        ...(cpu && { cpu }),
        ...(memory && { memory }),
        fargate: found?.requiresCompatibilities?.includes("FARGATE") ?? false,
        withheldRoles: [found?.taskRoleArn, found?.executionRoleArn]
          .filter((role) => role !== undefined)
          .filter((role) => !settings.passRoles.includes(role)),
        deploying: primary?.rolloutState !== "COMPLETED",
        sizes: await sizesUpTo(aws, found, sizedWithinMs, clock.now()),
      };
    },
  };
}

async function functionSize({ lambda }: Aws, FunctionName: string): Promise<FunctionSize> {
  try {
    const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return {
      kind: "found",
      memory: found.MemorySize ?? 0,
      updating: found.LastUpdateStatus === "InProgress",
      changedAt: Date.parse(found.LastModified ?? "") || 0,
    };
  } catch (error) {
    if (isNamed(error, "ResourceNotFoundException")) return { kind: "gone" };
    throw error;
  }
}

/** As far back as utilisation is looked at, and at most so many revisions. */
const sizedWithinMs = toMs({ days: 15 });
const revisionsMax = 20;

const readDefinition = async ({ ecs }: Aws, taskDefinition: string): Promise<TaskDefinition | undefined> =>
  (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition;

async function sizesUpTo(aws: Aws, newest: TaskDefinition | undefined, withinMs: number, now: number) {
  const sizes: { since: number; cpu: number; memory: number }[] = [];
  for (let found = newest; found && sizes.length < revisionsMax;) {
    const { family, revision = 1, registeredAt, cpu, memory } = found;
    const since = registeredAt?.getTime() ?? 0;
    sizes.push({ since, cpu: Number(cpu ?? 0), memory: Number(memory ?? 0) });
    if (since < now - withinMs || revision === 1) break;
    found = await readDefinition(aws, `${family}:${revision - 1}`).catch(deletedIsNothing);
  }
  return sizes;
}

/** A revision that was deleted can be looked at no more; what it gave its tasks is not known. */
function deletedIsNothing(error: unknown): undefined {
  if (!isNamed(error, "ClientException")) throw error;
}

async function groupCapacity({ autoscaling }: Aws, group: string): Promise<Capacity> {
  const { AutoScalingGroups = [] } = await autoscaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
  );
  const [found] = AutoScalingGroups;
  if (!found) return { kind: "gone" };
  const { Activities = [] } = await autoscaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group, MaxRecords: 50 }),
  );
  const launches = Activities.flatMap(({ Description = "", StatusCode, StartTime, EndTime }) =>
    StatusCode === "Successful" && Description.startsWith("Launching") && StartTime && EndTime
      ? (EndTime.getTime() - StartTime.getTime()) / 1000
      : [],
  );
  return {
    kind: "found",
    running: found.Instances?.filter(({ LifecycleState }) => LifecycleState === "InService").length ?? 0,
    desired: found.DesiredCapacity ?? 0,
    bounds: { min: found.MinSize ?? 0, max: found.MaxSize ?? 0 },
    suspended: found.SuspendedProcesses?.some(({ ProcessName }) => ProcessName === "Launch") ?? false,
    ...middle(launches.slice(0, startsMax)),
  };
}

async function serviceCapacity(
  aws: Aws,
  { cluster, service: name }: { cluster: string; service: string },
): Promise<Capacity> {
  const [service, target, starts] = await Promise.all([
    readService(aws, cluster, name),
    scalableTargetOf(aws, { cluster, service: name }),
    startsOf(aws, cluster, name),
  ]);
  if (!service) return { kind: "gone" };
  return {
    kind: "found",
    running: service.runningCount ?? 0,
    desired: service.desiredCount ?? 0,
    ...(target && { bounds: { min: target.MinCapacity ?? 0, max: target.MaxCapacity ?? 0 } }),
    suspended: target?.SuspendedState?.DynamicScalingOutSuspended ?? false,
    ...middle(starts),
  };
}

/** How long the running tasks of a service took to start, in seconds. */
async function startsOf({ ecs }: Aws, cluster: string, serviceName: string): Promise<number[]> {
  try {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName, maxResults: startsMax }));
    if (taskArns.length === 0) return [];
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    return tasks.flatMap(({ createdAt, startedAt }) =>
      createdAt && startedAt ? (startedAt.getTime() - createdAt.getTime()) / 1000 : [],
    );
  } catch (error) {
    if (isNamed(error, "ClusterNotFoundException", "ServiceNotFoundException")) return [];
    throw error;
  }
}

function middle(seconds: readonly number[]): { launchSeconds?: number } {
  const value = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)];
  return value === undefined ? {} : { launchSeconds: value };
}
