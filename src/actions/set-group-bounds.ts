import { UpdateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Aws } from "../aws/clients.ts";
import { findGroup, launchesAs, scalesByItself } from "../aws/group-bounds.ts";
import { refuseInFlight } from "../aws/in-flight-count.ts";
import { defineAction } from "../runbook/action.ts";
import { isBetween } from "../runbook/between.ts";
import { resource } from "../runbook/resource.ts";

const state = z.object({
  min: z.number(),
  max: z.number(),
  desired: z.number(),
  type: z.string().optional(),
  market: z.enum(["spot", "on-demand"]),
});
type State = z.infer<typeof state>;

async function read(aws: Aws, name: string): Promise<State> {
  const found = await findGroup(aws, name);
  const { MinSize: min = 0, MaxSize: max = 0, DesiredCapacity: desired = 0 } = found;
  return { min, max, desired, ...launchesAs(found) };
}

const isSame = (a: Pick<State, "min" | "max">, b: Pick<State, "min" | "max">): boolean =>
  a.min === b.min && a.max === b.max;

/**
 * Sets how few and how many instances an Auto Scaling group may have. The size follows a floor that has passed it, so this
 * asks for instances too; a scaling policy of the group goes on between the new bounds.
 *
 * Auto Scaling takes no token and no condition: bounds that differ from what was seen are left alone, in the hand of whoever
 * changed them, and so are bounds that are no longer ours when it comes to the undo. The undo gives the size back too if it
 * is still where the floor put it, and no policy of the group's own will: that one sees what is needed now. With a `queue`, it waits until nothing of that queue is in flight.
 */
export const setGroupBounds = defineAction({
  id: "autoscaling.set-bounds",
  summary: ({ group, min, max }) => `keep ${min} to ${max} instances in ${group}`,
  params: z
    .object({ group: z.string(), min: z.int().min(0), max: z.int().min(0), queue: z.string().optional() })
    .refine(({ min, max }) => min <= max, "min is more than max"),
  permissions: [
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribePolicies",
    "autoscaling:UpdateAutoScalingGroup",
    "sqs:GetQueueAttributes",
  ],
  touches: ({ group }) => [resource.group(group)],
  costs: ({ params, before, prices }) => {
    const { desired, type, market } = state.parse(before);
    const added = Math.min(params.max, Math.max(params.min, desired)) - desired;
    const each = type === undefined ? undefined : prices.instanceHour(type, market);
    return added === 0 ? 0 : each === undefined ? undefined : added * each;
  },
  narrows: ({ planned, asked, before }) => {
    const was = state.parse(before);
    return (
      asked.group === planned.group &&
      asked.queue === planned.queue &&
      isBetween(asked.min, was.min, planned.min) &&
      isBetween(asked.max, was.max, planned.max)
    );
  },
  before: ({ params, aws }) => read(aws, params.group),
  do: async ({ params: { group, min, max }, aws, before }) => {
    if (!isSame(await read(aws, group), state.parse(before)))
      throw new BotError("store_conflict", `setting the bounds of ${group}: somebody else has just set them`);
    await aws.autoscaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group, MinSize: min, MaxSize: max }),
    );
    return null;
  },
  probe: async ({ params, aws }) =>
    isSame(await read(aws, params.group), params) ? { applied: true, out: null } : { applied: false },
  undo: async ({ params, aws, before }) => {
    const { group, queue } = params;
    const was = state.parse(before);
    const now = await read(aws, group).catch(goneIsNothing);
    if (!now || !isSame(now, params) || isSame(was, params)) return;
    const asFloored = Math.min(params.max, Math.max(params.min, was.desired));
    const isOurs = now.desired === asFloored && !(await scalesByItself(aws, group));
    const wanted = isOurs ? was.desired : now.desired;
    const desired = Math.min(was.max, Math.max(was.min, wanted));
    if (desired < now.desired) await refuseInFlight(aws, queue, `giving back the bounds of ${group}`);
    await aws.autoscaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: group,
        MinSize: was.min,
        MaxSize: was.max,
        DesiredCapacity: desired,
      }),
    );
  },
});

function goneIsNothing(error: unknown): undefined {
  if (!(error instanceof BotError && error.code === "not_found")) throw error;
}
