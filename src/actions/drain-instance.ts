import { DescribeContainerInstancesCommand, UpdateContainerInstancesStateCommand } from "@aws-sdk/client-ecs";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Aws } from "../aws/clients.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const params = z.object({ cluster: z.string(), containerInstance: z.string(), instance: z.string() });
type Params = z.infer<typeof params>;

async function statusOf(aws: Aws, { cluster, containerInstance }: Params): Promise<string> {
  const found = await aws.ecs.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: [containerInstance] }),
  );
  return found.containerInstances?.[0]?.status ?? "GONE";
}

async function setStatus(aws: Aws, { cluster, containerInstance, instance }: Params, status: "ACTIVE" | "DRAINING") {
  const { failures = [] } = await aws.ecs.send(
    new UpdateContainerInstancesStateCommand({ cluster, containerInstances: [containerInstance], status }),
  );
  // The call answers 200 with a list of failures. MISSING is fine: an instance that is gone needs no draining.
  const failed = failures.find(({ reason }) => reason !== "MISSING");
  if (failed)
    throw new BotError(
      "aws_failed",
      `setting ${instance} to ${status}: ${failed.reason} ${failed.detail ?? ""}`.trim(),
    );
}

/**
 * Drains an ECS container instance: its service tasks are started elsewhere and stopped here.
 *
 * Standalone tasks are not drained by ECS. Only ACTIVE can become DRAINING. A repeat is harmless: the state is set.
 */
export const drainInstance = defineAction({
  id: "ecs.drain-instance",
  summary: ({ instance }) => `drain ${instance}`,
  params,
  permissions: ["ecs:DescribeContainerInstances", "ecs:UpdateContainerInstancesState"],
  touches: ({ instance }) => [resource.instance(instance)],
  takes: { seconds: 2 },
  before: async ({ params, aws }) => ({ status: await statusOf(aws, params) }),
  do: async ({ params, aws }) => {
    await setStatus(aws, params, "DRAINING");
    return null;
  },
  probe: async ({ params, aws }) =>
    (await statusOf(aws, params)) === "ACTIVE" ? { applied: false } : { applied: true, out: null },
  undo: async ({ params, aws, before }) => {
    const was = z.object({ status: z.string() }).parse(before);
    // Only what we drained is set back, and only while it still exists.
    if (was.status === "ACTIVE" && (await statusOf(aws, params)) === "DRAINING") await setStatus(aws, params, "ACTIVE");
  },
});
