import { createHash } from "node:crypto";
import {
  DescribeAutoScalingGroupsCommand,
  LaunchInstancesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import type { Aws } from "../aws/clients.ts";
import { isNamed } from "../aws/failure.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

async function membersIn(aws: Aws, group: string, zone: string): Promise<string[]> {
  const { AutoScalingGroups = [] } = await aws.autoscaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
  );
  return (AutoScalingGroups[0]?.Instances ?? [])
    .filter(
      (instance) => instance.AvailabilityZone === zone && /^(Pending|InService)/.test(instance.LifecycleState ?? ""),
    )
    .flatMap(({ InstanceId }) => InstanceId ?? [])
    .sort();
}

/**
 * Launches an instance into an Auto Scaling group, in a zone of our choice, before the doomed one is gone.
 *
 * LaunchInstances answers synchronously, is idempotent by client token, and needs a group with a launch template that is
 * all spot or all on-demand (AWS user guide, "Launch instances synchronously"). Whether it raises the desired capacity is
 * not said there; `detachInstance` works either way.
 */
export const launchReplacement = defineAction({
  id: "autoscaling.launch-replacement",
  summary: ({ group, zone, instead }) => `launch a replacement for ${instead} in ${zone} (group ${group})`,
  params: z.object({ group: z.string(), zone: z.string(), instead: z.string() }),
  permissions: [
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:LaunchInstances",
    "autoscaling:TerminateInstanceInAutoScalingGroup",
    "ec2:CreateFleet",
    "ec2:DescribeLaunchTemplateVersions",
  ],
  keyed: true,
  touches: ({ instead }) => [resource.instance(instead)],
  takes: { seconds: 5 },
  before: async ({ params, aws }) => ({ members: await membersIn(aws, params.group, params.zone) }),
  do: async ({ params: { group, zone }, aws, key }) => {
    const { Instances = [], Errors = [] } = await aws.autoscaling.send(
      new LaunchInstancesCommand({
        AutoScalingGroupName: group,
        RequestedCapacity: 1,
        AvailabilityZones: [zone],
        RetryStrategy: "none",
        ClientToken: createHash("sha256").update(key).digest("hex"),
      }),
    );
    const launched = Instances.flatMap(({ InstanceIds }) => InstanceIds ?? []);
    if (launched.length === 0) {
      throw new BotError(
        "aws_failed",
        `launching into ${group} in ${zone}: ${Errors[0]?.ErrorCode ?? "nothing was launched"}`,
      );
    }
    return { launched };
  },
  // A member that was not there before is as good as ours: the group has what it needs.
  probe: async ({ params: { group, zone }, aws, before }) => {
    const { members } = z.object({ members: z.array(z.string()) }).parse(before);
    const added = (await membersIn(aws, group, zone)).filter((id) => !members.includes(id));
    return added.length > 0 ? { applied: true, out: { launched: added.slice(0, 1) } } : { applied: false };
  },
  undo: async ({ aws, out }) => {
    const { launched } = z
      .object({ launched: z.array(z.string()) })
      .catch({ launched: [] })
      .parse(out);
    for (const InstanceId of launched) {
      try {
        await aws.autoscaling.send(
          new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: true }),
        );
      } catch (error) {
        // It is no longer in a group: somebody else has dealt with it.
        if (!isNamed(error, "ValidationError")) throw error;
      }
    }
  },
});
