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
import { launchReplacement } from "./launch-replacement.ts";

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
 * If this incident has launched a replacement, the desired capacity goes down with the instance; if not, it stays, and
 * Auto Scaling launches one at once. The size itself says nothing: other incidents of the same group raise and lower it
 * at the same time. Detaching skips lifecycle hooks.
 *
 * Attaching it again raises the desired capacity by one. That is exact where detaching has lowered it; where Auto Scaling
 * has filled the place meanwhile, the group is one larger than it was, because nobody can say which of its members to end.
 */
export const detachInstance = defineAction({
  id: "autoscaling.detach-instance",
  summary: ({ instance, group }) => `take ${instance} out of group ${group}`,
  params: z.object({ instance: z.string(), group: z.string() }),
  permissions: [
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeAutoScalingInstances",
    "autoscaling:DetachInstances",
    "autoscaling:AttachInstances",
  ],
  touches: ({ instance }) => [resource.instance(instance)],
  takes: { seconds: 3 },
  before: async ({ params, aws }) => ({ member: await isMember(aws, params.instance, params.group) }),
  do: async ({ params: { instance, group }, aws, earlier }) => {
    if (!(await isMember(aws, instance, group))) return { detached: false };
    const { AutoScalingGroups = [] } = await aws.autoscaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
    );
    const { DesiredCapacity = 0, Instances = [] } = AutoScalingGroups[0] ?? {};
    const isReplaced = earlier.some(({ action }) => action === launchReplacement.id);
    // Whether a launch raises the desired capacity is not documented: if not, there is one more than desired already.
    const isRaised =
      Instances.filter(({ LifecycleState = "" }) => /^(Pending|InService)/.test(LifecycleState)).length <=
      DesiredCapacity;
    await aws.autoscaling.send(
      new DetachInstancesCommand({
        AutoScalingGroupName: group,
        InstanceIds: [instance],
        ShouldDecrementDesiredCapacity: isReplaced && isRaised,
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
