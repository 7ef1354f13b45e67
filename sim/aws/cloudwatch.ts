import type { GetMetricDataOutput, MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { z } from "zod";
import { notSimulated } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, instant, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { Sample } from "../world.ts";
import { alarmOperations } from "./alarms.ts";

const dimensions = z
  .array(z.strictObject({ Name: z.string(), Value: z.string() }))
  .max(30)
  .default([]);

/** One text for one metric, whatever the order of its dimensions. */
export function metricKey(namespace: string, name: string, dims: Readonly<Record<string, string>> = {}): string {
  const sorted = Object.entries(dims).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, ...sorted]);
}

const keyOf = (namespace: string, name: string, dims: z.output<typeof dimensions>): string =>
  metricKey(namespace, name, Object.fromEntries(dims.map(({ Name, Value }) => [Name, Value])));

const datum = z.strictObject({
  MetricName: z.string(),
  Dimensions: dimensions,
  Timestamp: instant.optional(),
  Value: z.number().optional(),
  Values: z.array(z.number()).max(150).optional(),
  Counts: z.array(z.number()).optional(),
  Unit: z.string().optional(),
  StorageResolution: z.number().optional(),
});

/** One-minute data is kept for 15 days. */
const keptMs = 15 * 86_400_000;

/** Adds samples to a metric, oldest first. */
export function record(ground: Ground, key: string, samples: readonly Sample[]): void {
  const series = ground.world.metrics[key] ?? ground.add<Sample[]>(ground.world.metrics, key, []);
  const inOrder = samples.every(({ at }, index) => at >= ((index > 0 ? samples[index - 1] : series.at(-1))?.at ?? at));
  ground.append(series, samples);
  if (!inOrder) series.sort((a, b) => a.at - b.at);
  const kept = series.findIndex(({ at }) => at > ground.now() - keptMs);
  if (kept > 0) series.splice(0, kept);
}

/** A statistic over samples that are sorted by value. Percentiles are by nearest rank; CloudWatch interpolates. */
function statistic(stat: string, sorted: readonly Sample[]): number {
  const count = sorted.reduce((total, one) => total + one.count, 0);
  const sum = sorted.reduce((total, one) => total + one.value * one.count, 0);
  if (stat === "SampleCount") return count;
  if (stat === "Sum") return sum;
  if (stat === "Average") return sum / count;
  if (stat === "Minimum") return sorted[0]?.value ?? 0;
  if (stat === "Maximum") return sorted.at(-1)?.value ?? 0;
  const [, percent] = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(stat) ?? [];
  if (percent === undefined) throw notSimulated(`statistic ${stat} of cloudwatch:GetMetricData`);
  let left = Math.max(1, Math.ceil((count * Number(percent)) / 100));
  for (const one of sorted) {
    left -= one.count;
    if (left <= 0) return one.value;
  }
  return sorted.at(-1)?.value ?? 0;
}

const query = z.strictObject({
  Id: z.string(),
  Label: z.string().optional(),
  ReturnData: z.boolean().optional(),
  MetricStat: z.strictObject({
    Metric: z.strictObject({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions }),
    Period: z.int().min(1),
    Stat: z.string(),
    Unit: z.string().optional(),
  }),
});

function result(
  ground: Ground,
  { Id, Label, MetricStat }: z.output<typeof query>,
  start: number,
  end: number,
): MetricDataResult {
  const { Metric, Period, Stat } = MetricStat;
  const periodMs = Period * 1000;
  // CloudWatch rounds the start down to a whole period.
  const from = Math.floor(start / periodMs) * periodMs;
  const buckets = new Map<number, Sample[]>();
  for (const sample of ground.world.metrics[keyOf(Metric.Namespace, Metric.MetricName, Metric.Dimensions)] ?? []) {
    const bucket = Math.floor(sample.at / periodMs) * periodMs;
    if (bucket < from || bucket >= end || sample.visibleAt > ground.now()) continue;
    const others = buckets.get(bucket);
    if (others) others.push(sample);
    else buckets.set(bucket, [sample]);
  }
  const points = [...buckets].map(([at, samples]) => ({
    at,
    value: statistic(
      Stat,
      samples.toSorted((a, b) => a.value - b.value),
    ),
  }));
  return {
    Id,
    Label: Label ?? Metric.MetricName,
    Timestamps: points.map(({ at }) => new Date(at)),
    Values: points.map(({ value }) => value),
    StatusCode: "Complete",
  };
}

const reversed = ({ Timestamps = [], Values = [], ...rest }: MetricDataResult): MetricDataResult => ({
  ...rest,
  Timestamps: Timestamps.toReversed(),
  Values: Values.toReversed(),
});

export const cloudwatch: SimulatedService = {
  name: "cloudwatch",
  target: "GraniteServiceVersion20100801",
  wording: wording(
    {
      throttled: "ThrottlingException",
      denied: "AccessDeniedException",
      broken: "InternalServiceFault",
      invalid: "InvalidParameterValueException",
    },
    { denied: 403 },
  ),
  operations: {
    ...alarmOperations,
    PutMetricData: acts(
      z.strictObject({ Namespace: z.string(), MetricData: z.array(datum).max(1000) }),
      (ground, { Namespace, MetricData }) => {
        const visibleAt = ground.now() + ground.world.metricDelayMs;
        for (const { MetricName, Dimensions, Timestamp: at = ground.now(), Value, Values, Counts } of MetricData) {
          const values = Values ?? (Value === undefined ? [] : [Value]);
          const samples = values.map((value, index) => ({ at, value, count: Counts?.[index] ?? 1, visibleAt }));
          record(ground, keyOf(Namespace, MetricName, Dimensions), samples);
        }
        return {};
      },
    ),
    GetMetricData: reads(
      z.strictObject({
        MetricDataQueries: z.array(query).min(1).max(500),
        StartTime: instant,
        EndTime: instant,
        ScanBy: z.enum(["TimestampAscending", "TimestampDescending"]).default("TimestampDescending"),
      }),
      (ground, { MetricDataQueries, StartTime, EndTime, ScanBy }): GetMetricDataOutput => {
        const results = MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false).map((one) =>
          result(ground, one, StartTime, EndTime),
        );
        return { MetricDataResults: ScanBy === "TimestampAscending" ? results : results.map(reversed), Messages: [] };
      },
    ),
  },
};
