import { type OwnMetric, ownNamespace } from "../src/aws/metrics.ts";
import { outcomes } from "../src/incidents/incident.ts";
import type { Installation } from "./installation.ts";
import { functionName, functionNames, prefix, type Resources } from "./names.ts";

/** One page in CloudWatch: is the bot alive, is it quick, does anything lie about. */
export function dashboard(installation: Installation): Resources {
  const ofFunctions = (metric: string) =>
    functionNames.map((name) => [
      "AWS/Lambda",
      metric,
      "FunctionName",
      functionName(installation, name),
      { label: name },
    ]);
  const ofQueue = (queue: string, metric: string) => [
    "AWS/SQS",
    metric,
    "QueueName",
    `${prefix(installation)}-${queue}`,
    { label: queue },
  ];
  const own = (metric: OwnMetric, ...by: string[]) => [
    ownNamespace,
    metric,
    "Stage",
    installation.stage,
    ...by,
    { label: by.at(-1) ?? metric },
  ];
  const widgets = [
    chart("Runs", "Sum", ofFunctions("Invocations")),
    chart("Failures", "Sum", ofFunctions("Errors")),
    chart("Time of a run, 99th percentile (ms)", "p99", ofFunctions("Duration")),
    chart("Oldest waiting event (s)", "Maximum", [ofQueue("intake", "ApproximateAgeOfOldestMessage")]),
    chart("Dead letters", "Maximum", [
      ofQueue("intake-dead", "ApproximateNumberOfMessagesVisible"),
      ofQueue("events-dead", "ApproximateNumberOfMessagesVisible"),
    ]),
    chart("From the notice to the first action, 99th percentile (ms)", "p99", [own("NoticeToAction")]),
    chart(
      "How incidents ended",
      "Sum",
      outcomes.map((Outcome) => own("Incidents", "Outcome", Outcome)),
    ),
    chart("Samples scored, and those of which nothing could be said", "Sum", [own("Scored"), own("Abstentions")]),
  ].map((properties, index) => ({
    type: "metric",
    // Two beside each other, of the 24 columns that a dashboard has.
    x: (index % 2) * 12,
    y: Math.floor(index / 2) * 6,
    width: 12,
    height: 6,
    properties: { ...properties, region: installation.region },
  }));
  return {
    Dashboard: {
      Type: "AWS::CloudWatch::Dashboard",
      Properties: { DashboardName: prefix(installation), DashboardBody: JSON.stringify({ widgets }) },
    },
  };
}

const chart = (title: string, stat: string, metrics: unknown[]) => ({
  title,
  stat,
  metrics,
  period: 60,
  view: "timeSeries",
});
