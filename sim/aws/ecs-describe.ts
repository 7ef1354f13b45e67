import type { Cluster, ContainerInstance, Service as EcsService, Task as EcsTask } from "@aws-sdk/client-ecs";
import { z } from "zod";
import type { Ground } from "../ground.ts";
import type { Host, Service, Task } from "../world.ts";
import { clusterArn, definitionArn, hostsOf, roomOn, tasksOn } from "./ecs-behaviour.ts";
import { tasksOf } from "./ecs-service.ts";
import { groupOf } from "./group-behaviour.ts";

const resources = ({ cpu, memory }: { cpu: number; memory: number }) => [
  { name: "CPU", type: "INTEGER", integerValue: cpu },
  { name: "MEMORY", type: "INTEGER", integerValue: memory },
];

const providerOf = (ground: Ground, { instanceId }: Host): string | undefined => {
  const group = groupOf(ground, instanceId)?.name;
  return Object.values(ground.world.capacityProviders).find((provider) => provider.group === group)?.name;
};

export function describedHost(ground: Ground, host: Host): ContainerInstance {
  const tasks = tasksOn(ground, host);
  return {
    containerInstanceArn: host.arn,
    ec2InstanceId: host.instanceId,
    capacityProviderName: providerOf(ground, host),
    status: host.status,
    agentConnected: ground.world.instances[host.instanceId]?.state === "running",
    version: host.version,
    registeredAt: new Date(host.registeredAt),
    registeredResources: resources(host),
    remainingResources: resources(roomOn(ground, host)),
    runningTasksCount: tasks.filter(({ last }) => last === "RUNNING").length,
    pendingTasksCount: tasks.filter(({ last }) => last === "PENDING").length,
    attributes: [],
  };
}

/** Its tags only where they are asked for. */
export const describedTask = (ground: Ground, task: Task, include: readonly string[] = []): EcsTask => ({
  taskArn: task.arn,
  clusterArn: clusterArn(ground, task.cluster),
  ...(task.host ? { containerInstanceArn: task.host } : {}),
  taskDefinitionArn: definitionArn(ground, task.definition),
  group: task.group,
  launchType: task.host ? "EC2" : "FARGATE",
  capacityProviderName: task.capacityProvider,
  attachments: [],
  tags: include.includes("TAGS") ? Object.entries(task.tags ?? {}).map(([key, value]) => ({ key, value })) : [],
  lastStatus: task.last,
  desiredStatus: task.desired,
  cpu: String(task.cpu),
  memory: String(task.memory),
  version: task.version,
  createdAt: new Date(task.createdAt),
  startedBy: task.startedBy,
  stopCode: task.stopCode,
  stoppedReason: task.reason,
  overrides: z.looseObject({}).parse(task.overrides ?? {}),
  ...(task.startedAt === undefined ? {} : { startedAt: new Date(task.startedAt) }),
  ...(task.stoppedAt === undefined ? {} : { stoppedAt: new Date(task.stoppedAt) }),
});

export function describedService(ground: Ground, service: Service): EcsService {
  const tasks = tasksOf(ground, service);
  const runningCount = tasks.filter(({ last }) => last === "RUNNING").length;
  const counts = { desiredCount: service.desired, runningCount, pendingCount: tasks.length - runningCount };
  const createdAt = new Date(service.createdAt);
  return {
    serviceArn: ground.arn("ecs", `service/${service.cluster}/${service.name}`),
    serviceName: service.name,
    clusterArn: clusterArn(ground, service.cluster),
    status: "ACTIVE",
    launchType: service.fargate ? "FARGATE" : "EC2",
    schedulingStrategy: "REPLICA",
    taskDefinition: definitionArn(ground, service.definition),
    ...counts,
    createdAt,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { ...service.breaker },
      minimumHealthyPercent: service.minimumHealthyPercent,
      maximumPercent: service.maximumPercent,
    },
    deployments: service.deployments.map(
      ({ id, definition, createdAt: begun, updatedAt, rollout, reason, failed }, index) => {
        const own = tasks.filter((task) => task.definition === definition);
        const up = own.filter(({ last }) => last === "RUNNING").length;
        return {
          id,
          status: index === 0 ? "PRIMARY" : "ACTIVE",
          taskDefinition: definitionArn(ground, definition),
          desiredCount: index === 0 ? service.desired : 0,
          runningCount: up,
          pendingCount: own.length - up,
          failedTasks: failed,
          createdAt: new Date(begun),
          updatedAt: new Date(updatedAt),
          rolloutState: rollout,
          rolloutStateReason: reason,
        };
      },
    ),
    loadBalancers: [],
    events: [],
  };
}

export function describedCluster(ground: Ground, name: string): Cluster {
  const tasks = Object.values(ground.world.tasks).filter(({ cluster }) => cluster === name);
  return {
    clusterArn: clusterArn(ground, name),
    clusterName: name,
    status: "ACTIVE",
    registeredContainerInstancesCount: hostsOf(ground, name).length,
    runningTasksCount: tasks.filter(({ last }) => last === "RUNNING").length,
    pendingTasksCount: tasks.filter(({ last }) => last === "PENDING").length,
    activeServicesCount: Object.values(ground.world.services).filter(({ cluster }) => cluster === name).length,
    capacityProviders: ground.world.clusters[name]?.capacityProviders ?? [],
  };
}
