import { BotError } from "../src/bot-error.ts";
import { levelParameter } from "../src/aws/level.ts";
import { memoryParameter } from "../src/aws/learned-memory.ts";
import { haltParameter } from "../src/aws/switches.ts";
import { tableNameOf } from "../src/aws/table.ts";
import { queueName } from "../src/queue-name.ts";
import type { Settings } from "../src/settings.ts";
import { copyTags } from "../src/policies/copies.ts";
import { arn } from "./names.ts";

/** On what an IAM action may be used: resources in the words of Fn::Sub, and under which condition. */
export interface Reach {
  readonly resources: readonly string[];
  readonly when?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Why it reaches as far as it does. A reader of the policy cannot know; `docs/deploying.md` says it too. */
  readonly why: string;
}

/** What the reach depends on: the parts of the estate that the settings name. */
type Estate = Pick<Settings, "stage" | "services" | "clusters" | "calendars" | "passRoles">;

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
const spenders = ({ services }: Estate) => services.flatMap(({ spend }) => spend?.spenders ?? []);
const models = ({ services }: Estate) => services.flatMap(({ model }) => model ?? []);
const memories = ({ services }: Estate) => services.flatMap(({ memory }) => memory ?? []);

const heldFunctions = (estate: Estate): Reach => ({
  resources: spenders(estate).flatMap((one) =>
    one.function === undefined ? [] : arn("lambda", `function:${one.function}`),
  ),
  why: "the functions of the spenders in the settings",
});
const pausedSources = (estate: Estate): Reach => ({
  resources: spenders(estate).flatMap(({ eventSource }) =>
    eventSource === undefined ? [] : arn("lambda", `event-source-mapping:${eventSource}`),
  ),
  why: "the event source mappings of the spenders in the settings",
});
const workGroups = (estate: Estate): Reach => ({
  resources: spenders(estate).flatMap(({ workGroup }) =>
    workGroup === undefined ? [] : arn("athena", `workgroup/${workGroup}`),
  ),
  why: "the work groups of the spenders in the settings",
});
const aliases = (estate: Estate): Reach => ({
  resources: models(estate).flatMap(({ alias }) => (alias ? arn("lambda", `function:${alias.function}`) : [])),
  why: "the functions whose aliases are in the settings",
});
const endpoints = (estate: Estate): Reach => ({
  // SageMaker writes the names of endpoints in small letters in their ARNs.
  resources: models(estate).flatMap(({ endpoint }) =>
    endpoint ? arn("sagemaker", `endpoint/${endpoint.name.toLowerCase()}`) : [],
  ),
  why: "the endpoints in the settings",
});
const prompts = (estate: Estate): string[] => models(estate).flatMap(({ prompt }) => (prompt ? parameter(prompt) : []));
const tasksIn = (clusters: readonly string[]): string[] => [
  ...new Set(clusters.map((cluster) => arn("ecs", `task/${clusterName(cluster)}/*`))),
];
const stoppableTasks = (estate: Estate): Reach => ({
  resources: tasksIn([...estate.clusters, ...memories(estate).map(({ cluster }) => cluster)]),
  why: "what it has run again in the clusters in the settings, and the clusters of the services whose memory is watched",
});

const levels = ({ services }: Estate): string[] => services.map(({ name }) => parameter(levelParameter(name)));

const ecsWorkers = ({ services }: Estate): { cluster: string; service: string }[] =>
  services.flatMap(({ queue, ahead, size }) => [
    ...[queue?.workers, ahead?.workers].flatMap((workers) => (workers?.kind === "ecs" ? workers : [])),
    ...(size?.kind === "ecs" ? [size] : []),
  ]);
const sizedFunctions = ({ services }: Estate): Reach => ({
  resources: services.flatMap(({ size }) =>
    size?.kind === "function" ? arn("lambda", `function:${size.function}`) : [],
  ),
  why: "the functions that the settings let it resize",
});
const resizable = (estate: Estate): Reach => ({
  resources: [
    ...new Set(
      ecsWorkers(estate).map(({ cluster, service }) => arn("ecs", `service/${clusterName(cluster)}/${service}`)),
    ),
  ],
  why: "the ECS services that the settings let it scale or resize",
});
const boundGroups = ({ services }: Estate): Reach => ({
  resources: [
    ...new Set(
      services.flatMap(({ queue, ahead }) =>
        [queue?.workers, ahead?.workers].flatMap((workers) =>
          workers?.kind === "group"
            ? arn("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${workers.group}`)
            : [],
        ),
      ),
    ),
  ],
  why: "the groups of workers in the settings",
});
/** A move of dead letters is made in our name: out of the one queue and into the other. */
const queues = ({ services }: Estate): Reach => ({
  resources: services.flatMap(({ queue }) =>
    [queue?.url, queue?.deadLetters].flatMap((url) => (url === undefined ? [] : arn("sqs", queueName(url)))),
  ),
  why: "the queues and dead-letter queues in the settings",
});

/** What the bot has submitted again, which its copies say in this tag. */
const copies = (resources: readonly string[]): Reach => ({
  resources,
  when: { StringLike: { [`aws:RequestTag/${copyTags.of}`]: "*" } },
  why: `only together with the tag ${copyTags.of}, which names the job that is submitted again`,
});
const trainingJobs = [arn("sagemaker", "training-job/*")];
const trainings: Reach = { resources: trainingJobs, why: "which job has failed is found out on the way" };
const learned = parameter(memoryParameter("*"));

/** Items of the bot's own table, by their partition key. */
const circuits = ({ stage }: Estate): Reach => ({
  resources: [arn("dynamodb", `table/${tableNameOf(stage)}`)],
  when: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["circuit#*", "quarantine"] } },
  why: "the circuits that workloads share and the pools in quarantine, in the bot's own table",
});

/**
 * How far each IAM action reaches, which nobody can tell from its name. What is not here cannot be deployed: whoever
 * writes an action with a new permission says here what it may be used on.
 */
const reaches: Readonly<Record<string, (estate: Estate) => Reach>> = {
  "application-autoscaling:DescribeScalableTargets": () => readsAll,
  "application-autoscaling:RegisterScalableTarget": (estate) => ({
    resources: ecsWorkers(estate).length > 0 ? [arn("application-autoscaling", "scalable-target/*")] : [],
    when: { StringEquals: { "application-autoscaling:service-namespace": "ecs" } },
    why: "scalable targets go by ids that nobody chooses; of ECS services only, and which is in the plan",
  }),
  "athena:BatchGetQueryExecution": workGroups,
  "athena:GetQueryExecution": workGroups,
  "athena:ListQueryExecutions": workGroups,
  "athena:StopQueryExecution": workGroups,
  "autoscaling:AttachInstances": () => tagged(groups),
  "autoscaling:DescribeAutoScalingGroups": () => readsAll,
  "autoscaling:DescribeAutoScalingInstances": () => readsAll,
  "autoscaling:DescribePolicies": () => readsAll,
  "autoscaling:DescribeScalingActivities": () => readsAll,
  "autoscaling:DetachInstances": () => tagged(groups),
  "autoscaling:LaunchInstances": () => tagged(groups),
  "autoscaling:TerminateInstanceInAutoScalingGroup": () => tagged(groups),
  "autoscaling:UpdateAutoScalingGroup": boundGroups,
  "batch:DescribeJobs": () => readsAll,
  "batch:ListJobs": () => readsAll,
  "batch:SubmitJob": () => tagged([arn("batch", "job-queue/*"), arn("batch", "job-definition/*:*")]),
  "batch:TagResource": () => copies([arn("batch", "job/*")]),
  "batch:TerminateJob": () => tagged([arn("batch", "job/*")]),
  "cloudwatch:DescribeAlarms": () => readsAll,
  "cloudwatch:GetMetricData": () => readsAll,
  "dynamodb:GetItem": circuits,
  "dynamodb:PutItem": circuits,
  // Auto Scaling asks for it in our name. Called by itself it launches nothing: that takes ec2:RunInstances, which nobody has.
  "ec2:CreateFleet": () => ({
    resources: [arn("ec2", "*"), "arn:${AWS::Partition}:ec2:${AWS::Region}::image/*"],
    why: "this account and region: LaunchInstances needs it for whatever the launch template names",
  }),
  "ec2:DescribeLaunchTemplateVersions": () => readsAll,
  "ec2:GetSpotPlacementScores": () => readsAll,
  "ecs:DescribeCapacityProviders": () => ({
    resources: [arn("ecs", "capacity-provider/*")],
    why: "which provider an instance has is found out on the way",
  }),
  "ecs:DescribeContainerInstances": containerInstances,
  "ecs:ListContainerInstances": ({ clusters }) => ({
    resources: clusters.map((cluster) => arn("ecs", `cluster/${clusterName(cluster)}`)),
    why: "the clusters in the settings",
  }),
  "ecs:ListTasks": (estate) =>
    containerInstances({
      ...estate,
      clusters: [
        ...new Set([...estate.clusters, ...[...memories(estate), ...ecsWorkers(estate)].map(({ cluster }) => cluster)]),
      ],
    }),
  "ecs:UpdateContainerInstancesState": containerInstances,
  "ecs:RunTask": ({ clusters }) => ({
    resources: clusters.length > 0 ? [arn("ecs", "task-definition/*:*")] : [],
    when: {
      StringEquals: { [`aws:RequestTag/${actTag.key}`]: actTag.value },
      ArnLike: { "ecs:cluster": clusters.map((cluster) => `arn:*:ecs:*:*:cluster/${clusterName(cluster)}`) },
    },
    why: `in the clusters in the settings, and only a task tagged ${actTag.key} = ${actTag.value} as the one it repeats`,
  }),
  "ecs:DescribeServices": (estate) => ({
    resources: [
      ...new Set([
        ...memories(estate).map(({ cluster, service }) => arn("ecs", `service/${clusterName(cluster)}/${service}`)),
        ...resizable(estate).resources,
      ]),
    ],
    why: "the services whose memory is watched, and those that are scaled or resized",
  }),
  "ecs:DescribeTaskDefinition": () => readsAll,
  "ecs:DescribeTasks": (estate) => ({
    resources: [
      ...new Set([
        ...stoppableTasks(estate).resources,
        ...ecsWorkers(estate).map(({ cluster }) => arn("ecs", `task/${clusterName(cluster)}/*`)),
      ]),
    ],
    why: "the clusters in the settings, those of the services whose memory is watched, and of those that are scaled",
  }),
  "ecs:RegisterTaskDefinition": (estate) => ({
    resources: ecsWorkers(estate).length > 0 ? ["*"] : [],
    why: "IAM has no resource for it; what it registers runs nothing until a service is told to",
  }),
  "ecs:StopTask": stoppableTasks,
  "ecs:TagResource": (estate) => ({
    resources: [
      ...(ecsWorkers(estate).length > 0 ? [arn("ecs", "task-definition/*:*")] : []),
      ...tasksIn(estate.clusters),
    ],
    when: { StringEquals: { "ecs:CreateAction": ["RegisterTaskDefinition", "RunTask"] } },
    why: "the tags of a definition go along with its next revision, those of a task with its repetition",
  }),
  "ecs:UpdateService": resizable,
  "elasticloadbalancing:DeregisterTargets": () => tagged([arn("elasticloadbalancing", "targetgroup/*/*")]),
  "elasticloadbalancing:DescribeTargetHealth": () => readsAll,
  "elasticloadbalancing:RegisterTargets": () => tagged([arn("elasticloadbalancing", "targetgroup/*/*")]),
  "iam:PassRole": ({ passRoles }) => ({
    resources: passRoles,
    when: { StringEquals: { "iam:PassedToService": ["ecs-tasks.amazonaws.com", "sagemaker.amazonaws.com"] } },
    why: "the roles in the settings that tasks and training jobs run with, to those two services alone",
  }),
  "lambda:DeleteFunctionConcurrency": heldFunctions,
  "lambda:GetAlias": aliases,
  "lambda:GetEventSourceMapping": pausedSources,
  "lambda:GetFunctionConcurrency": heldFunctions,
  "lambda:GetFunctionConfiguration": sizedFunctions,
  "lambda:ListVersionsByFunction": aliases,
  "lambda:PutFunctionConcurrency": heldFunctions,
  "lambda:UpdateAlias": aliases,
  "lambda:UpdateEventSourceMapping": pausedSources,
  "lambda:UpdateFunctionConfiguration": sizedFunctions,
  "sagemaker:AddTags": () => copies(trainingJobs),
  "sagemaker:CreateTrainingJob": () => copies(trainingJobs),
  "sagemaker:DescribeEndpoint": endpoints,
  "sagemaker:DescribeTrainingJob": () => trainings,
  "sagemaker:ListTags": () => trainings,
  "sagemaker:StopTrainingJob": () => tagged(trainingJobs),
  "sagemaker:UpdateEndpointWeightsAndCapacities": endpoints,
  "sqs:CancelMessageMoveTask": queues,
  "sqs:ChangeMessageVisibility": () => tagged([arn("sqs", "*")]),
  "sqs:DeleteMessage": queues,
  "sqs:GetQueueAttributes": queues,
  "sqs:ListMessageMoveTasks": queues,
  "sqs:ReceiveMessage": queues,
  "sqs:SendMessage": queues,
  "sqs:StartMessageMoveTask": queues,
  "ssm:GetCalendarState": ({ calendars }) => ({
    resources: calendars.map((calendar) =>
      calendar.startsWith("arn:") ? calendar : arn("ssm", `document/${calendar}`),
    ),
    why: "the calendars in the settings",
  }),
  "ssm:GetParameter": (estate) => ({
    resources: [parameter(haltParameter), learned, ...levels(estate), ...prompts(estate)],
    why: "the stop switch, the levels and prompts of the services in the settings, and what was learned about jobs",
  }),
  "ssm:GetParameterHistory": (estate) => ({
    resources: prompts(estate),
    why: "the prompts of the services in the settings",
  }),
  "ssm:PutParameter": (estate) => ({
    resources: [learned, ...levels(estate), ...prompts(estate)],
    why: "the levels and prompts of the services in the settings, and what was learned about jobs; the stop switch is for people",
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
