/**
 * Something in the account that an incident is about or that an action touches, as `kind/id`.
 *
 * Locks, limits and correlation compare these texts, so two parts of the bot that mean the same thing must build it here.
 */
export type Resource = `${(typeof kinds)[number]}/${string}`;

const kinds = [
  "instance",
  "container-instance",
  "group",
  "service",
  "queue",
  "target-group",
  "alarm",
  "budget",
  "model",
  "function",
  "event-source",
  "query",
  "endpoint",
  "parameter",
  "task",
  "ecs-service",
  "job",
  "training",
  "circuit",
] as const;

export const resource = {
  instance: (id: string): Resource => `instance/${id}`,
  /** What ECS and Batch call the instance that they run things on, by ARN. */
  containerInstance: (arn: string): Resource => `container-instance/${arn}`,
  group: (name: string): Resource => `group/${name}`,
  service: (name: string): Resource => `service/${name}`,
  queue: (url: string): Resource => `queue/${url}`,
  targetGroup: (arn: string): Resource => `target-group/${arn}`,
  alarm: (name: string): Resource => `alarm/${name}`,
  /** The money of a service in the settings: what it spends is another matter than how it answers. */
  budget: (service: string): Resource => `budget/${service}`,
  /** What a service answers with, wherever it is chosen. */
  model: (service: string): Resource => `model/${service}`,
  function: (name: string): Resource => `function/${name}`,
  /** An event source mapping of Lambda, by UUID. */
  eventSource: (id: string): Resource => `event-source/${id}`,
  query: (id: string): Resource => `query/${id}`,
  endpoint: (name: string): Resource => `endpoint/${name}`,
  parameter: (name: string): Resource => `parameter/${name}`,
  task: (arn: string): Resource => `task/${arn}`,
  /** A Batch job, by id. */
  job: (id: string): Resource => `job/${id}`,
  /** A circuit that workloads share, by name. */
  circuit: (name: string): Resource => `circuit/${name}`,
  /** A SageMaker training job, by name. */
  training: (name: string): Resource => `training/${name}`,
  ecsService: (cluster: string, name: string): Resource => `ecs-service/${cluster}/${name}`,
};

/** Whether a text read from outside is one of ours. */
export function isResource(text: string): text is Resource {
  return kinds.some((kind) => text.startsWith(`${kind}/`) && text.length > kind.length + 1);
}
