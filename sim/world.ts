import { z } from "zod";
import { alarms } from "./world/alarms.ts";
import { scalableTargets } from "./world/application-autoscaling.ts";
import { athenaWorld } from "./world/athena.ts";
import { batchWorld } from "./world/batch.ts";
import { dynamoWorld } from "./world/dynamodb.ts";
import { lambdaWorld } from "./world/lambda.ts";
import { definition, deploying } from "./world/ecs.ts";
import { endpointsWorld } from "./world/sagemaker-endpoints.ts";
import { trainingWorld } from "./world/sagemaker-training.ts";

/** What can come due, and so what a saved world still has ahead of it. */
const dueKind = z.enum([
  "instance-runs",
  "instance-ends",
  "instance-forgotten",
  "instance-reclaimed",
  "group-looks",
  "group-notices-death",
  "host-joins",
  "host-drains-itself",
  "service-looks",
  "task-runs",
  "task-stops",
  "task-forgotten",
  "target-healthy",
  "target-drained",
  "messages-move",
  "job-is-ready",
  "job-starts",
  "job-ends",
  "job-queue-looks",
  "job-queue-blocks",
  "training-looks",
  "training-stops",
  "training-stopped",
  "function-updated",
  "mapping-settles",
  "endpoint-updated",
]);
export type DueKind = z.infer<typeof dueKind>;

/** Something that will happen to `of` (in `within`, when a name alone does not say) at `at`. Entries keep their order. */
const due = z.object({ at: z.number(), kind: dueKind, of: z.string(), within: z.string().optional() });
export type Due = z.infer<typeof due>;

const tags = z.record(z.string(), z.string());

const instance = z.object({
  id: z.string(),
  type: z.string(),
  zone: z.string(),
  spot: z.boolean(),
  state: z.enum(["pending", "running", "shutting-down", "terminated"]),
  launchedAt: z.number(),
  endedAt: z.number().optional(),
  reason: z.string().optional(),
  tags,
  /** EC2 has said that it takes the instance at this time. */
  reclaimedAt: z.number().optional(),
});
export type Instance = z.infer<typeof instance>;

const member = z.object({
  lifecycle: z.enum(["Pending", "InService", "Terminating"]),
  health: z.enum(["Healthy", "Unhealthy"]),
  /** Capacity rebalancing is replacing it: it no longer counts. */
  leaving: z.boolean(),
});
export type Member = z.infer<typeof member>;

const group = z.object({
  name: z.string(),
  zones: z.array(z.string()),
  /** The first type is preferred; the others are tried in order when its pool is dry. */
  types: z.array(z.string()),
  spot: z.boolean(),
  min: z.number(),
  max: z.number(),
  desired: z.number(),
  capacityRebalance: z.boolean(),
  /** From the death of an instance until the group's health check sees it. */
  healthCheckMs: z.number(),
  targetGroupArns: z.array(z.string()),
  tags,
  members: z.record(z.string(), member),
  /** Processes that somebody has suspended, such as `Launch`. */
  suspended: z.array(z.string()).default([]),
  /** Its scaling policies, by name. They are there; whoever sets the scene does what they would do. */
  policies: z.array(z.string()).default([]),
  /** The last launches that succeeded, oldest first. */
  launches: z.array(z.object({ instanceId: z.string(), startedAt: z.number(), endedAt: z.number() })).default([]),
});
export type Group = z.infer<typeof group>;

const host = z.object({
  arn: z.string(),
  cluster: z.string(),
  instanceId: z.string(),
  status: z.enum(["ACTIVE", "DRAINING"]),
  cpu: z.number(),
  memory: z.number(),
  version: z.number(),
  registeredAt: z.number(),
});
/** What ECS calls a container instance. */
export type Host = z.infer<typeof host>;

const task = z.object({
  arn: z.string(),
  cluster: z.string(),
  group: z.string(),
  definition: z.string(),
  /** The ARN of its container instance; empty on Fargate. */
  host: z.string(),
  cpu: z.number(),
  memory: z.number(),
  last: z.enum(["PENDING", "RUNNING", "STOPPED"]),
  desired: z.enum(["RUNNING", "STOPPED"]),
  createdAt: z.number(),
  startedAt: z.number().optional(),
  stoppedAt: z.number().optional(),
  stopCode: z
    .enum(["ServiceSchedulerInitiated", "UserInitiated", "TerminationNotice", "EssentialContainerExited"])
    .optional(),
  reason: z.string().optional(),
  startedBy: z.string().optional(),
  overrides: z.json().optional(),
  /** Through which provider it was asked for; none with a launch type. */
  capacityProvider: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  version: z.number(),
});
export type Task = z.infer<typeof task>;

const service = z.object({
  name: z.string(),
  cluster: z.string(),
  desired: z.number(),
  definition: z.string(),
  minimumHealthyPercent: z.number(),
  maximumPercent: z.number(),
  createdAt: z.number(),
  ...deploying,
});
export type Service = z.infer<typeof service>;

const cluster = z.object({ name: z.string(), capacityProviders: z.array(z.string()) });
const capacityProvider = z.object({ name: z.string(), group: z.string(), managedDraining: z.boolean() });

const target = z.object({
  id: z.string(),
  port: z.number(),
  state: z.enum(["initial", "healthy", "draining"]),
  since: z.number(),
});
const targetGroup = z.object({
  arn: z.string(),
  name: z.string(),
  port: z.number(),
  deregistrationDelayMs: z.number(),
  targets: z.record(z.string(), target),
});
export type TargetGroup = z.infer<typeof targetGroup>;

const parameterVersion = z.object({
  version: z.number(),
  value: z.string(),
  type: z.enum(["String", "StringList", "SecureString"]),
  description: z.string().optional(),
  at: z.number(),
});
const parameter = z.object({ name: z.string(), versions: z.array(parameterVersion) });
export type Parameter = z.infer<typeof parameter>;

/** Closed from `from` (included) to `to` (excluded); otherwise open. */
const calendar = z.object({ closed: z.array(z.object({ from: z.number(), to: z.number() })) });

/** `count` values equal to `value` at `at`; nobody sees them before `visibleAt`. */
const sample = z.object({ at: z.number(), value: z.number(), count: z.number(), visibleAt: z.number() });
export type Sample = z.infer<typeof sample>;

const message = z.object({
  id: z.string(),
  body: z.string(),
  attributes: z.json().optional(),
  sentAt: z.number(),
  receives: z.number(),
  firstReceivedAt: z.number().optional(),
  visibleAt: z.number(),
});
export type Message = z.infer<typeof message>;

const queue = z.object({
  name: z.string(),
  url: z.string(),
  arn: z.string(),
  visibilityMs: z.number(),
  deadLetter: z.object({ arn: z.string(), maxReceives: z.number() }).optional(),
  messages: z.record(z.string(), message),
});
export type Queue = z.infer<typeof queue>;

const moveTask = z.object({
  handle: z.string(),
  source: z.string(),
  destination: z.string(),
  perSecond: z.number(),
  toMove: z.number(),
  moved: z.number(),
  state: z.enum(["RUNNING", "COMPLETED", "CANCELLING", "CANCELLED", "FAILED"]),
  startedAt: z.number(),
});
export type MoveTask = z.infer<typeof moveTask>;

const notice = z.object({
  at: z.number(),
  message: z.string(),
  subject: z.string().optional(),
  attributes: z.json().optional(),
});
const putEvent = z.object({
  at: z.number(),
  bus: z.string(),
  source: z.string(),
  detailType: z.string(),
  detail: z.json(),
});

const world = z.object({
  /** Rises with every real change, and with nothing else. */
  version: z.number(),
  account: z.string(),
  region: z.string(),
  /** The state of the generator: what chance has in store. */
  chance: z.number(),
  agenda: z.array(due),
  /** How many instances may be alive at once, by `market/type/zone`. What is not listed has no limit. */
  pools: z.record(z.string(), z.number()),
  instances: z.record(z.string(), instance),
  groups: z.record(z.string(), group),
  clusters: z.record(z.string(), cluster),
  hosts: z.record(z.string(), host),
  definitions: z.record(z.string(), definition),
  services: z.record(z.string(), service),
  tasks: z.record(z.string(), task),
  capacityProviders: z.record(z.string(), capacityProvider),
  targetGroups: z.record(z.string(), targetGroup),
  parameters: z.record(z.string(), parameter),
  calendars: z.record(z.string(), calendar),
  /** By namespace, name and sorted dimensions, see `metricKey`. */
  metrics: z.record(z.string(), z.array(sample)),
  metricDelayMs: z.number(),
  alarms,
  scalableTargets,
  queues: z.record(z.string(), queue),
  moveTasks: z.record(z.string(), moveTask),
  ...batchWorld,
  ...lambdaWorld,
  ...athenaWorld,
  ...dynamoWorld,
  ...endpointsWorld,
  ...trainingWorld,
  topics: z.record(z.string(), z.array(notice)),
  /** What was put on a bus through PutEvents. */
  events: z.array(putEvent),
  /** Answers already given, by client token. */
  tokens: z.record(z.string(), z.object({ input: z.string(), output: z.json() })),
});
/** Everything the simulated AWS knows. It survives JSON, so it can be saved at any moment and carried on from. */
export type World = z.infer<typeof world>;

const savedWorld = z.object({ format: z.literal(1), world });
export type SavedWorld = z.infer<typeof savedWorld>;

/** Reads a world that was written to disk. Throws a `ZodError` if it is not one. */
export const readSavedWorld = (saved: unknown): SavedWorld => savedWorld.parse(saved);

/** A world with nothing in it. */
export function emptyWorld(seed: number, account: string, region: string): World {
  return {
    version: 0,
    account,
    region,
    chance: seed >>> 0,
    agenda: [],
    pools: {},
    instances: {},
    groups: {},
    clusters: {},
    hosts: {},
    definitions: {},
    services: {},
    tasks: {},
    capacityProviders: {},
    targetGroups: {},
    parameters: {},
    calendars: {},
    metrics: {},
    metricDelayMs: 0,
    alarms: {},
    scalableTargets: {},
    queues: {},
    moveTasks: {},
    jobDefinitions: {},
    jobQueues: {},
    jobs: {},
    checkpoints: {},
    functions: {},
    mappings: {},
    queries: {},
    tables: {},
    endpoints: {},
    trainings: {},
    trainingPrograms: {},
    trainingQuotas: {},
    topics: {},
    events: [],
    tokens: {},
  };
}
