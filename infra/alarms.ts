import { ownNamespace } from "../src/aws/metrics.ts";
import type { Installation } from "./installation.ts";
import { type FunctionName, functionName, functionNames, prefix, type Resources, type Value } from "./names.ts";
import { pageTopicArn } from "./storage.ts";

interface Alarm {
  readonly says: string;
  readonly metric: { readonly Namespace: string; readonly MetricName: string; readonly [dimension: string]: string };
  readonly stat: "Sum" | "Maximum";
  readonly threshold: number;
  /** Default: more than the threshold. */
  readonly below?: true;
  /** Of how many minutes how many must be bad. */
  readonly minutes: number;
  readonly of: number;
}

/** What people are woken for because the bot itself is not well. It works without the bot. */
export function alarmsOf(installation: Installation): Readonly<Record<string, Alarm>> {
  const lambda = (name: FunctionName, MetricName: string) => ({
    Namespace: "AWS/Lambda",
    MetricName,
    FunctionName: functionName(installation, name),
  });
  const sqs = (queue: string, MetricName: string) => ({
    Namespace: "AWS/SQS",
    MetricName,
    QueueName: `${prefix(installation)}-${queue}`,
  });
  const oneByOne = Object.fromEntries(
    functionNames.flatMap((name): [string, Alarm][] => [
      [
        `${name}-errors`,
        {
          says: `${name} fails; its log says why`,
          metric: lambda(name, "Errors"),
          stat: "Sum",
          threshold: 0,
          // A failed notice is one lost instance. Elsewhere a failure is retried: one that lasts for minutes does not pass by itself.
          ...(name === "spot" ? { minutes: 1, of: 1 } : { minutes: 3, of: 5 }),
        },
      ],
      [
        `${name}-throttles`,
        {
          says: `${name} is not run for want of concurrency; raise the account's quota, or set spotConcurrency`,
          metric: lambda(name, "Throttles"),
          stat: "Sum",
          threshold: 0,
          minutes: 3,
          of: 5,
        },
      ],
    ]),
  );
  return {
    ...oneByOne,
    "watch-silent": {
      says: "nobody watches: watch has not run for five minutes",
      metric: lambda("watch", "Invocations"),
      stat: "Sum",
      threshold: 1,
      below: true,
      minutes: 5,
      of: 5,
    },
    "canary-silent": {
      says: "samples do not arrive: what watch sends itself is not scored by intake any more",
      metric: { Namespace: ownNamespace, MetricName: "CanaryArrived", Stage: installation.stage },
      stat: "Sum",
      threshold: 1,
      below: true,
      // Three were sent meanwhile, and none has arrived.
      minutes: 15,
      of: 15,
    },
    "canary-stuck": {
      says: "remediations do not run: no execution of a canary has come to its end, or one has not heeded a halt",
      metric: { Namespace: ownNamespace, MetricName: "CanaryLanded", Stage: installation.stage },
      stat: "Sum",
      threshold: 1,
      below: true,
      minutes: 15,
      of: 15,
    },
    "halt-unreadable": {
      says: "the stop switch cannot be read, and until it can nothing is changed",
      metric: { Namespace: ownNamespace, MetricName: "HaltUnreadable", Stage: installation.stage },
      stat: "Sum",
      threshold: 0,
      minutes: 3,
      of: 5,
    },
    "intake-late": {
      says: "events wait for more than five minutes; intake is too slow or fails",
      metric: sqs("intake", "ApproximateAgeOfOldestMessage"),
      stat: "Maximum",
      threshold: 300,
      minutes: 3,
      of: 3,
    },
    "intake-dead-letters": {
      says: "events that intake gave up on lie in the dead-letter queue",
      metric: sqs("intake-dead", "ApproximateNumberOfMessagesVisible"),
      stat: "Maximum",
      threshold: 0,
      minutes: 1,
      of: 1,
    },
    "events-dead-letters": {
      says: "events that reached no function, or that a function gave up on, lie in the dead-letter queue",
      metric: sqs("events-dead", "ApproximateNumberOfMessagesVisible"),
      stat: "Maximum",
      threshold: 0,
      minutes: 1,
      of: 1,
    },
    "table-throttles": {
      says: "the table refuses calls; nothing is lost, but everything waits",
      metric: { Namespace: "AWS/DynamoDB", MetricName: "ThrottledRequests", TableName: prefix(installation) },
      stat: "Sum",
      threshold: 0,
      minutes: 3,
      of: 5,
    },
  };
}

export function alarms(installation: Installation): Resources {
  const topic = pageTopicArn(installation);
  return Object.fromEntries(
    Object.entries(alarmsOf(installation)).map(([name, alarm]) => [
      `${name.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())}Alarm`,
      toResource(`${prefix(installation)}-${name}`, alarm, topic),
    ]),
  );
}

const toResource = (
  name: string,
  { says, metric: { Namespace, MetricName, ...dimensions }, stat, threshold, below, minutes, of }: Alarm,
  topic: Value,
) => ({
  Type: "AWS::CloudWatch::Alarm",
  Properties: {
    AlarmName: name,
    AlarmDescription: `Paramedic: ${says}.`,
    Namespace,
    MetricName,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: stat,
    Period: 60,
    DatapointsToAlarm: minutes,
    EvaluationPeriods: of,
    Threshold: threshold,
    ComparisonOperator: below ? "LessThanThreshold" : "GreaterThanThreshold",
    // No data is no failure, except where silence is the failure.
    TreatMissingData: below ? "breaching" : "notBreaching",
    AlarmActions: [topic],
    OKActions: [topic],
  },
});
