import { type AutoScalingGroup, paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import { DescribeCapacityProvidersCommand, DescribeClustersCommand } from "@aws-sdk/client-ecs";
import { DescribeTargetGroupAttributesCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { actTag } from "../../../infra/reach.ts";
import type { Account } from "../account.ts";
import { advice, type Finding, fine, missing } from "../finding.ts";

/** Whether an instance of the group may be taken back: then the bot has something to do with it. */
const isSpot = ({ MixedInstancesPolicy }: AutoScalingGroup): boolean =>
  (MixedInstancesPolicy?.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity ?? 100) < 100;

/** The groups with spot instances, and those that their owners have tagged. */
async function groupsOf({ aws }: Account): Promise<AutoScalingGroup[]> {
  const found: AutoScalingGroup[] = [];
  for await (const { AutoScalingGroups = [] } of paginateDescribeAutoScalingGroups({ client: aws.autoscaling }, {}))
    found.push(...AutoScalingGroups);
  return found.filter((group) => isSpot(group) || isTagged(group));
}

const isTagged = ({ Tags = [] }: AutoScalingGroup): boolean =>
  Tags.some(({ Key, Value }) => Key === actTag.key && Value === actTag.value);

/** Whether the groups of spot instances may be acted on, have room for a replacement, and a zone to go to. */
export async function groups(account: Account): Promise<Finding[]> {
  return (await groupsOf(account)).flatMap((group) => {
    const { AutoScalingGroupName: name = "", MaxSize = 0, DesiredCapacity = 0, AvailabilityZones = [] } = group;
    const found = [
      ...(isTagged(group)
        ? []
        : [
            missing(
              name,
              `has no tag ${actTag.key} = ${actTag.value}, so AWS refuses whatever the bot would change`,
              `tag it, if the bot may act on it: aws autoscaling create-or-update-tags`,
            ),
          ]),
      ...(DesiredCapacity < MaxSize
        ? []
        : [
            missing(
              name,
              `is at its maximum of ${MaxSize}, so no replacement can be launched before an instance goes`,
              `raise its maximum by as many as may go at once`,
            ),
          ]),
      ...(AvailabilityZones.length > 1
        ? []
        : [advice(name, "has one zone, in which capacity runs out at once", "give it another zone")]),
      ...(group.CapacityRebalance
        ? []
        : [
            advice(
              name,
              "capacity rebalancing is off, so only the bot launches replacements",
              "leave it so, or turn it on: then Auto Scaling does it, and the bot watches",
            ),
          ]),
    ];
    return found.length > 0 ? found : [fine(name, "may be acted on, and has room")];
  });
}

/** Whether the clusters of the settings are there, and drain by themselves. */
export async function clusters({ aws, settings }: Account): Promise<Finding[]> {
  if (settings.clusters.length === 0) return [];
  const { clusters: there = [] } = await aws.ecs.send(new DescribeClustersCommand({ clusters: settings.clusters }));
  const names = new Set(there.flatMap(({ clusterName, clusterArn }) => [clusterName, clusterArn]));
  const gone = settings.clusters
    .filter((name) => !names.has(name))
    .map((name) => missing(name, "there is no such cluster", "correct clusters in paramedic.config.ts"));
  const providers = [...new Set(there.flatMap((cluster) => cluster.capacityProviders ?? []))].filter(
    (name) => !name.startsWith("FARGATE"),
  );
  if (providers.length === 0) return gone.length > 0 ? gone : [fine(settings.clusters.join(", "), "is there")];
  const { capacityProviders = [] } = await aws.ecs.send(
    new DescribeCapacityProvidersCommand({ capacityProviders: providers }),
  );
  return [
    ...gone,
    ...capacityProviders.map(({ name = "", autoScalingGroupProvider }) =>
      autoScalingGroupProvider?.managedDraining === "ENABLED"
        ? fine(name, "drains by itself; the bot watches")
        : advice(
            name,
            "managed draining is off, so only the bot drains instances",
            "leave it so, or turn it on: then ECS does it, and the bot watches",
          ),
    ),
  ];
}

/** EC2 takes a spot instance two minutes after its warning. */
const noticeSeconds = 120;

/** Whether targets leave their target groups within the notice: what takes longer is cut off in the middle of a request. */
export async function deregistration(account: Account): Promise<Finding[]> {
  const arns = new Set((await groupsOf(account)).flatMap(({ TargetGroupARNs = [] }) => TargetGroupARNs));
  return await Promise.all(
    [...arns].map(async (TargetGroupArn) => {
      const { Attributes = [] } = await account.aws.elb.send(
        new DescribeTargetGroupAttributesCommand({ TargetGroupArn }),
      );
      const name = TargetGroupArn.split("/").at(-2) ?? TargetGroupArn;
      const seconds = Number(Attributes.find(({ Key }) => Key === "deregistration_delay.timeout_seconds")?.Value);
      return seconds > noticeSeconds
        ? missing(
            name,
            `its deregistration delay of ${seconds} s is over the notice of ${noticeSeconds} s`,
            `set deregistration_delay.timeout_seconds to 90 or less, which leaves time for what comes before`,
          )
        : fine(name, `targets leave within ${seconds} s`);
    }),
  );
}
