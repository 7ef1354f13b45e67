import type { Installation } from "./installation.ts";
import { arnOf, functionId, prefix, type Resources, type Value } from "./names.ts";
import { busName } from "./storage.ts";

/** Which events go where: one EventBridge rule. */
interface Rule {
  readonly says: string;
  /** Name of its bus; the account's default bus without. */
  readonly bus?: string;
  readonly when: { readonly EventPattern: object } | { readonly ScheduleExpression: string };
  readonly to: "spot" | "watch" | "IntakeQueue";
  /** How long EventBridge tries to deliver, in seconds (60 to 86,400; left alone it is a day). */
  readonly ageSecondsMax: number;
}

/** Every rule, by its logical id. */
export function rulesOf(installation: Installation): Readonly<Record<string, Rule>> {
  return {
    SpotInterruptions: {
      says: "spot interruption warnings, straight to the fast lane",
      when: {
        EventPattern: { source: ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"] },
      },
      to: "spot",
      // The instance is gone after two minutes, and so is the use of the warning.
      ageSecondsMax: 120,
    },
    Rebalances: {
      says: "rebalance recommendations",
      when: { EventPattern: { source: ["aws.ec2"], "detail-type": ["EC2 Instance Rebalance Recommendation"] } },
      to: "IntakeQueue",
      // It foretells an interruption that may come any moment: after an hour it says nothing any more.
      ageSecondsMax: 3_600,
    },
    Alarms: {
      says: "CloudWatch alarms, except the bot's own",
      when: {
        EventPattern: {
          source: ["aws.cloudwatch"],
          "detail-type": ["CloudWatch Alarm State Change"],
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
    IntakeQueuePolicy: maySend("IntakeQueue", toQueue),
    EventDeadLettersPolicy: maySend(
      "EventDeadLetters",
      all.map(({ id }) => id),
    ),
  };
}

function toResource(installation: Installation, { id, says, bus, when, to, ageSecondsMax }: Rule & { id: string }) {
  return {
    Type: "AWS::Events::Rule",
    Properties: {
      Name: `${prefix(installation)}-${kebab(id.replace(/Rule$/, ""))}`,
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

const mayInvoke = (rule: string, fn: "spot" | "watch") => ({
  Type: "AWS::Lambda::Permission",
  Properties: {
    Action: "lambda:InvokeFunction",
    FunctionName: arnOf(functionId(fn)),
    Principal: "events.amazonaws.com",
    SourceArn: arnOf(rule),
  },
});

const maySend = (queue: string, rules: readonly string[]) => ({
  Type: "AWS::SQS::QueuePolicy",
  Properties: {
    Queues: [{ Ref: queue }],
    PolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OurRules",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: arnOf(queue),
          Condition: { ArnEquals: { "aws:SourceArn": rules.map(arnOf) } },
        },
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

const kebab = (id: string): string => id.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase();
