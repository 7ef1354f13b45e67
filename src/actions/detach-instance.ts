import {
  AttachInstancesCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DetachInstancesCommand,
} from "@aws-sdk/client-auto-scaling";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { isNamed } from "../aws/failure.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

async function isMember(aws: Aws, instance: string, group: string): Promise<boolean> {
  const { AutoScalingInstances = [] } = await aws.autoscaling.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [instance] }),
  );
  const found = AutoScalingInstances[0];
  return found?.AutoScalingGroupName === group && !/^(Detach|Terminat)/.test(found.LifecycleState ?? "");
}

/**
 * Takes a doomed instance out of its group, so that the group is back at its size without it.
 *
 * If a replacement was launched the group is now larger than planned, and its desired capacity goes down with the
 * instance; if none was, it stays, and Auto Scaling launches one at once. Detaching skips lifecycle hooks.
 */
export const detachInstance = defineAction({
  id: "autoscaling.detach-instance",
  summary: ({ instance, group, size }) => `take ${instance} out of group ${group}, leaving it at ${size}`,
  params: z.object({ instance: z.string(), group: z.string(), size: z.number().int() }),
  permissions: [
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeAutoScalingInstances",
    "autoscaling:DetachInstances",
    "autoscaling:AttachInstances",
  ],
  touches: ({ instance }) => [resource.instance(instance)],
  takes: { seconds: 3 },
  before: async ({ params, aws }) => ({ member: await isMember(aws, params.instance, params.group) }),
  do: async ({ params: { instance, group, size }, aws }) => {
    if (!(await isMember(aws, instance, group))) return { detached: false };
    const { AutoScalingGroups = [] } = await aws.autoscaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
    );
    const larger = (AutoScalingGroups[0]?.DesiredCapacity ?? size) > size;
    await aws.autoscaling.send(
      new DetachInstancesCommand({
        AutoScalingGroupName: group,
        InstanceIds: [instance],
        ShouldDecrementDesiredCapacity: larger,
      }),
    );
    return { detached: true };
  },
  probe: async ({ params, aws }) =>
    (await isMember(aws, params.instance, params.group))
      ? { applied: false }
      : { applied: true, out: { detached: true } },
  undo: async ({ params: { instance, group }, aws, before }) => {
    const was = z.object({ member: z.boolean() }).parse(before);
    if (!was.member || (await isMember(aws, instance, group))) return;
    try {
      await aws.autoscaling.send(new AttachInstancesCommand({ AutoScalingGroupName: group, InstanceIds: [instance] }));
    } catch (error) {
      // EC2 has taken it: an instance that is gone cannot come back.
      if (!isNamed(error, "ValidationError")) throw error;
    }
  },
});
