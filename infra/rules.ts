import type { Installation } from "./installation.ts";
import { arnOf, functionId, prefix, ref, type Resources, type Value } from "./names.ts";
import { busName } from "./storage.ts";

/** Which events go where: one EventBridge rule. */
export interface Rule {
  readonly says: string;
  /** Name of its bus; the account's default bus without. */
  readonly bus?: string;
  readonly when: { readonly EventPattern: object } | { readonly ScheduleExpression: string };
  readonly to: "spot" | "watch" | "learn" | "IntakeQueue";
  /** How long EventBridge tries to deliver, in seconds (60 to 86,400; left alone it is a day). */
  readonly ageSecondsMax: number;
}

const of = (source: string, types: readonly string[], detail?: object) => ({
  EventPattern: { source: [source], "detail-type": types, ...(detail && { detail }) },
});

/** Every rule, by its logical id. */
export function rulesOf(installation: Pick<Installation, "stage" | "bus">): Readonly<Record<string, Rule>> {
  return {
    Interruptions: {
      says: "instances that EC2 takes back in two minutes, straight to the fast lane",
      when: of("aws.ec2", [
        "EC2 Spot Instance Interruption Warning",
        "EC2 Capacity Reservation Instance Interruption Warning",
      ]),
      to: "spot",
      // The instance is gone after two minutes, and so is the use of the warning.
      ageSecondsMax: 120,
    },
    Rebalances: {
      says: "rebalance recommendations",
      when: of("aws.ec2", ["EC2 Instance Rebalance Recommendation"]),
      to: "IntakeQueue",
      // It foretells an interruption that may come any moment: after an hour it says nothing any more.
      ageSecondsMax: 3_600,
    },
    GroupTroubles: {
      says: "instances that could not be launched or are about to be terminated",
      when: of("aws.autoscaling", [
        "EC2 Instance Launch Unsuccessful",
        "EC2 Instance Terminate Unsuccessful",
        "EC2 Instance-terminate Lifecycle Action",
      ]),
      to: "IntakeQueue",
      ageSecondsMax: 3_600,
    },
    StoppedTasks: {
      says: "tasks that stop, except those that a person or a deployment stops",
      when: of("aws.ecs", ["ECS Task State Change"], {
        desiredStatus: ["STOPPED"],
        stopCode: [{ "anything-but": ["UserInitiated", "ServiceSchedulerInitiated"] }],
      }),
      to: "IntakeQueue",
      ageSecondsMax: 3_600,
    },
    Jobs: {
      says: "Batch jobs that wait, failed or succeeded",
      // What is in between says nothing that somebody acts on, and is most of what Batch says.
      when: of("aws.batch", ["Batch Job State Change"], { status: ["RUNNABLE", "FAILED", "SUCCEEDED"] }),
      to: "IntakeQueue",
      ageSecondsMax: 86_400,
    },
    JobCapacity: {
      says: "job queues without capacity, and service jobs whose capacity is taken",
      when: of("aws.batch", [
        "Batch Job Queue Blocked",
        "Batch Service Job Preemption Started",
        "Batch Service Job Preemption Completed",
      ]),
      to: "IntakeQueue",
      ageSecondsMax: 86_400,
    },
    Trainings: {
      says: "training jobs that failed or were stopped",
      when: of("aws.sagemaker", ["SageMaker Training Job State Change"], { TrainingJobStatus: ["Failed", "Stopped"] }),
      to: "IntakeQueue",
      ageSecondsMax: 86_400,
    },
    Nodes: {
      says: "HyperPod nodes that are sick",
      when: of("aws.sagemaker", ["SageMaker HyperPod Cluster Node Health Event"]),
      to: "IntakeQueue",
      ageSecondsMax: 3_600,
    },
    Health: {
      says: "what AWS says of its own health",
      when: of("aws.health", ["AWS Health Event"]),
      to: "IntakeQueue",
      ageSecondsMax: 86_400,
    },
    CostAnomalies: {
      says: "spend that is not as expected",
      when: of("aws.ce", ["Anomaly Detected"]),
      to: "IntakeQueue",
      ageSecondsMax: 86_400,
    },
    Alarms: {
      says: "CloudWatch alarms, except the bot's own",
      when: {
        EventPattern: {
          source: ["aws.cloudwatch"],
          "detail-type": ["CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change"],
          // Its own alarms go to people. Fed back to the bot they would be an alarm about the alarm.
          detail: { alarmName: [{ "anything-but": { prefix: `${prefix(installation)}-` } }] },
        },
      },
      to: "IntakeQueue",
      ageSecondsMax: 86_400,
    },
    Samples: {
      says: "metric samples from workloads",
      bus: busName(installation),
      when: { EventPattern: { "detail-type": ["Paramedic Metric Sample"] } },
      to: "IntakeQueue",
      ageSecondsMax: 3_600,
    },
    EndedExecutions: {
      says: "remediations that were ended from outside",
      when: {
        EventPattern: {
          source: ["aws.lambda"],
          "detail-type": ["Durable Execution Status Change"],
          detail: {
            status: ["FAILED", "TIMED_OUT", "STOPPED"],
            durableExecutionName: [{ prefix: `${prefix(installation)}-` }],
          },
        },
      },
      to: "watch",
      // The only word that something is left half done: kept for as long as EventBridge can.
      ageSecondsMax: 86_400,
    },
    EveryMinute: {
      says: "the round of watching",
      when: { ScheduleExpression: "rate(1 minute)" },
      to: "watch",
      // The next round sees what this one would have seen.
      ageSecondsMax: 60,
    },
    EveryHour: {
      says: "the round of learning, in which each series has its turn once a day",
      when: { ScheduleExpression: "rate(1 hour)" },
      to: "learn",
      ageSecondsMax: 600,
    },
  };
}

/** The rules, and the leave they need to reach their targets. */
export function rules(installation: Installation): Resources {
  const all = Object.entries(rulesOf(installation)).map(([id, rule]) => ({ id: `${id}Rule`, ...rule }));
  const toQueue = all.filter(({ to }) => to === "IntakeQueue").map(({ id }) => id);
  return {
    ...Object.fromEntries(all.map((rule) => [rule.id, toResource(installation, rule)])),
    ...Object.fromEntries(
      all.flatMap(({ id, to }) => (to === "IntakeQueue" ? [] : [[`${id}Permission`, mayInvoke(id, to)] as const])),
    ),
    IntakeQueuePolicy: maySend("IntakeQueue", toQueue, ["SpendTopic"]),
    EventDeadLettersPolicy: maySend(
      "EventDeadLetters",
      all.map(({ id }) => id),
      ["SpendTopic"],
    ),
  };
}

function toResource(installation: Installation, { id, says, bus, when, to, ageSecondsMax }: Rule & { id: string }) {
  return {
    Type: "AWS::Events::Rule",
    Properties: {
      Name: ruleName(installation, id.replace(/Rule$/, "")),
      Description: `Paramedic: ${says}`,
      ...(bus !== undefined && { EventBusName: installation.bus ?? { Ref: "Bus" } }),
      ...when,
      Targets: [
        {
          Id: "target",
          Arn: targetArn(to),
          // 185 is what EventBridge does left alone: the age is the bound.
          RetryPolicy: { MaximumEventAgeInSeconds: ageSecondsMax, MaximumRetryAttempts: 185 },
          DeadLetterConfig: { Arn: arnOf("EventDeadLetters") },
        },
      ],
    },
  };
}

const targetArn = (to: Rule["to"]): Value => arnOf(to === "IntakeQueue" ? to : functionId(to));

const mayInvoke = (rule: string, fn: "spot" | "watch" | "learn") => ({
  Type: "AWS::Lambda::Permission",
  Properties: {
    Action: "lambda:InvokeFunction",
    FunctionName: arnOf(functionId(fn)),
    Principal: "events.amazonaws.com",
    SourceArn: arnOf(rule),
  },
});

const fromOurs = (Sid: string, Service: string, queue: string, sources: readonly Value[]) => ({
  Sid,
  Effect: "Allow",
  Principal: { Service },
  Action: "sqs:SendMessage",
  Resource: arnOf(queue),
  Condition: { ArnEquals: { "aws:SourceArn": sources } },
});

const maySend = (queue: string, rules: readonly string[], topics: readonly string[]) => ({
  Type: "AWS::SQS::QueuePolicy",
  Properties: {
    Queues: [{ Ref: queue }],
    PolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        fromOurs("OurRules", "events.amazonaws.com", queue, rules.map(arnOf)),
        fromOurs("OurTopics", "sns.amazonaws.com", queue, topics.map(ref)),
        {
          Sid: "NothingUnencrypted",
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:SendMessage",
          Resource: arnOf(queue),
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    },
  },
});

/** What a rule is called in the account. */
export const ruleName = (installation: Pick<Installation, "stage">, id: string): string =>
  `${prefix(installation)}-${kebab(id)}`;

const kebab = (id: string): string => id.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase();
