import type {
  DescribeCapacityProvidersResponse,
  DescribeClustersResponse,
  DescribeContainerInstancesResponse,
  DescribeServicesResponse,
  DescribeTasksResponse,
  ListClustersResponse,
  ListContainerInstancesResponse,
  ListTasksResponse,
  RunTaskResponse,
  StopTaskResponse,
  UpdateContainerInstancesStateResponse,
  UpdateServiceResponse,
} from "@aws-sdk/client-ecs";
import { z } from "zod";
import { canonicalJson } from "../../src/json.ts";
import { SimError, notSimulated } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, page, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { Host } from "../world.ts";
import { clusterArn, ecsBehaviour, hostsOf, placeTask, setHostStatus, stopTask } from "./ecs-behaviour.ts";
import { lookAtServices, serviceKey } from "./ecs-service.ts";
import { definitionOf, definitionOperations } from "./ecs-definitions.ts";
import { deploy } from "./ecs-deployment.ts";
import { describedCluster, describedHost, describedService, describedTask } from "./ecs-describe.ts";
import { groupArn } from "./group-behaviour.ts";

const invalid = (message: string): SimError => new SimError("InvalidParameterException", message);

/** ECS takes a name or an ARN nearly everywhere. */
const shortName = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);

function clusterOf(ground: Ground, reference = "default"): string {
  const name = shortName(reference);
  if (!(name in ground.world.clusters)) throw new SimError("ClusterNotFoundException", "Cluster not found.");
  return name;
}

/** Splits references into what is there and what is not, as the batch operations answer. */
function sorted<T extends { readonly arn: string }>(
  references: readonly string[],
  all: readonly T[],
  arnOf: (reference: string) => string,
): { found: T[]; failures: { arn: string; reason: string }[] } {
  const byName = new Map(all.map((one) => [shortName(one.arn), one]));
  const found: T[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const reference of references) {
    const one = byName.get(shortName(reference));
    if (one) found.push(one);
    else failures.push({ arn: reference.startsWith("arn:") ? reference : arnOf(reference), reason: "MISSING" });
  }
  return { found, failures };
}

/** Reads the one comparison of the cluster query language that is simulated: `ec2InstanceId == i-…`. */
function hostFilter(expression: string | undefined): (host: Host) => boolean {
  if (expression === undefined) return () => true;
  const [, id] = /^\s*ec2InstanceId\s*==\s*(i-[0-9a-f]+)\s*$/.exec(expression) ?? [];
  if (id === undefined) throw notSimulated(`filter ${expression} of ecs:ListContainerInstances`);
  return ({ instanceId }) => instanceId === id;
}

/** Reads the one placement constraint that is simulated: away from the instances it names. */
function excluded(constraints: readonly { expression: string }[]): string[] {
  return constraints.flatMap(({ expression }) => {
    const [, list] = /^!\(ec2InstanceId in \[((?:'i-[0-9a-f]+',? ?)+)\]\)$/.exec(expression) ?? [];
    if (list === undefined) throw notSimulated(`placement constraint ${expression} of ecs:RunTask`);
    return list.match(/i-[0-9a-f]+/g) ?? [];
  });
}

const names = z.array(z.string());
const cluster = z.string().optional();
const paged = { maxResults: z.int().min(1).max(100).default(100), nextToken: z.string().optional() };

const percent = z.int().min(0).max(200).optional();
const configuration = z.strictObject({
  minimumHealthyPercent: percent,
  maximumPercent: percent,
  deploymentCircuitBreaker: z.strictObject({ enable: z.boolean(), rollback: z.boolean() }).optional(),
});

const running = z.strictObject({
  cluster,
  taskDefinition: z.string(),
  count: z.int().min(1).max(10).default(1),
  clientToken: z.string().max(64).optional(),
  group: z.string().optional(),
  startedBy: z.string().max(128).optional(),
  launchType: z.literal("EC2").optional(),
  overrides: z.json().optional(),
  capacityProviderStrategy: z
    .array(z.strictObject({ capacityProvider: z.string(), weight: z.int().optional() }))
    .length(1)
    .optional(),
  placementConstraints: z
    .array(z.strictObject({ type: z.literal("memberOf"), expression: z.string() }))
    .max(10)
    .default([]),
  tags: z
    .array(z.strictObject({ key: z.string(), value: z.string() }))
    .max(50)
    .default([]),
});

function runTask(ground: Ground, input: z.output<typeof running>): RunTaskResponse {
  const name = clusterOf(ground, input.cluster);
  const definition = definitionOf(ground, input.taskDefinition);
  if (hostsOf(ground, name).length === 0) throw invalid("No Container Instances were found in your cluster.");
  if (input.group?.startsWith("service:")) throw invalid("The group name service: is reserved for services.");
  const group = input.group ?? `family:${definition.split(":")[0]}`;
  const { startedBy, overrides } = input;
  const provider = input.capacityProviderStrategy?.[0]?.capacityProvider;
  if (provider !== undefined && input.launchType) {
    throw invalid("Specify either a launch type or a capacity provider strategy, not both.");
  }
  if (provider !== undefined && !(provider in ground.world.capacityProviders)) {
    throw invalid(`The specified capacity provider ${provider} was not found.`);
  }
  if (input.tags.some(({ key }) => key.startsWith("aws:"))) throw invalid("Tag keys may not begin with aws:.");
  const not = excluded(input.placementConstraints);
  const tags = Object.fromEntries(input.tags.map(({ key, value }) => [key, value]));
  const tasks = Array.from({ length: input.count }, () =>
    placeTask(ground, {
      cluster: name,
      definition,
      group,
      startedBy,
      overrides,
      capacityProvider: provider,
      tags,
      not,
    }),
  );
  const placed = tasks.filter((task) => task !== undefined);
  // A managed provider keeps such a task waiting until it has made room.
  if (provider !== undefined && placed.length < input.count) throw notSimulated("ecs:RunTask that waits for capacity");
  const failures =
    placed.length < input.count ? hostsOf(ground, name).map(({ arn }) => ({ arn, reason: "RESOURCE:MEMORY" })) : [];
  return { tasks: placed.map((task) => describedTask(ground, task)), failures };
}

export const ecs: SimulatedService = {
  name: "ecs",
  target: "AmazonEC2ContainerServiceV20141113",
  wording: wording({
    throttled: "ThrottlingException",
    denied: "AccessDeniedException",
    broken: "ServerException",
    invalid: "InvalidParameterException",
  }),
  operations: {
    ...definitionOperations,
    ListClusters: reads(z.strictObject(paged), (ground, { maxResults, nextToken }): ListClustersResponse => {
      const { items, next } = page(Object.keys(ground.world.clusters), maxResults, nextToken);
      return { clusterArns: items.map((name) => clusterArn(ground, name)), nextToken: next };
    }),
    DescribeClusters: reads(
      z.strictObject({ clusters: names.max(100).default(["default"]) }),
      (ground, { clusters }): DescribeClustersResponse => {
        const all = Object.keys(ground.world.clusters).map((name) => ({ name, arn: clusterArn(ground, name) }));
        const { found, failures } = sorted(clusters, all, (name) => clusterArn(ground, name));
        return { clusters: found.map(({ name }) => describedCluster(ground, name)), failures };
      },
    ),
    DescribeCapacityProviders: reads(
      z.strictObject({ capacityProviders: names.optional() }),
      (ground, { capacityProviders }): DescribeCapacityProvidersResponse => ({
        capacityProviders: Object.values(ground.world.capacityProviders)
          .filter(({ name }) => !capacityProviders || capacityProviders.map(shortName).includes(name))
          .map((provider) => {
            const group = ground.world.groups[provider.group];
            return {
              name: provider.name,
              capacityProviderArn: ground.arn("ecs", `capacity-provider/${provider.name}`),
              status: "ACTIVE",
              autoScalingGroupProvider: {
                autoScalingGroupArn: group ? groupArn(ground, group) : provider.group,
                managedDraining: provider.managedDraining ? "ENABLED" : "DISABLED",
                managedScaling: { status: "DISABLED" },
                managedTerminationProtection: "DISABLED",
              },
            };
          }),
        failures: [],
      }),
    ),
    ListContainerInstances: reads(
      z.strictObject({
        cluster,
        filter: z.string().optional(),
        status: z.enum(["ACTIVE", "DRAINING"]).optional(),
        ...paged,
      }),
      (ground, { cluster, filter, status, maxResults, nextToken }): ListContainerInstancesResponse => {
        const wanted = hostsOf(ground, clusterOf(ground, cluster))
          .filter(hostFilter(filter))
          .filter((host) => !status || host.status === status);
        const { items, next } = page(wanted, maxResults, nextToken);
        return { containerInstanceArns: items.map(({ arn }) => arn), nextToken: next };
      },
    ),
    DescribeContainerInstances: reads(
      z.strictObject({ cluster, containerInstances: names.min(1).max(100) }),
      (ground, { cluster, containerInstances }): DescribeContainerInstancesResponse => {
        const name = clusterOf(ground, cluster);
        const arnOf = (id: string): string => ground.arn("ecs", `container-instance/${name}/${id}`);
        const { found, failures } = sorted(containerInstances, hostsOf(ground, name), arnOf);
        return { containerInstances: found.map((host) => describedHost(ground, host)), failures };
      },
    ),
    UpdateContainerInstancesState: acts(
      z.strictObject({ cluster, containerInstances: names.min(1).max(10), status: z.enum(["ACTIVE", "DRAINING"]) }),
      (ground, { cluster, containerInstances, status }): UpdateContainerInstancesStateResponse => {
        const name = clusterOf(ground, cluster);
        const arnOf = (id: string): string => ground.arn("ecs", `container-instance/${name}/${id}`);
        const { found, failures } = sorted(containerInstances, hostsOf(ground, name), arnOf);
        for (const host of found) setHostStatus(ground, host, status);
        return { containerInstances: found.map((host) => describedHost(ground, host)), failures };
      },
    ),
    ListTasks: reads(
      z.strictObject({
        cluster,
        containerInstance: z.string().optional(),
        serviceName: z.string().optional(),
        family: z.string().optional(),
        startedBy: z.string().optional(),
        desiredStatus: z.enum(["RUNNING", "PENDING", "STOPPED"]).default("RUNNING"),
        ...paged,
      }),
      (
        ground,
        { cluster, containerInstance, serviceName, family, startedBy, desiredStatus, maxResults, nextToken },
      ): ListTasksResponse => {
        const name = clusterOf(ground, cluster);
        const wanted = Object.values(ground.world.tasks).filter(
          (task) =>
            task.cluster === name &&
            task.desired === desiredStatus &&
            (containerInstance === undefined || shortName(task.host) === shortName(containerInstance)) &&
            (serviceName === undefined || task.group === `service:${shortName(serviceName)}`) &&
            (family === undefined || task.definition.split(":")[0] === family) &&
            (startedBy === undefined || task.startedBy === startedBy),
        );
        const { items, next } = page(wanted, maxResults, nextToken);
        return { taskArns: items.map(({ arn }) => arn), nextToken: next };
      },
    ),
    DescribeTasks: reads(
      z.strictObject({
        cluster,
        tasks: names.min(1).max(100),
        include: z.array(z.literal("TAGS")).optional(),
      }),
      (ground, { cluster, tasks, include }): DescribeTasksResponse => {
        const name = clusterOf(ground, cluster);
        const all = Object.values(ground.world.tasks).filter((task) => task.cluster === name);
        const { found, failures } = sorted(tasks, all, (id) => ground.arn("ecs", `task/${name}/${id}`));
        return { tasks: found.map((task) => describedTask(ground, task, include)), failures };
      },
    ),
    RunTask: acts(running, (ground, input): RunTaskResponse => {
      if (input.clientToken === undefined) return runTask(ground, input);
      const { tokens } = ground.world;
      const key = `ecs/${input.clientToken}`;
      const text = canonicalJson(z.json().parse(JSON.parse(JSON.stringify(input))));
      const given = tokens[key];
      if (!given) {
        const output = runTask(ground, input);
        // The documentation speaks of a request "that completed successfully": one that started nothing may be repeated.
        if (!output.tasks?.length) return output;
        ground.add(tokens, key, { input: text, output: (output.tasks ?? []).map(({ taskArn = "" }) => taskArn) });
        return output;
      }
      if (given.input !== text)
        throw new SimError("ConflictException", "The client token was used before with other parameters.");
      const arns = names.parse(given.output);
      return {
        tasks: arns.flatMap((arn) => ground.world.tasks[arn] ?? []).map((task) => describedTask(ground, task)),
        failures: [],
      };
    }),
    StopTask: acts(
      z.strictObject({ cluster, task: z.string(), reason: z.string().max(1024).default("Task stopped by user") }),
      (ground, { cluster, task: reference, reason }): StopTaskResponse => {
        const name = clusterOf(ground, cluster);
        const task = Object.values(ground.world.tasks).find(
          (one) => one.cluster === name && shortName(one.arn) === shortName(reference),
        );
        if (!task) throw invalid("The referenced task was not found.");
        stopTask(ground, task, "UserInitiated", reason);
        if (task.group.startsWith("service:")) lookAtServices(ground, name);
        return { task: describedTask(ground, task) };
      },
    ),
    DescribeServices: reads(
      z.strictObject({ cluster, services: names.min(1).max(10) }),
      (ground, { cluster, services }): DescribeServicesResponse => {
        const name = clusterOf(ground, cluster);
        const arnOf = (service: string): string => ground.arn("ecs", `service/${name}/${service}`);
        const all = Object.values(ground.world.services)
          .filter((service) => service.cluster === name)
          .map((service) => ({ service, arn: arnOf(service.name) }));
        const { found, failures } = sorted(services, all, arnOf);
        return { services: found.map(({ service }) => describedService(ground, service)), failures };
      },
    ),
    UpdateService: acts(
      z.strictObject({
        cluster,
        service: z.string(),
        desiredCount: z.int().min(0).optional(),
        taskDefinition: z.string().optional(),
        deploymentConfiguration: configuration.optional(),
      }),
      (
        ground,
        { cluster, service: reference, desiredCount, taskDefinition, deploymentConfiguration: set },
      ): UpdateServiceResponse => {
        const name = clusterOf(ground, cluster);
        const service = ground.world.services[serviceKey(name, shortName(reference))];
        if (!service) throw new SimError("ServiceNotFoundException", "Service not found.");
        // Neither the count nor the configuration starts a deployment.
        const changed = ground.change(service, {
          desired: desiredCount ?? service.desired,
          minimumHealthyPercent: set?.minimumHealthyPercent ?? service.minimumHealthyPercent,
          maximumPercent: set?.maximumPercent ?? service.maximumPercent,
          breaker: set?.deploymentCircuitBreaker ?? service.breaker,
        });
        if (changed) lookAtServices(ground, name);
        const wanted = taskDefinition === undefined ? service.definition : definitionOf(ground, taskDefinition);
        if (wanted !== service.definition) deploy(ground, service, wanted);
        return { service: describedService(ground, service) };
      },
    ),
  },
  ...ecsBehaviour,
};
