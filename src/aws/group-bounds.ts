import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribePoliciesCommand,
} from "@aws-sdk/client-auto-scaling";
import { BotError } from "../bot-error.ts";
import type { Aws } from "./clients.ts";

/** An Auto Scaling group by name. @throws BotError `not_found` when there is none of that name. */
export async function findGroup({ autoscaling }: Aws, name: string): Promise<AutoScalingGroup> {
  const { AutoScalingGroups = [] } = await autoscaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  const [found] = AutoScalingGroups;
  if (!found) throw new BotError("not_found", `looking at group ${name}: there is no such group`, { group: name });
  return found;
}

/** Whether a scaling policy of its own moves the size of a group. */
export async function scalesByItself({ autoscaling }: Aws, group: string): Promise<boolean> {
  const { ScalingPolicies = [] } = await autoscaling.send(new DescribePoliciesCommand({ AutoScalingGroupName: group }));
  return ScalingPolicies.some(({ Enabled = true }) => Enabled);
}

/** What a group launches first, and whether as spot. Absent when only its launch template knows. */
export function launchesAs({ MixedInstancesPolicy: mixed, Instances = [] }: AutoScalingGroup) {
  const type = mixed?.LaunchTemplate?.Overrides?.[0]?.InstanceType ?? Instances[0]?.InstanceType;
  const onDemand = mixed?.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity ?? 100;
  return { ...(type !== undefined && { type }), market: onDemand === 0 ? ("spot" as const) : ("on-demand" as const) };
}
