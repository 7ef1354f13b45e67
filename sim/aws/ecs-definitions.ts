import type { DescribeTaskDefinitionResponse, RegisterTaskDefinitionResponse } from "@aws-sdk/client-ecs";
import { z } from "zod";
import { isFargateSize } from "../../src/policies/fargate-size.ts";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import type { Operation } from "../operation.ts";
import { acts, reads } from "../operation.ts";
import type { Definition } from "../world/ecs.ts";
import { definitionArn } from "./ecs-behaviour.ts";

const clientError = (message: string): SimError => new SimError("ClientException", message);

/** `family:revision` of what a name, a name with its revision, or an ARN refers to; the newest where no revision is named. */
export function definitionOf(ground: Ground, reference: string): string {
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  if (name in ground.world.definitions) return name;
  const newest = newestOf(ground, name);
  if (!newest) throw clientError("Unable to describe task definition.");
  return `${newest.family}:${newest.revision}`;
}

const newestOf = (ground: Ground, name: string): Definition | undefined =>
  Object.values(ground.world.definitions)
    .filter(({ family }) => family === name)
    .toSorted((a, b) => b.revision - a.revision)[0];

const tag = z.strictObject({ key: z.string(), value: z.string() });

function described(ground: Ground, found: Definition) {
  const { family, revision, cpu, memory, fargate, document, registeredAt } = found;
  return {
    ...document,
    taskDefinitionArn: definitionArn(ground, `${family}:${revision}`),
    family,
    revision,
    status: "ACTIVE" as const,
    cpu: String(cpu),
    memory: String(memory),
    compatibilities: fargate ? (["EC2", "FARGATE"] as const).slice() : (["EC2"] as const).slice(),
    requiresCompatibilities: [fargate ? ("FARGATE" as const) : ("EC2" as const)],
    requiresAttributes: [],
    registeredAt: new Date(registeredAt),
    registeredBy: ground.arn("iam", "user/deployer"),
  };
}

const tagsOf = ({ tags }: Definition) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Registering is not undone by anything: a revision that nobody runs costs nothing. */
export const definitionOperations: Record<string, Operation> = {
  DescribeTaskDefinition: reads(
    z.strictObject({ taskDefinition: z.string(), include: z.array(z.literal("TAGS")).optional() }),
    (ground, { taskDefinition, include }): DescribeTaskDefinitionResponse => {
      const found = ground.world.definitions[definitionOf(ground, taskDefinition)];
      if (!found) throw clientError("Unable to describe task definition.");
      return { taskDefinition: described(ground, found), ...(include && { tags: tagsOf(found) }) };
    },
  ),
  RegisterTaskDefinition: acts(
    z.strictObject({
      family: z.string().min(1).max(255),
      cpu: z.coerce.number().int(),
      memory: z.coerce.number().int(),
      requiresCompatibilities: z.array(z.enum(["EC2", "FARGATE"])).default(["EC2"]),
      containerDefinitions: z.array(z.looseObject({ name: z.string(), memory: z.int().optional() })).min(1),
      tags: z.array(tag).default([]),
      taskRoleArn: z.string().optional(),
      executionRoleArn: z.string().optional(),
      networkMode: z.string().optional(),
      volumes: z.array(z.json()).optional(),
      placementConstraints: z.array(z.json()).optional(),
      runtimePlatform: z.json().optional(),
      ephemeralStorage: z.json().optional(),
    }),
    (ground, { family, cpu, memory, requiresCompatibilities, tags, ...rest }): RegisterTaskDefinitionResponse => {
      const fargate = requiresCompatibilities.includes("FARGATE");
      if (fargate && !isFargateSize({ vcpus: cpu / 1024, memoryMiB: memory }))
        throw clientError("No Fargate configuration exists for given values.");
      if (rest.containerDefinitions.some((container) => (container.memory ?? 0) > memory))
        throw clientError("Invalid setting for container. The 'memory' is greater than the task 'memory'.");
      const previous = newestOf(ground, family);
      const revision = (previous?.revision ?? 0) + 1;
      const added = ground.add<Definition>(ground.world.definitions, `${family}:${revision}`, {
        family,
        revision,
        cpu,
        memory,
        fargate,
        registeredAt: ground.now(),
        document: z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(rest))),
        tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
        ...(previous?.needsMemory !== undefined && { needsMemory: previous.needsMemory }),
      });
      return { taskDefinition: described(ground, added), tags: tagsOf(added) };
    },
  ),
};
