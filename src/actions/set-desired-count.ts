import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import { fargateSize, fargateTask, findService, readService } from "../aws/ecs-service.ts";
import { refuseInFlight } from "../aws/in-flight-count.ts";
import { defineAction } from "../runbook/action.ts";
import { isBetween } from "../runbook/between.ts";
import { resource } from "../runbook/resource.ts";

const was = z.object({ count: z.number(), fargate: fargateTask.optional() });

/**
 * Sets how many tasks an ECS service should run. It starts no deployment: the tasks stay as they are.
 *
 * For services that Application Auto Scaling does not know: of the others it would move the count itself. A count that
 * somebody else has set since is left alone, also by the undo; with a `queue`, the undo waits until nothing of that queue is in flight.
 */
export const setDesiredCount = defineAction({
  id: "ecs.set-desired-count",
  summary: ({ cluster, service, count }) => `run ${count} tasks of ${service} in ${cluster}`,
  params: z.object({
    cluster: z.string(),
    service: z.string(),
    count: z.int().min(0),
    queue: z.string().optional(),
  }),
  permissions: ["ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:UpdateService", "sqs:GetQueueAttributes"],
  touches: ({ cluster, service }) => [resource.ecsService(cluster, service)],
  costs: ({ params, before, prices }) => {
    const { count, fargate } = was.parse(before);
    return fargate ? (params.count - count) * prices.fargateHour(fargate) : 0;
  },
  narrows: ({ planned, asked, before }) =>
    asked.cluster === planned.cluster &&
    asked.service === planned.service &&
    asked.queue === planned.queue &&
    isBetween(asked.count, was.parse(before).count, planned.count),
  before: async ({ params: { cluster, service }, aws }) => {
    const found = await findService(aws, cluster, service);
    const fargate = await fargateSize(aws, found);
    return { count: found.desiredCount ?? 0, ...(fargate && { fargate }) };
  },
  do: async ({ params: { cluster, service, count }, aws, before }) => {
    const { desiredCount } = await findService(aws, cluster, service);
    if (desiredCount !== was.parse(before).count)
      throw new BotError("store_conflict", `setting the count of ${service}: somebody else has just set it`);
    await aws.ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: count }));
    return null;
  },
  probe: async ({ params: { cluster, service, count }, aws }) =>
    (await findService(aws, cluster, service)).desiredCount === count
      ? { applied: true, out: null }
      : { applied: false },
  undo: async ({ params: { cluster, service, count, queue }, aws, before }) => {
    const { count: desiredCount } = was.parse(before);
    const found = await readService(aws, cluster, service);
    if (found?.desiredCount !== count || desiredCount === count) return;
    if (desiredCount < count) await refuseInFlight(aws, queue, `giving back the count of ${service}`);
    await aws.ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount }));
  },
});
