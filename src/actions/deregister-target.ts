import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { z } from "zod";
import { isNamed } from "../aws/failure.ts";
import type { Aws } from "../aws/clients.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const params = z.object({ targetGroup: z.string(), instance: z.string(), port: z.number().optional() });
type Params = z.infer<typeof params>;

const target = ({ instance, port }: Params) => ({ Id: instance, ...(port !== undefined && { Port: port }) });

/** Whether the target still gets new traffic. Asked for one target, the service answers `unused` when it is not registered. */
async function isRegistered(aws: Aws, given: Params): Promise<boolean> {
  const { TargetHealthDescriptions = [] } = await aws.elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: given.targetGroup, Targets: [target(given)] }),
  );
  const state = TargetHealthDescriptions[0]?.TargetHealth?.State;
  return state !== undefined && state !== "unused" && state !== "draining";
}

/**
 * Takes an instance out of a target group: no new requests, running ones may end within the group's deregistration delay.
 *
 * Deregistering what is not registered succeeds. The default delay of 300 s is longer than a spot notice: set it to at
 * most 90 s on groups that serve from spot.
 */
export const deregisterTarget = defineAction({
  id: "elb.deregister-target",
  summary: ({ instance, targetGroup }) => `take ${instance} out of ${targetGroup.split("/")[1] ?? targetGroup}`,
  params,
  permissions: [
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DeregisterTargets",
    "elasticloadbalancing:RegisterTargets",
  ],
  touches: ({ instance }) => [resource.instance(instance)],
  takes: { seconds: 2 },
  before: async ({ params, aws }) => ({ registered: await isRegistered(aws, params) }),
  do: async ({ params, aws }) => {
    await aws.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: params.targetGroup, Targets: [target(params)] }));
    return null;
  },
  probe: async ({ params, aws }) =>
    (await isRegistered(aws, params)) ? { applied: false } : { applied: true, out: null },
  undo: async ({ params, aws, before }) => {
    const was = z.object({ registered: z.boolean() }).parse(before);
    if (!was.registered || (await isRegistered(aws, params))) return;
    try {
      await aws.elb.send(new RegisterTargetsCommand({ TargetGroupArn: params.targetGroup, Targets: [target(params)] }));
    } catch (error) {
      // The instance is gone by now: there is nothing to send traffic to, and that is how it must be.
      if (!isNamed(error, "InvalidTargetException", "InvalidTarget")) throw error;
    }
  },
});
