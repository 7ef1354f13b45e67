import { BotError } from "../src/bot-error.ts";
import { toMs } from "../src/clock.ts";
import type { Duration } from "../src/clock.ts";
import { metricKey, record } from "./aws/cloudwatch.ts";
import { launch, setCapacity } from "./aws/ec2.ts";
import { joinCluster, placeTask } from "./aws/ecs-behaviour.ts";
import { lookAtServices, serviceKey } from "./aws/ecs-service.ts";
import { settledDeployment } from "./aws/ecs-deployment.ts";
import { registerTarget } from "./aws/elbv2.ts";
import { enterService, launchMember } from "./aws/group-behaviour.ts";
import { putParameter } from "./aws/ssm.ts";
import { send } from "./aws/sqs-queue.ts";
import type { Ground } from "./ground.ts";
import { scalingSeeds } from "./seed/application-autoscaling.ts";
import { athenaSeeds } from "./seed/athena.ts";
import { batchSeeds } from "./seed/batch.ts";
import { dynamoSeeds } from "./seed/dynamodb.ts";
import { lambdaSeeds } from "./seed/lambda.ts";
import { endpointSeeds } from "./seed/sagemaker-endpoints.ts";
import { trainingSeeds } from "./seed/sagemaker-training.ts";
import type { Group, Host, Instance, Queue, Service, TargetGroup, Task } from "./world.ts";

interface GroupSeed {
  readonly name: string;
  readonly zones: readonly string[];
  readonly type: string;
  /** Types to fall back to when the pool of `type` is dry. */
  readonly otherTypes?: readonly string[];
  readonly size: number;
  readonly min?: number;
  readonly max: number;
  readonly spot: boolean;
  /** Its instances are hosts of this ECS cluster. */
  readonly cluster?: string;
  /** Names; those that are missing are made. */
  readonly targetGroups?: readonly string[];
  readonly capacityRebalance?: boolean;
  readonly healthCheck?: Duration;
  readonly tags?: Readonly<Record<string, string>>;
  /** Names of its scaling policies. */
  readonly policies?: readonly string[];
}

interface DefinitionSeed {
  readonly family: string;
  readonly cpu?: number;
  readonly memory?: number;
  readonly fargate?: boolean;
  readonly needsMemory?: number;
  readonly roles?: { readonly taskRoleArn?: string; readonly executionRoleArn?: string };
  readonly containers?: readonly { readonly name: string; readonly cpu?: number; readonly memory?: number }[];
}

interface ServiceSeed extends Omit<DefinitionSeed, "family"> {
  readonly cluster: string;
  readonly name: string;
  readonly desired: number;
  readonly minimumHealthyPercent?: number;
  readonly maximumPercent?: number;
}

const missing = (what: string): BotError => new BotError("bad_input", `seeding the simulation: ${what}`);

/**
 * Sets scenes: what is seeded is there at once, running, healthy and joined, as if it had been for long.
 *
 * Nothing seeded shows in the call log, and no event tells of it.
 */
export function createSeeds(ground: Ground) {
  const { world } = ground;

  const settle = (instance: Instance): void => void ground.change(instance, { state: "running" });

  const seeds = {
    ...lambdaSeeds(ground),
    ...athenaSeeds(ground),
    ...dynamoSeeds(ground),
    ...scalingSeeds(ground),
    ...batchSeeds(ground),
    ...endpointSeeds(ground),
    ...trainingSeeds(ground),

    /** An Auto Scaling group of `size` running instances, spread over its zones. */
    group({
      name,
      zones,
      type,
      otherTypes = [],
      size,
      min = 0,
      max,
      spot,
      ...more
    }: GroupSeed): Group & { instances: string[] } {
      const { cluster, targetGroups = [], capacityRebalance = false, healthCheck = { minutes: 2 }, tags = {} } = more;
      if (cluster !== undefined && !(cluster in world.clusters)) seeds.cluster({ name: cluster });
      const group = ground.add(world.groups, name, {
        name,
        zones: [...zones],
        types: [type, ...otherTypes],
        spot,
        min,
        max,
        desired: size,
        capacityRebalance,
        healthCheckMs: toMs(healthCheck),
        targetGroupArns: targetGroups.map((one) => seeds.targetGroup({ name: one }).arn),
        tags: { ...tags, ...(cluster === undefined ? {} : { "ecs:cluster": cluster }) },
        members: {},
        suspended: [],
        policies: [...(more.policies ?? [])],
        launches: [],
      });
      const instances = ground.seeding(() =>
        Array.from({ length: size }, (_, index) => {
          const instance = launchMember(ground, group, zones[index % zones.length] ?? "");
          if (!instance) throw missing(`no capacity for ${size} instances of ${name}`);
          settle(instance);
          enterService(ground, group, instance.id);
          for (const arn of group.targetGroupArns) markHealthy(arn, instance.id);
          if (cluster !== undefined) joinCluster(ground, cluster, instance.id, { cpu: 4096, memory: 15_360 });
          return instance.id;
        }),
      );
      ground.settle();
      return { ...group, instances };
    },

    /** An instance that runs and belongs to no group. */
    instance({
      type,
      zone,
      spot = false,
      tags = {},
    }: {
      type: string;
      zone: string;
      spot?: boolean;
      tags?: Record<string, string>;
    }): Instance {
      const instance = ground.seeding(() => launch(ground, { type, zone, spot, tags }));
      if (!instance) throw missing(`no capacity for a ${type} in ${zone}`);
      settle(instance);
      return instance;
    },

    /** How many instances of a type can be alive at once in a zone, from now on. Both markets, unless one is named. */
    pool(pool: { type: string; zone: string; market?: "spot" | "on-demand"; count: number }): void {
      setCapacity(ground, pool);
    },

    cluster({ name }: { name: string }): void {
      ground.add(world.clusters, name, { name, capacityProviders: [] });
    },

    /** Ties a group to its cluster. With `managedDraining`, ECS drains a host by itself when its instance is interrupted. */
    capacityProvider({
      name,
      cluster,
      group,
      managedDraining,
    }: {
      name: string;
      cluster: string;
      group: string;
      managedDraining: boolean;
    }): void {
      ground.add(world.capacityProviders, name, { name, group, managedDraining });
      world.clusters[cluster]?.capacityProviders.push(name);
    },

    /** An instance that joins a cluster, with the room it has. */
    host({
      cluster,
      instance,
      cpu = 4096,
      memory = 15_360,
    }: {
      cluster: string;
      instance: string;
      cpu?: number;
      memory?: number;
    }): Host {
      return ground.seeding(() => joinCluster(ground, cluster, instance, { cpu, memory }));
    },

    /** The first revision of a family. `needsMemory`: with less, in MiB, its tasks are killed as they start. */
    taskDefinition({
      family,
      cpu = 1024,
      memory = 2048,
      fargate = false,
      needsMemory,
      ...more
    }: DefinitionSeed): string {
      const { roles = {}, containers = [{ name: family, image: `${family}:latest`, essential: true }] } = more;
      ground.add(world.definitions, `${family}:1`, {
        family,
        revision: 1,
        cpu,
        memory,
        fargate,
        registeredAt: ground.now(),
        document: { ...roles, containerDefinitions: [...containers] },
        tags: {},
        ...(needsMemory !== undefined && { needsMemory }),
      });
      return `${family}:1`;
    },

    /** A service with as many running tasks as it wants and finds room for. Its bounds are 100 and 200 %, as on AWS. */
    service({
      cluster,
      name,
      desired,
      cpu = 1024,
      memory = 2048,
      minimumHealthyPercent = 100,
      maximumPercent = 200,
      fargate = false,
      ...more
    }: ServiceSeed): Service {
      if (!(cluster in world.clusters)) seeds.cluster({ name: cluster });
      const definition = seeds.taskDefinition({ family: name, cpu, memory, fargate, ...more });
      const service = ground.add(world.services, serviceKey(cluster, name), {
        name,
        cluster,
        desired,
        definition,
        minimumHealthyPercent,
        maximumPercent,
        createdAt: ground.now(),
        fargate,
        breaker: { enable: false, rollback: false },
        deployments: [settledDeployment(ground, definition)],
        completed: definition,
      });
      ground.seeding(() => {
        for (let index = 0; index < desired; index += 1)
          runs(placeTask(ground, { ...service, group: `service:${name}`, startedBy: "ecs-svc" }));
      });
      lookAtServices(ground, cluster);
      ground.settle();
      return service;
    },

    /** A running task of no service, on the instance named or wherever there is room. */
    task({
      cluster,
      family,
      instance,
      tags,
      overrides,
      capacityProvider,
    }: Pick<Task, "cluster" | "tags" | "overrides" | "capacityProvider"> & {
      family: string;
      instance?: string;
    }): Task {
      const definition = `${family}:1` in world.definitions ? `${family}:1` : seeds.taskDefinition({ family });
      const task = ground.seeding(() =>
        runs(placeTask(ground, { cluster, definition, group: `family:${family}`, tags, overrides, capacityProvider })),
      );
      if (!task) throw missing(`no room for ${family} in ${cluster}`);
      const host = Object.values(world.hosts).find(({ instanceId }) => instanceId === instance);
      if (host) ground.change(task, { host: host.arn });
      return task;
    },

    /** A target group; `targets` are instances that are healthy in it. The delay is 300 s by default, as on AWS. */
    targetGroup({
      name,
      port = 80,
      deregistrationDelay = { seconds: 300 },
      targets = [],
    }: {
      name: string;
      port?: number;
      deregistrationDelay?: Duration;
      targets?: readonly string[];
    }): TargetGroup {
      const arn = ground.arn("elasticloadbalancing", `targetgroup/${name}/0123456789abcdef`);
      const deregistrationDelayMs = toMs(deregistrationDelay);
      const group =
        world.targetGroups[arn] ??
        ground.add(world.targetGroups, arn, { arn, name, port, deregistrationDelayMs, targets: {} });
      ground.seeding(() => {
        for (const id of targets) {
          registerTarget(ground, arn, id);
          markHealthy(arn, id);
        }
      });
      return group;
    },

    /** A standard queue. `deadLetter.queue` is the name of one that is there. */
    queue({
      name,
      visibilitySeconds = 30,
      messages = [],
      deadLetter,
    }: {
      name: string;
      visibilitySeconds?: number;
      messages?: readonly string[];
      deadLetter?: { queue: string; maxReceives: number };
    }): Queue {
      const url = `https://sqs.${world.region}.amazonaws.com/${world.account}/${name}`;
      const queue = ground.add<Queue>(world.queues, url, {
        name,
        url,
        arn: ground.arn("sqs", name),
        visibilityMs: visibilitySeconds * 1000,
        messages: {},
        ...(deadLetter
          ? { deadLetter: { arn: ground.arn("sqs", deadLetter.queue), maxReceives: deadLetter.maxReceives } }
          : {}),
      });
      for (const body of messages) send(ground, queue, body);
      return queue;
    },

    parameter({ name, value }: { name: string; value: string }): void {
      ground.seeding(() => putParameter(ground, { Name: name, Value: value, Type: "String", Overwrite: true }));
    },

    /** A change calendar, closed from `from` (included) to `to` (excluded), in milliseconds since the epoch. */
    calendar({ name, closed = [] }: { name: string; closed?: readonly { from: number; to: number }[] }): void {
      ground.add(world.calendars, name, { closed: [...closed] });
    },

    /** Samples `[at, value]` that everybody can see already. */
    metric({
      namespace,
      name,
      dimensions = {},
      samples,
    }: {
      namespace: string;
      name: string;
      dimensions?: Readonly<Record<string, string>>;
      samples: readonly (readonly [at: number, value: number])[];
    }): void {
      const points = samples.map(([at, value]) => ({ at, value, count: 1, visibleAt: at }));
      record(ground, metricKey(namespace, name, dimensions), points);
    },

    /** A CloudWatch alarm that says so from now on. */
    alarm({ name, state }: { name: string; state: "OK" | "ALARM" | "INSUFFICIENT_DATA" }): void {
      ground.add(world.alarms, name, { state });
    },

    /** A topic; answers its ARN, under which the world keeps what is published. */
    topic(name: string): string {
      const arn = ground.arn("sns", name);
      ground.add(world.topics, arn, []);
      return arn;
    },
  };

  function markHealthy(arn: string, id: string): void {
    const target = world.targetGroups[arn]?.targets[id];
    if (target) ground.change(target, { state: "healthy" });
  }

  function runs(task: Task | undefined): Task | undefined {
    if (task) ground.change(task, { last: "RUNNING", startedAt: ground.now() });
    return task;
  }

  return seeds;
}

export type Seeds = ReturnType<typeof createSeeds>;
