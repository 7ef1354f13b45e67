import { DescribeTaskDefinitionCommand, type RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { BotError } from "../bot-error.ts";
import { canonicalJson, type Json } from "../json.ts";
import type { Aws } from "./clients.ts";

/** CPU units and MiB of a whole task. */
export interface TaskUnits {
  readonly cpu: number;
  readonly memory: number;
}

/** A revision with its tags; the newest of a family where no revision is named. */
export async function readRevision({ ecs }: Aws, taskDefinition: string) {
  const found = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ["TAGS"] }));
  const { taskDefinition: definition, tags = [] } = found;
  if (!definition?.family) throw new BotError("not_found", `looking at ${taskDefinition}: there is no such revision`);
  return { definition, tags };
}

/**
 * What to register so that a revision has another size and nothing else is different. What ECS adds by itself is left out;
 * a container that had all of the task gets all of it again.
 *
 * @throws BotError `bad_input` when a container alone may use more memory than the task would have.
 */
export function resized(
  { definition, tags }: Awaited<ReturnType<typeof readRevision>>,
  { cpu, memory }: TaskUnits,
): RegisterTaskDefinitionCommandInput {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    requiresAttributes: _attributes,
    compatibilities: _compatibilities,
    registeredAt: _at,
    registeredBy: _by,
    deregisteredAt: _gone,
    deleteRequestedAt: _deleted,
    ...rest
  } = definition;
  const [cpuWas, memoryWas] = [Number(definition.cpu), Number(definition.memory)];
  const containers = (definition.containerDefinitions ?? []).map((container) => ({
    ...container,
    ...(container.cpu === cpuWas && { cpu }),
    ...(container.memory === memoryWas && { memory }),
  }));
  const large = containers.find((container) => (container.memory ?? 0) > memory);
  if (large)
    throw new BotError(
      "bad_input",
      `resizing ${definition.family}: container ${large.name} may use ${large.memory} MiB`,
    );
  return {
    ...rest,
    family: definition.family,
    containerDefinitions: containers,
    cpu: String(cpu),
    memory: String(memory),
    ...(tags.length > 0 && { tags }),
  };
}

/** Whether a revision says the same as what would be registered, its number and its dates apart. */
export function saysTheSame(
  revision: Awaited<ReturnType<typeof readRevision>>,
  wanted: RegisterTaskDefinitionCommandInput,
): boolean {
  const size = { cpu: Number(revision.definition.cpu), memory: Number(revision.definition.memory) };
  return text(resized(revision, size)) === text(wanted);
}

const text = (value: RegisterTaskDefinitionCommandInput): string =>
  canonicalJson(JSON.parse(JSON.stringify(value)) as Json);
