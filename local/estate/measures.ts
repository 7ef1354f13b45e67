import { type CloudWatchClient, PutMetricDataCommand, type StandardUnit } from "@aws-sdk/client-cloudwatch";
import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { Series } from "../../src/signals/signal.ts";
import { estate } from "./seed.ts";

/** How often the estate measures itself. */
export const sampleMs = 10_000;

/** What the estate measures, and what people call it. */
export const measures = {
  latency: measure("LatencyMs", "Milliseconds", { Service: estate.service }),
  memory: measure("MemoryPercent", "Percent", { Service: estate.service }),
  failures: measure("ProviderFailures", "Count", { Circuit: estate.provider }),
  waiting: measure("JobsWaiting", "Count", { Queue: estate.jobs }),
} as const;
export type Measure = (typeof measures)[keyof typeof measures];

function measure(name: string, unit: StandardUnit, dimensions: Readonly<Record<string, string>>) {
  return { namespace: "Paramedic", name, unit, dimensions } as const satisfies Series;
}

/** One measurement. */
export interface Measured {
  readonly measure: Measure;
  readonly at: number;
  readonly value: number;
}

/** Measurements as an event that a workload would send. */
export const sampleEvent = (measured: readonly Measured[]) => ({
  EventBusName: "paramedic",
  Source: "paramedic.client",
  DetailType: "Paramedic Metric Sample",
  Detail: JSON.stringify({
    namespace: "Paramedic",
    points: measured.map(({ measure: { name, unit, dimensions }, at, value }) => ({
      name,
      value,
      unit,
      dimensions,
      timestamp: at,
    })),
  }),
});

/** Tells the bot and CloudWatch what was measured, as a workload does. */
export async function report(
  { cloudwatch, events }: { cloudwatch: CloudWatchClient; events: EventBridgeClient },
  measured: readonly Measured[],
): Promise<void> {
  const MetricData = measured.map(({ measure: { name, unit, dimensions }, at, value }) => ({
    MetricName: name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Timestamp: new Date(at),
    Value: value,
    Unit: unit,
  }));
  await Promise.all([
    cloudwatch.send(new PutMetricDataCommand({ Namespace: "Paramedic", MetricData })),
    events.send(new PutEventsCommand({ Entries: [sampleEvent(measured)] })),
  ]);
}
