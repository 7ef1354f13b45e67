import { RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Aws } from "../aws/clients.ts";
import { fargateSize, fargateTask, findService } from "../aws/ecs-service.ts";
import { readRevision, resized, saysTheSame } from "../aws/task-revision.ts";
import { isFargateSize } from "../policies/fargate-size.ts";
import { defineAction, nothingToUndo } from "../runbook/action.ts";
import { isBetween } from "../runbook/between.ts";
import { resource } from "../runbook/resource.ts";

const params = z.object({
  cluster: z.string(),
  service: z.string(),
  /** CPU units (1,024 are one vCPU) and MiB of the whole task. */
  cpu: z.int().positive(),
  memory: z.int().positive(),
});
type Params = z.infer<typeof params>;

const was = z.object({
  taskDefinition: z.string(),
  cpu: z.number(),
  memory: z.number(),
  count: z.number(),
  fargate: fargateTask.optional(),
});

/** What is to be registered, and the newest revision of its family. */
async function look(aws: Aws, { cluster, service, ...size }: Params) {
  const { taskDefinition = "" } = await findService(aws, cluster, service);
  const present = await readRevision(aws, taskDefinition);
  const newest = await readRevision(aws, present.definition.family ?? "");
  return { wanted: resized(present, size), newest };
}

/**
 * Registers the present revision of a service's task definition once more with another size. Nothing runs differently for it
 * before `ecs.resize-task` deploys it; what it costs is what it adds to the bill from then on.
 *
 * ECS takes no token. A newest revision that says just what would be registered is as good as ours, so a repeat finds the first.
 * A definition with roles takes `iam:PassRole`: where the settings do not name its roles in `passRoles`, ECS refuses, and
 * nothing is changed.
 */
export const registerSize = defineAction({
  id: "ecs.register-size",
  summary: ({ service, cpu, memory }) => `register a revision of ${service} with ${cpu} CPU units and ${memory} MiB`,
  params,
  permissions: [
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "ecs:RegisterTaskDefinition",
    // The tags go along, and so do the roles.
    "ecs:TagResource",
    "iam:PassRole",
  ],
  touches: ({ cluster, service }) => [resource.ecsService(cluster, service)],
  takes: { seconds: 3 },
  costs: ({ params: { cpu, memory }, before, prices }) => {
    const { fargate, count } = was.parse(before);
    if (!fargate) return 0;
    const hour = prices.fargateHour({ vcpu: cpu / 1024, memoryGb: memory / 1024 });
    return count * (hour - prices.fargateHour(fargate));
  },
  narrows: ({ planned, asked, before }) => {
    const { cpu, memory, fargate } = was.parse(before);
    // Fargate has no sizes in between.
    const exists = !fargate || isFargateSize({ vcpus: asked.cpu / 1_024, memoryMiB: asked.memory });
    return (
      exists &&
      asked.cluster === planned.cluster &&
      asked.service === planned.service &&
      isBetween(asked.cpu, cpu, planned.cpu) &&
      isBetween(asked.memory, memory, planned.memory)
    );
  },
  before: async ({ params: { cluster, service }, aws }) => {
    const found = await findService(aws, cluster, service);
    const { definition } = await readRevision(aws, found.taskDefinition ?? "");
    const fargate = await fargateSize(aws, found);
    return {
      taskDefinition: found.taskDefinition ?? "",
      cpu: Number(definition.cpu),
      memory: Number(definition.memory),
      count: found.desiredCount ?? 0,
      ...(fargate && { fargate }),
    };
  },
  do: async ({ params, aws }) => {
    const { wanted, newest } = await look(aws, params);
    if (saysTheSame(newest, wanted)) return { revision: newest.definition.taskDefinitionArn ?? "" };
    const { taskDefinition } = await aws.ecs.send(new RegisterTaskDefinitionCommand(wanted));
    if (!taskDefinition?.taskDefinitionArn)
      throw new BotError("aws_failed", `registering a revision of ${params.service}: ECS named none`);
    return { revision: taskDefinition.taskDefinitionArn };
  },
  probe: async ({ params, aws }) => {
    const { wanted, newest } = await look(aws, params);
    return saysTheSame(newest, wanted)
      ? { applied: true, out: { revision: newest.definition.taskDefinitionArn ?? "" } }
      : { applied: false };
  },
  undo: nothingToUndo("a revision that nobody deploys runs nothing and costs nothing"),
});
