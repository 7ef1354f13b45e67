import { RegisterScalableTargetCommand } from "@aws-sdk/client-application-auto-scaling";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Aws } from "../aws/clients.ts";
import { fargateSize, fargateTask, findService } from "../aws/ecs-service.ts";
import { refuseInFlight } from "../aws/in-flight-count.ts";
import { scalableTarget, scalableTargetOf } from "../aws/scalable-target.ts";
import { defineAction } from "../runbook/action.ts";
import { isBetween } from "../runbook/between.ts";
import { resource } from "../runbook/resource.ts";

const bounds = z.object({ min: z.number(), max: z.number() });
type Bounds = z.infer<typeof bounds>;
const was = bounds.extend({ count: z.number(), fargate: fargateTask.optional() });

async function read(aws: Aws, service: { cluster: string; service: string }): Promise<Bounds | undefined> {
  const found = await scalableTargetOf(aws, service);
  return found && { min: found.MinCapacity ?? 0, max: found.MaxCapacity ?? 0 };
}

const isSame = (a: Bounds | undefined, b: Bounds): boolean => a?.min === b.min && a.max === b.max;

/**
 * Sets between which counts Application Auto Scaling keeps an ECS service. The count follows a bound that has passed it as
 * soon as it is registered, so a higher floor asks for tasks at once; scaling policies go on between the new bounds, and
 * what somebody has suspended stays suspended.
 *
 * Bounds that differ from what was seen are left alone, and so are bounds that are no longer ours when it comes to the undo.
 * The undo lowers the floor, and the service's scaling policy lowers the count when it sees fit.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
 */
export const setScalableBounds = defineAction({
  id: "appscaling.set-bounds",
  summary: ({ cluster, service, min, max }) => `keep ${min} to ${max} tasks of ${service} in ${cluster}`,
  params: z
    .object({
      cluster: z.string(),
      service: z.string(),
      min: z.int().min(0),
      max: z.int().min(0),
      queue: z.string().optional(),
    })
    .refine(({ min, max }) => min <= max, "min is more than max"),
  permissions: [
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:RegisterScalableTarget",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "sqs:GetQueueAttributes",
  ],
  touches: ({ cluster, service }) => [resource.ecsService(cluster, service)],
  costs: ({ params, before, prices }) => {
    const { count, fargate } = was.parse(before);
    const added = Math.min(params.max, Math.max(params.min, count)) - count;
    return fargate ? added * prices.fargateHour(fargate) : 0;
  },
  narrows: ({ planned, asked, before }) => {
    const { min, max } = was.parse(before);
    return (
      asked.cluster === planned.cluster &&
      asked.service === planned.service &&
      asked.queue === planned.queue &&
      isBetween(asked.min, min, planned.min) &&
      isBetween(asked.max, max, planned.max)
    );
  },
  before: async ({ params, aws }) => {
    const found = await read(aws, params);
    if (!found)
      throw new BotError("not_found", `looking at ${params.service}: Application Auto Scaling does not know it`);
    const service = await findService(aws, params.cluster, params.service);
    const fargate = await fargateSize(aws, service);
    return { ...found, count: service.desiredCount ?? 0, ...(fargate && { fargate }) };
  },
  do: async ({ params, aws, before }) => {
    if (!isSame(await read(aws, params), bounds.parse(before)))
      throw new BotError("store_conflict", `setting the bounds of ${params.service}: somebody else has just set them`);
    await register(aws, params, params);
    return null;
  },
  probe: async ({ params, aws }) =>
    isSame(await read(aws, params), params) ? { applied: true, out: null } : { applied: false },
  undo: async ({ params, aws, before }) => {
    const theirs = bounds.parse(before);
    if (!isSame(await read(aws, params), params) || isSame(theirs, params)) return;
    // A ceiling that comes down takes tasks with it.
    if (theirs.max < params.max) await refuseInFlight(aws, params.queue, `giving back the bounds of ${params.service}`);
    await register(aws, params, theirs);
  },
});

async function register(aws: Aws, service: { cluster: string; service: string }, { min, max }: Bounds): Promise<void> {
  await aws.applicationAutoscaling.send(
    new RegisterScalableTargetCommand({ ...scalableTarget(service), MinCapacity: min, MaxCapacity: max }),
  );
}
