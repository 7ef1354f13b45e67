import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeCapacityProvidersCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { StandaloneTask } from "../../policies/standalone-tasks.ts";
import type { InstanceLook, Replacer, Work } from "../../runbook/look/instance.ts";
import type { Aws } from "../clients.ts";
import { isNamed } from "../failure.ts";
import type { Needs } from "./needs.ts";

export const instanceLookPermissions = [
  "autoscaling:DescribeAutoScalingGroups",
  "autoscaling:DescribeAutoScalingInstances",
  "ecs:DescribeCapacityProviders",
  "ecs:DescribeContainerInstances",
  "ecs:DescribeTasks",
  "ecs:ListContainerInstances",
  "ecs:ListTasks",
  "elasticloadbalancing:DescribeTargetHealth",
] as const;

/** Instances and what runs on them, as Auto Scaling, ECS, load balancing and the in-flight ledger show them. */
export function instanceLook({ aws, inFlight, settings, clock }: Needs): InstanceLook {
  return {
    async workOn(instanceId): Promise<Work> {
      const [{ group, targets }, containerInstance, messages] = await Promise.all([
        placeOf(aws, instanceId),
        containerInstanceOf(aws, settings.clusters, instanceId),
        inFlight.on(instanceId, clock.now()),
      ]);
      // EC2 itself is not asked: an instance that neither a group, a cluster nor a worker knows has no work to save.
      if (!group && !containerInstance && messages.length === 0) return { kind: "gone" };
      return {
        kind: "found",
        instanceId,
        ...(group && { group }),
        ...(containerInstance && { containerInstance }),
        targets,
        messages,
      };
    },
    tasksOn: async (cluster, containerInstance) => (await runningOn(aws, cluster, containerInstance)).length,
  };
}

/** Its group and what sends it traffic, side by side with what runs on it: every round trip delays the first change. */
async function placeOf(aws: Aws, instanceId: string) {
  const found = await groupOf(aws, instanceId);
  return { group: found?.group, targets: await targetsOf(aws, found?.targetGroups ?? [], instanceId) };
}

async function groupOf(aws: Aws, instanceId: string) {
  const { AutoScalingInstances = [] } = await aws.autoscaling.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
  );
  const [member] = AutoScalingInstances;
  const name = member?.AutoScalingGroupName;
  if (name === undefined || /^(Terminat|Detach)/.test(member?.LifecycleState ?? "")) return undefined;
  const { AutoScalingGroups = [] } = await aws.autoscaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  const found = AutoScalingGroups[0];
  if (!found) return undefined;
  return {
    targetGroups: found.TargetGroupARNs ?? [],
    group: {
      name,
      type: member?.InstanceType ?? "",
      zone: member?.AvailabilityZone ?? "",
      zones: found.AvailabilityZones ?? [],
      size: Math.max(1, found.Instances?.length ?? 1),
      desired: found.DesiredCapacity ?? 0,
      max: found.MaxSize ?? 0,
      ...replacedBy(found),
    },
  };
}

/** The tags by which services mark the groups that they keep. */
const keepers: Readonly<Record<string, Replacer>> = {
  AWSBatchServiceTag: "AWS Batch",
  "eks:nodegroup-name": "Amazon EKS",
};

function replacedBy({ Tags = [], CapacityRebalance }: AutoScalingGroup): { replacedBy?: Replacer } {
  const keeper = Tags.flatMap(({ Key = "" }) => keepers[Key] ?? [])[0];
  if (keeper) return { replacedBy: keeper };
  return CapacityRebalance ? { replacedBy: "Auto Scaling" } : {};
}

async function containerInstanceOf(aws: Aws, clusters: readonly string[], instanceId: string) {
  const found = await Promise.all(clusters.map((cluster) => registrationsIn(aws, cluster, instanceId)));
  const at = found.flat()[0];
  if (!at) return undefined;
  const [host, standalone] = await Promise.all([hostOf(aws, at), standaloneOn(aws, at)]);
  return host && { ...at, ...host, standalone };
}

type Registration = { readonly cluster: string; readonly arn: string };

async function hostOf(aws: Aws, { cluster, arn }: Registration) {
  const { containerInstances = [] } = await aws.ecs.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: [arn] }),
  );
  const instance = containerInstances[0];
  if (!instance) return undefined;
  const managedDraining = await drainsByItself(aws, instance.capacityProviderName);
  return { status: instance.status ?? "GONE", managedDraining };
}

/** The tasks of no service: at most 100 are looked at, more than a host has. */
async function standaloneOn(aws: Aws, { cluster, arn }: Registration): Promise<StandaloneTask[]> {
  const taskArns = await runningOn(aws, cluster, arn);
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await aws.ecs.send(
    new DescribeTasksCommand({ cluster, tasks: taskArns.slice(0, 100), include: ["TAGS"] }),
  );
  return tasks
    .filter(({ group = "", desiredStatus }) => !group.startsWith("service:") && desiredStatus === "RUNNING")
    .map(({ taskArn = "", taskDefinitionArn = "", tags = [], attachments = [] }) => ({
      task: taskArn,
      name: /([^/:]+):\d+$/.exec(taskDefinitionArn)?.[1] ?? taskArn,
      mayRunAgain: tags.some(({ key, value }) => key === "paramedic" && value === "act"),
      ownNetwork: attachments.some(({ type }) => type === "ElasticNetworkInterface"),
    }));
}

/** None on a container instance that is gone. */
async function runningOn(aws: Aws, cluster: string, containerInstance: string): Promise<string[]> {
  try {
    const { taskArns = [] } = await aws.ecs.send(
      new ListTasksCommand({ cluster, containerInstance, desiredStatus: "RUNNING" }),
    );
    return taskArns;
  } catch (error) {
    if (isNamed(error, "InvalidParameterException")) return [];
    throw error;
  }
}

async function registrationsIn(aws: Aws, cluster: string, instanceId: string) {
  try {
    const { containerInstanceArns = [] } = await aws.ecs.send(
      new ListContainerInstancesCommand({ cluster, filter: `ec2InstanceId == ${instanceId}` }),
    );
    return containerInstanceArns.map((arn) => ({ cluster, arn }));
  } catch (error) {
    // A cluster that is in the settings and no longer in the account runs nothing.
    if (isNamed(error, "ClusterNotFoundException")) return [];
    throw error;
  }
}

async function drainsByItself(aws: Aws, capacityProvider: string | undefined): Promise<boolean> {
  if (capacityProvider === undefined) return false;
  const { capacityProviders = [] } = await aws.ecs.send(
    new DescribeCapacityProvidersCommand({ capacityProviders: [capacityProvider] }),
  );
  return capacityProviders[0]?.autoScalingGroupProvider?.managedDraining === "ENABLED";
}

async function targetsOf(aws: Aws, targetGroups: readonly string[], instanceId: string) {
  const found = await Promise.all(
    targetGroups.map(async (targetGroupArn) => {
      const { TargetHealthDescriptions = [] } = await aws.elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
      );
      return TargetHealthDescriptions.filter(
        ({ Target, TargetHealth }) =>
          Target?.Id === instanceId && TargetHealth?.State !== "draining" && TargetHealth?.State !== "unused",
      ).map(({ Target }) => ({ targetGroupArn, ...(Target?.Port !== undefined && { port: Target.Port }) }));
    }),
  );
  return found.flat();
}
