import { type Service, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Aws } from "../aws/clients.ts";
import { findService, readService } from "../aws/ecs-service.ts";
import { readRevision, resized, saysTheSame } from "../aws/task-revision.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";
import { registerSize } from "./register-size.ts";

const was = z.object({ taskDefinition: z.string() });
const registered = z.object({ revision: z.string() });

/** The newest revision of the family, if it differs from the present one in nothing but its size. `undefined`: in more. */
async function newestSize(aws: Aws, present: string): Promise<string | undefined> {
  const revision = await readRevision(aws, present);
  const newest = await readRevision(aws, revision.definition.family ?? "");
  const size = { cpu: Number(newest.definition.cpu), memory: Number(newest.definition.memory) };
  return saysTheSame(newest, resized(revision, size)) ? newest.definition.taskDefinitionArn : undefined;
}

/**
 * Deploys the newest revision of a service's task definition, which has to differ from the present one in its size only: see
 * `ecs.register-size`, which says what the size is.
 *
 * The deployment circuit breaker is switched on with it, so ECS itself goes back to the last revision that worked when the new
 * tasks do not come up; then the action has failed, and there is nothing left to undo. The undo deploys the previous
 * revision, unless somebody has deployed another one since.
 */
export const resizeTask = defineAction({
  id: "ecs.resize-task",
  summary: ({ service }) => `give the tasks of ${service} the size that is registered`,
  params: z.object({ cluster: z.string(), service: z.string() }),
  permissions: ["ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:UpdateService"],
  touches: ({ cluster, service }) => [resource.ecsService(cluster, service)],
  takes: { minutes: 5 },
  before: async ({ params: { cluster, service }, aws }) => ({
    taskDefinition: (await findService(aws, cluster, service)).taskDefinition ?? "",
  }),
  do: async ({ params: { cluster, service }, aws, before, earlier }) => {
    const { taskDefinition: present } = was.parse(before);
    if ((await findService(aws, cluster, service)).taskDefinition !== present)
      throw new BotError("store_conflict", `resizing ${service}: somebody has just deployed another revision`);
    const revision = await newestSize(aws, present);
    const ours = earlier.findLast(({ action }) => action === registerSize.id)?.out;
    if (revision === undefined || (ours !== undefined && registered.parse(ours).revision !== revision))
      throw new BotError("store_conflict", `resizing ${service}: the newest revision is another than was registered`);
    if (revision !== present) await deploy(aws, { cluster, service }, revision, true);
    return { revision };
  },
  probe: async ({ params: { cluster, service }, aws, before }) => {
    const { taskDefinition: previous } = was.parse(before);
    const { taskDefinition = "" } = await findService(aws, cluster, service);
    const isOurs = taskDefinition !== previous && (await newestSize(aws, previous)) === taskDefinition;
    return isOurs ? { applied: true, out: { revision: taskDefinition } } : { applied: false };
  },
  undo: async ({ params: { cluster, service }, aws, before, out }) => {
    const { taskDefinition: previous } = was.parse(before);
    const { revision } = registered.parse(out);
    const found = await readService(aws, cluster, service);
    if (found?.taskDefinition !== revision || revision === previous) return;
    await deploy(aws, { cluster, service }, previous, false);
  },
  verify: {
    // Pulling an image and draining a load balancer take minutes; ECS gives up by itself when tasks keep failing.
    within: { minutes: 30 },
    every: { seconds: 30 },
    holds: async ({ params: { cluster, service }, aws, out }) =>
      isRolledOut(await findService(aws, cluster, service), registered.parse(out).revision),
  },
});

async function deploy(
  { ecs }: Aws,
  service: { cluster: string; service: string },
  taskDefinition: string,
  withBreaker: boolean,
): Promise<void> {
  await ecs.send(
    new UpdateServiceCommand({
      ...service,
      taskDefinition,
      ...(withBreaker && { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }),
    }),
  );
}

/** The deployment of this revision is completed, and as many tasks run as should. */
function isRolledOut({ deployments = [], runningCount, desiredCount }: Service, revision: string): boolean {
  const primary = deployments.find(({ status }) => status === "PRIMARY");
  return primary?.taskDefinition === revision && primary.rolloutState === "COMPLETED" && runningCount === desiredCount;
}
