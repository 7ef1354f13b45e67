import type { ActivitiesType, PoliciesType } from "@aws-sdk/client-auto-scaling";
import { z } from "zod";
import type { Operation } from "../operation.ts";
import { acts, reads } from "../operation.ts";
import { invalid, knownGroup, lookSoon } from "./group-behaviour.ts";

const capacity = z.int().min(0).max(10_000);

/** How many instances a group may have and has been asked for, its policies, and how its last launches went. */
export const boundsOperations: Record<string, Operation> = {
  UpdateAutoScalingGroup: acts(
    z.strictObject({
      AutoScalingGroupName: z.string(),
      MinSize: capacity.optional(),
      MaxSize: capacity.optional(),
      DesiredCapacity: capacity.optional(),
    }),
    (ground, { AutoScalingGroupName, MinSize, MaxSize, DesiredCapacity }) => {
      const group = knownGroup(ground, AutoScalingGroupName);
      const min = MinSize ?? group.min;
      const max = MaxSize ?? group.max;
      if (min > max) throw invalid(`Min bound, ${min}, must be less than or equal to max bound, ${max}`);
      if (DesiredCapacity !== undefined && (DesiredCapacity < min || DesiredCapacity > max)) {
        throw invalid(
          `Desired capacity:${DesiredCapacity} must be between the specified min size:${min} and max size:${max}`,
        );
      }
      // Without a word about it, the size follows a bound that has passed it.
      const desired = DesiredCapacity ?? Math.min(max, Math.max(min, group.desired));
      if (ground.change(group, { min, max, desired })) lookSoon(ground, group);
      return {};
    },
  ),
  SetDesiredCapacity: acts(
    z.strictObject({
      AutoScalingGroupName: z.string(),
      DesiredCapacity: capacity,
      HonorCooldown: z.boolean().optional(),
    }),
    (ground, { AutoScalingGroupName, DesiredCapacity }) => {
      const group = knownGroup(ground, AutoScalingGroupName);
      const [bound, side] = DesiredCapacity > group.max ? [group.max, "above max"] : [group.min, "below min"];
      if (DesiredCapacity > group.max || DesiredCapacity < group.min) {
        throw invalid(
          `New SetDesiredCapacity value ${DesiredCapacity} is ${side} value ${bound} for the AutoScalingGroup.`,
        );
      }
      if (ground.change(group, { desired: DesiredCapacity })) lookSoon(ground, group);
      return {};
    },
  ),
  DescribePolicies: reads(
    z.strictObject({ AutoScalingGroupName: z.string() }),
    (ground, { AutoScalingGroupName }): PoliciesType => ({
      ScalingPolicies: knownGroup(ground, AutoScalingGroupName).policies.map((PolicyName) => ({
        AutoScalingGroupName,
        PolicyName,
        PolicyType: "TargetTrackingScaling",
        Enabled: true,
      })),
    }),
  ),
  DescribeScalingActivities: reads(
    z.strictObject({ AutoScalingGroupName: z.string(), MaxRecords: z.int().min(1).max(100).default(100) }),
    (ground, { AutoScalingGroupName, MaxRecords }): ActivitiesType => ({
      Activities: knownGroup(ground, AutoScalingGroupName)
        .launches.toReversed()
        .slice(0, MaxRecords)
        .map(({ instanceId, startedAt, endedAt }) => ({
          ActivityId: instanceId,
          AutoScalingGroupName,
          Description: `Launching a new EC2 instance: ${instanceId}`,
          Cause: "The group compared what it has with what it wants.",
          StartTime: new Date(startedAt),
          EndTime: new Date(endedAt),
          StatusCode: "Successful",
          Progress: 100,
        })),
    }),
  ),
};
