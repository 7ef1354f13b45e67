import type {
  Activity,
  AutoScalingGroup,
  AutoScalingGroupsType,
  AutoScalingInstancesType,
  LifecycleState,
} from "@aws-sdk/client-auto-scaling";
import { z } from "zod";
import type { Ground } from "../ground.ts";
import { acts, page, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { Group } from "../world.ts";
import { isAlive } from "./ec2.ts";
import {
  enterService,
  groupArn,
  groupBehaviour,
  groupOf,
  invalid,
  knownGroup,
  lookSoon,
  removeMember,
  subnetOf,
  terminateMember,
} from "./group-behaviour.ts";
import { boundsOperations } from "./group-bounds.ts";
import { launchInstances } from "./launch-instances.ts";

function memberOf(group: Group, id: string): void {
  if (!(id in group.members)) throw invalid(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
}

function lowerDesired(ground: Ground, group: Group, by: number): void {
  if (group.desired - by < group.min) {
    throw invalid(
      `Currently, desiredSize equals minSize (${group.min}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
    );
  }
  ground.change(group, { desired: group.desired - by });
}

function activity(ground: Ground, group: Group, description: string, cause: string): Activity {
  return {
    ActivityId: ground.uuid(),
    AutoScalingGroupName: group.name,
    Description: description,
    Cause: cause,
    StartTime: new Date(ground.now()),
    StatusCode: "InProgress",
    Progress: 50,
    Details: "{}",
  };
}

const membersOf = (ground: Ground, group: Group) =>
  Object.entries(group.members).map(([InstanceId, { lifecycle, health }]) => ({
    InstanceId,
    InstanceType: ground.world.instances[InstanceId]?.type,
    AvailabilityZone: ground.world.instances[InstanceId]?.zone,
    LifecycleState: lifecycle satisfies LifecycleState,
    ProtectedFromScaleIn: false,
    HealthStatus: health,
  }));

function described(ground: Ground, group: Group): AutoScalingGroup {
  const launchTemplate = {
    LaunchTemplateId: "lt-0123456789abcdef0",
    LaunchTemplateName: group.name,
    Version: "$Latest",
  };
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: groupArn(ground, group),
    MinSize: group.min,
    MaxSize: group.max,
    DesiredCapacity: group.desired,
    DefaultCooldown: 300,
    AvailabilityZones: [...group.zones],
    VPCZoneIdentifier: group.zones.map(subnetOf).join(","),
    HealthCheckType: "EC2",
    HealthCheckGracePeriod: 0,
    CreatedTime: new Date(0),
    CapacityRebalance: group.capacityRebalance,
    TargetGroupARNs: [...group.targetGroupArns],
    Instances: membersOf(ground, group),
    SuspendedProcesses: group.suspended.map((ProcessName) => ({ ProcessName, SuspensionReason: "User suspended" })),
    Tags: Object.entries(group.tags).map(([Key, Value]) => ({
      Key,
      Value,
      ResourceId: group.name,
      ResourceType: "auto-scaling-group",
      PropagateAtLaunch: true,
    })),
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: launchTemplate,
        Overrides: group.types.map((InstanceType) => ({ InstanceType })),
      },
      InstancesDistribution: { OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: group.spot ? 0 : 100 },
    },
  };
}

const named = z.strictObject({ AutoScalingGroupName: z.string(), InstanceIds: z.array(z.string()).min(1) });
const paged = { MaxRecords: z.int().max(100).optional(), NextToken: z.string().optional() };

export const autoscaling: SimulatedService = {
  name: "autoscaling",
  target: "AutoScaling_2011_01_01",
  wording: wording(
    { throttled: "Throttling", denied: "AccessDenied", broken: "InternalFailure", invalid: "ValidationError" },
    { denied: 403 },
  ),
  operations: {
    DescribeAutoScalingGroups: reads(
      z.strictObject({ AutoScalingGroupNames: z.array(z.string()).optional(), ...paged }),
      (ground, { AutoScalingGroupNames: names, MaxRecords = 50, NextToken }): AutoScalingGroupsType => {
        const wanted = Object.values(ground.world.groups).filter(({ name }) => !names?.length || names.includes(name));
        const { items, next } = page(wanted, MaxRecords, NextToken);
        return { AutoScalingGroups: items.map((group) => described(ground, group)), NextToken: next };
      },
    ),
    DescribeAutoScalingInstances: reads(
      z.strictObject({ InstanceIds: z.array(z.string()).max(50).optional(), ...paged }),
      (ground, { InstanceIds, MaxRecords = 50, NextToken }): AutoScalingInstancesType => {
        const all = Object.values(ground.world.groups).flatMap((group) =>
          membersOf(ground, group).map((member) => ({
            ...member,
            AutoScalingGroupName: group.name,
            HealthStatus: member.HealthStatus.toUpperCase(),
          })),
        );
        const wanted = all.filter(({ InstanceId }) => !InstanceIds?.length || InstanceIds.includes(InstanceId));
        const { items, next } = page(wanted, MaxRecords, NextToken);
        return { AutoScalingInstances: items, NextToken: next };
      },
    ),
    LaunchInstances: launchInstances,
    DetachInstances: acts(named.extend({ ShouldDecrementDesiredCapacity: z.boolean() }), (ground, input) => {
      const group = knownGroup(ground, input.AutoScalingGroupName);
      for (const id of input.InstanceIds) memberOf(group, id);
      if (input.ShouldDecrementDesiredCapacity) lowerDesired(ground, group, input.InstanceIds.length);
      for (const id of input.InstanceIds) removeMember(ground, group, id);
      lookSoon(ground, group);
      return {
        Activities: input.InstanceIds.map((id) =>
          activity(ground, group, `Detaching EC2 instance: ${id}`, "user request"),
        ),
      };
    }),
    AttachInstances: acts(named, (ground, { AutoScalingGroupName, InstanceIds }) => {
      const group = knownGroup(ground, AutoScalingGroupName);
      for (const id of InstanceIds) {
        const instance = ground.world.instances[id];
        if (!instance || !isAlive(instance)) throw invalid(`Invalid Instance ID(s): [${id}] specified`);
        const owner = groupOf(ground, id);
        if (owner) throw invalid(`Instance ${id} is already part of AutoScalingGroup:${owner.name}`);
      }
      const desired = group.desired + InstanceIds.length;
      if (desired > group.max)
        throw invalid(
          `AutoScalingGroup ${group.name} has max-size=${group.max}; attaching would make desired-size=${desired}.`,
        );
      ground.change(group, { desired });
      for (const id of InstanceIds) {
        ground.add(group.members, id, { lifecycle: "Pending", health: "Healthy", leaving: false });
        if (ground.world.instances[id]?.state === "running") enterService(ground, group, id);
      }
      return {};
    }),
    TerminateInstanceInAutoScalingGroup: acts(
      z.strictObject({ InstanceId: z.string(), ShouldDecrementDesiredCapacity: z.boolean() }),
      (ground, { InstanceId, ShouldDecrementDesiredCapacity }) => {
        const group = groupOf(ground, InstanceId);
        if (!group) throw invalid(`Instance Id not found - No managed instance found for instance ID: ${InstanceId}`);
        if (group.members[InstanceId]?.lifecycle !== "Terminating") {
          if (ShouldDecrementDesiredCapacity) lowerDesired(ground, group, 1);
          terminateMember(ground, group, InstanceId);
          lookSoon(ground, group);
        }
        return { Activity: activity(ground, group, `Terminating EC2 instance: ${InstanceId}`, "user request") };
      },
    ),
    ...boundsOperations,
  },
  ...groupBehaviour,
};
