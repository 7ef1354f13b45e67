import { BotError } from "../src/bot-error.ts";
import { levelParameter } from "../src/aws/level.ts";
import { haltParameter } from "../src/aws/switches.ts";
import type { Settings } from "../src/settings.ts";
import { arn } from "./names.ts";

/** On what an IAM action may be used: resources in the words of Fn::Sub, and under which condition. */
export interface Reach {
  readonly resources: readonly string[];
  readonly when?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Why it reaches as far as it does. A reader of the policy cannot know; `docs/deploying.md` says it too. */
  readonly why: string;
}

/** What the reach depends on: the parts of the estate that the settings name. */
type Estate = Pick<Settings, "services" | "clusters" | "calendars">;

/** The tag with which the owner of a resource says that the bot may act on it. */
export const actTag = { key: "paramedic", value: "act" } as const;

const tagged = (resources: readonly string[]): Reach => ({
  resources,
  when: { StringEquals: { [`aws:ResourceTag/${actTag.key}`]: actTag.value } },
  why: `only what its owner has tagged ${actTag.key} = ${actTag.value}`,
});

/** Reading actions for which the service takes no resource: IAM calls them list-level. */
const readsAll: Reach = { resources: ["*"], why: "a read-only call for which IAM has no resource" };

const groups = [arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*")];
const parameter = (name: string): string => arn("ssm", `parameter${name}`);
const clusterName = (cluster: string): string => cluster.split("/").at(-1) ?? cluster;
const containerInstances = ({ clusters }: Estate): Reach => ({
  resources: clusters.map((cluster) => arn("ecs", `container-instance/${clusterName(cluster)}/*`)),
  why: "the clusters in the settings",
});
const levels = ({ services }: Estate): string[] => services.map(({ name }) => parameter(levelParameter(name)));

/**
 * How far each IAM action reaches, which nobody can tell from its name. What is not here cannot be deployed: whoever
 * writes an action with a new permission says here what it may be used on.
 */
const reaches: Readonly<Record<string, (estate: Estate) => Reach>> = {
  "autoscaling:AttachInstances": () => tagged(groups),
  "autoscaling:DescribeAutoScalingGroups": () => readsAll,
  "autoscaling:DescribeAutoScalingInstances": () => readsAll,
  "autoscaling:DetachInstances": () => tagged(groups),
  "autoscaling:LaunchInstances": () => tagged(groups),
  "autoscaling:TerminateInstanceInAutoScalingGroup": () => tagged(groups),
  "cloudwatch:GetMetricData": () => readsAll,
  // Auto Scaling asks for it in our name. Called by itself it launches nothing: that takes ec2:RunInstances, which nobody has.
  "ec2:CreateFleet": () => ({
    resources: [arn("ec2", "*"), "arn:${AWS::Partition}:ec2:${AWS::Region}::image/*"],
    why: "this account and region: LaunchInstances needs it for whatever the launch template names",
  }),
  "ec2:DescribeLaunchTemplateVersions": () => readsAll,
  "ecs:DescribeCapacityProviders": () => ({
    resources: [arn("ecs", "capacity-provider/*")],
    why: "which provider an instance has is found out on the way",
  }),
  "ecs:DescribeContainerInstances": containerInstances,
  "ecs:ListContainerInstances": ({ clusters }) => ({
    resources: clusters.map((cluster) => arn("ecs", `cluster/${clusterName(cluster)}`)),
    why: "the clusters in the settings",
  }),
  "ecs:ListTasks": containerInstances,
  "ecs:UpdateContainerInstancesState": containerInstances,
  "elasticloadbalancing:DeregisterTargets": () => tagged([arn("elasticloadbalancing", "targetgroup/*/*")]),
  "elasticloadbalancing:DescribeTargetHealth": () => readsAll,
  "elasticloadbalancing:RegisterTargets": () => tagged([arn("elasticloadbalancing", "targetgroup/*/*")]),
  "sqs:ChangeMessageVisibility": () => tagged([arn("sqs", "*")]),
  "ssm:GetCalendarState": ({ calendars }) => ({
    resources: calendars.map((calendar) =>
      calendar.startsWith("arn:") ? calendar : arn("ssm", `document/${calendar}`),
    ),
    why: "the calendars in the settings",
  }),
  "ssm:GetParameter": (estate) => ({
    resources: [parameter(haltParameter), ...levels(estate)],
    why: "the stop switch and the levels of the services in the settings",
  }),
  "ssm:PutParameter": (estate) => ({
    resources: levels(estate),
    why: "the levels of the services in the settings; the stop switch is for people",
  }),
};

/**
 * How far an IAM action reaches. Without resources there is nothing in the settings that it could be used on.
 *
 * @throws BotError `bad_setting` when nobody has said it.
 */
export function reachOf(action: string, estate: Estate): Reach {
  const reach = reaches[action]?.(estate);
  if (reach) return reach;
  throw new BotError(
    "bad_setting",
    `packaging: nothing says what ${action} may be used on. Add it to infra/reach.ts, as narrow as the service allows`,
    { action },
  );
}
