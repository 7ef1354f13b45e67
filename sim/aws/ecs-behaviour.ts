import type { Behaviour, Ground } from "../ground.ts";
import type { Host, Service, Task } from "../world.ts";
import { completeDeployment, failDeployment } from "./ecs-deployment.ts";
import { lookAtServices, serviceKey, tasksOf } from "./ecs-service.ts";
import { groupOf } from "./group-behaviour.ts";

export const hostsOf = (ground: Ground, cluster: string): Host[] =>
  Object.values(ground.world.hosts).filter((host) => host.cluster === cluster);

export const tasksOn = (ground: Ground, host: Host): Task[] =>
  Object.values(ground.world.tasks).filter((task) => task.host === host.arn && task.last !== "STOPPED");

export function roomOn(ground: Ground, host: Host): { cpu: number; memory: number } {
  const tasks = tasksOn(ground, host);
  return {
    cpu: tasks.reduce((left, task) => left - task.cpu, host.cpu),
    memory: tasks.reduce((left, task) => left - task.memory, host.memory),
  };
}

export const clusterArn = (ground: Ground, cluster: string): string => ground.arn("ecs", `cluster/${cluster}`);
export const definitionArn = (ground: Ground, definition: string): string =>
  ground.arn("ecs", `task-definition/${definition}`);

/** Places a task on the active host with the most memory left, or on Fargate. `undefined`: no host has room. */
export function placeTask(
  ground: Ground,
  {
    cluster,
    definition,
    group,
    startedBy,
    overrides,
    capacityProvider,
    tags,
    not = [],
  }: Pick<Task, "cluster" | "definition" | "group" | "startedBy" | "overrides" | "capacityProvider" | "tags"> & {
    /** Instances that it must not come to. */
    not?: readonly string[];
  },
): Task | undefined {
  const { cpu = 0, memory = 0, fargate = false } = ground.world.definitions[definition] ?? {};
  const [best] = hostsOf(ground, cluster)
    .filter(({ status, instanceId }) => status === "ACTIVE" && !not.includes(instanceId))
    .map((host) => ({ host, room: roomOn(ground, host) }))
    .filter(({ room }) => room.cpu >= cpu && room.memory >= memory)
    .sort((a, b) => b.room.memory - a.room.memory);
  if (!best && !fargate) return undefined;
  const arn = ground.arn("ecs", `task/${cluster}/${ground.hex(32)}`);
  const task = ground.add<Task>(ground.world.tasks, arn, {
    arn,
    cluster,
    group,
    definition,
    host: fargate ? "" : (best?.host.arn ?? ""),
    cpu,
    memory,
    last: "PENDING",
    desired: "RUNNING",
    createdAt: ground.now(),
    version: 1,
    ...(startedBy === undefined ? {} : { startedBy }),
    ...(overrides === undefined ? {} : { overrides }),
    ...(capacityProvider === undefined ? {} : { capacityProvider }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
  });
  // Pulling a cached image and starting; a cold pull of a model image takes minutes and is not modelled.
  ground.later(ground.between(5, 15), "task-runs", arn);
  return task;
}

/** Asks a task to stop. It is stopped 5 to 10 s later, within the 30 s ECS gives before it kills. */
export function stopTask(ground: Ground, task: Task, stopCode: NonNullable<Task["stopCode"]>, reason: string): void {
  if (task.desired === "STOPPED") return;
  ground.change(task, { desired: "STOPPED", stopCode, reason, version: task.version + 1 });
  sayTask(ground, task);
  ground.later(ground.between(5, 10), "task-stops", task.arn);
}

function ended(ground: Ground, task: Task): void {
  ground.change(task, { last: "STOPPED", stoppedAt: ground.now(), version: task.version + 1 });
  sayTask(ground, task);
  lookAtServices(ground, task.cluster);
  // ECS goes on describing a stopped task for about an hour.
  ground.later(3_600_000, "task-forgotten", task.arn);
}

/** How ECS's reason begins when the kernel has killed a container. */
const outOfMemory = "OutOfMemoryError";

/** The kernel kills a task that asks for more memory than it was given. */
function killed(ground: Ground, task: Task): void {
  const reason = `${outOfMemory}: Container killed due to memory usage`;
  ground.change(task, { desired: "STOPPED", stopCode: "EssentialContainerExited", reason, version: task.version + 1 });
  ended(ground, task);
  const service = ground.world.services[serviceKey(task.cluster, task.group.replace("service:", ""))];
  if (service) failDeployment(ground, service, task);
}

/** The same while it runs: its memory has grown. */
export function killTask(ground: Ground, arn: string): void {
  const task = ground.world.tasks[arn];
  if (task?.last === "RUNNING") killed(ground, task);
}

/** Sets whether a host takes tasks. Only one that is active can begin to drain. */
export function setHostStatus(ground: Ground, host: Host, status: Host["status"]): void {
  if (host.status === status) return;
  ground.change(host, { status, version: host.version + 1 });
  sayHost(ground, host);
  lookAtServices(ground, host.cluster);
}

export function joinCluster(
  ground: Ground,
  cluster: string,
  instanceId: string,
  { cpu, memory }: { cpu: number; memory: number },
): Host {
  const arn = ground.arn("ecs", `container-instance/${cluster}/${ground.hex(32)}`);
  const host = ground.add<Host>(ground.world.hosts, arn, {
    arn,
    cluster,
    instanceId,
    status: "ACTIVE",
    cpu,
    memory,
    version: 1,
    registeredAt: ground.now(),
  });
  sayHost(ground, host);
  lookAtServices(ground, cluster);
  return host;
}

/**
 * One look of the service scheduler, between the bounds the service sets.
 *
 * Tasks on draining hosts are stopped only as far as `minimumHealthyPercent` of the desired count keeps running, and new
 * ones are started only up to `maximumPercent`. With both at 100 a draining host never empties: so it is on AWS.
 */
function look(ground: Ground, service: Service): void {
  const tasks = tasksOf(ground, service);
  const drains = (task: Task): boolean => ground.world.hosts[task.host]?.status === "DRAINING";
  const isOld = ({ definition }: Task): boolean => definition !== service.definition;
  const leaving = tasks.filter((task) => drains(task) || isOld(task));
  const staying = tasks.filter((task) => !leaving.includes(task));
  const floor = Math.ceil((service.desired * service.minimumHealthyPercent) / 100);
  const ceiling = Math.floor((service.desired * service.maximumPercent) / 100);

  let running = tasks.filter(({ last }) => last === "RUNNING").length;
  let present = tasks.length;
  for (const task of leaving) {
    if (task.last === "RUNNING") {
      if (running <= floor) continue;
      running -= 1;
    }
    present -= 1;
    const why = isOld(task)
      ? `Scaling activity initiated by (deployment ${service.deployments[0]?.id})`
      : "is draining";
    stopTask(ground, task, "ServiceSchedulerInitiated", `(service ${service.name}) ${why}`);
  }

  const missing = Math.min(service.desired - staying.length, ceiling - present);
  for (let started = 0; started < missing; started += 1) {
    const task = placeTask(ground, { ...service, group: `service:${service.name}`, startedBy: "ecs-svc" });
    if (task) continue;
    ground.emit({
      source: "aws.ecs",
      detailType: "ECS Service Action",
      resources: [ground.arn("ecs", `service/${service.cluster}/${service.name}`)],
      detail: {
        eventType: "ERROR",
        eventName: "SERVICE_TASK_PLACEMENT_FAILURE",
        clusterArn: clusterArn(ground, service.cluster),
        reason: "RESOURCE:MEMORY",
        createdAt: new Date(ground.now()).toISOString(),
      },
    });
    // The scheduler tries again by itself; the interval is our choice, AWS does not state one.
    ground.soon(15_000, "service-looks", service.name, service.cluster);
    break;
  }
  for (const task of staying.slice(service.desired))
    stopTask(ground, task, "ServiceSchedulerInitiated", `(service ${service.name}) scaled in`);
  completeDeployment(ground, service);
}

function sayTask(ground: Ground, task: Task): void {
  ground.emit({
    source: "aws.ecs",
    detailType: "ECS Task State Change",
    resources: [task.arn],
    detail: {
      taskArn: task.arn,
      clusterArn: clusterArn(ground, task.cluster),
      ...(task.host ? { containerInstanceArn: task.host } : {}),
      taskDefinitionArn: definitionArn(ground, task.definition),
      group: task.group,
      launchType: task.host ? "EC2" : "FARGATE",
      lastStatus: task.last,
      desiredStatus: task.desired,
      version: task.version,
      updatedAt: new Date(ground.now()).toISOString(),
      containers: task.reason?.startsWith(outOfMemory)
        ? [{ name: task.definition.split(":")[0], lastStatus: task.last, exitCode: 137, reason: task.reason }]
        : [],
      ...(task.stopCode ? { stopCode: task.stopCode } : {}),
      ...(task.reason ? { stoppedReason: task.reason } : {}),
    },
  });
}

function sayHost(ground: Ground, host: Host): void {
  ground.emit({
    source: "aws.ecs",
    detailType: "ECS Container Instance State Change",
    resources: [host.arn],
    detail: {
      clusterArn: clusterArn(ground, host.cluster),
      containerInstanceArn: host.arn,
      ec2InstanceId: host.instanceId,
      agentConnected: true,
      status: host.status,
      version: host.version,
      updatedAt: new Date(ground.now()).toISOString(),
    },
  });
}

const hostOf = (ground: Ground, instanceId: string): Host | undefined =>
  Object.values(ground.world.hosts).find((host) => host.instanceId === instanceId);

/** Whether ECS drains the host itself when its instance is about to go. */
function drainsItself(ground: Ground, instanceId: string): boolean {
  const group = groupOf(ground, instanceId)?.name;
  return Object.values(ground.world.capacityProviders).some(
    (provider) => provider.group === group && provider.managedDraining,
  );
}

/** What ECS does by itself. */
export const ecsBehaviour: Behaviour = {
  due: {
    "host-joins": (ground, { of, within = "" }) => {
      const instance = ground.world.instances[of];
      // Room as of a g5.xlarge (4 vCPU, 16 GiB less what the agent keeps), whatever the type: seed hosts to have others.
      if (instance?.state === "running" && !hostOf(ground, of))
        joinCluster(ground, within, of, { cpu: 4096, memory: 15_360 });
    },
    "host-drains-itself": (ground, { of }) => {
      const host = hostOf(ground, of);
      if (host) setHostStatus(ground, host, "DRAINING");
    },
    "service-looks": (ground, { of, within = "" }) => {
      const service = ground.world.services[serviceKey(within, of)];
      if (service) look(ground, service);
    },
    "task-runs": (ground, { of }) => {
      const task = ground.world.tasks[of];
      if (task?.last !== "PENDING" || task.desired !== "RUNNING") return;
      const { needsMemory = 0 } = ground.world.definitions[task.definition] ?? {};
      if (needsMemory > task.memory) {
        killed(ground, task);
        return;
      }
      ground.change(task, { last: "RUNNING", startedAt: ground.now(), version: task.version + 1 });
      sayTask(ground, task);
      lookAtServices(ground, task.cluster);
    },
    "task-stops": (ground, { of }) => {
      const task = ground.world.tasks[of];
      if (task && task.last !== "STOPPED") ended(ground, task);
    },
    "task-forgotten": (ground, { of }) => void ground.remove(ground.world.tasks, of),
  },
  hears: {
    "instance-running": (ground, id) => {
      const cluster = ground.world.instances[id]?.tags["ecs:cluster"];
      if (cluster !== undefined && cluster in ground.world.clusters)
        ground.later(ground.between(15, 25), "host-joins", id, cluster);
    },
    "interruption-noticed": (ground, id) => {
      if (drainsItself(ground, id)) ground.later(ground.between(2, 5), "host-drains-itself", id);
    },
    "instance-gone": (ground, id) => {
      const host = hostOf(ground, id);
      if (!host) return;
      for (const task of tasksOn(ground, host)) {
        ground.change(task, {
          desired: "STOPPED",
          stopCode: "TerminationNotice",
          reason: `Host EC2 (instance ${id}) terminated.`,
        });
        ended(ground, task);
      }
      ground.remove(ground.world.hosts, host.arn);
      lookAtServices(ground, host.cluster);
    },
  },
};
