import { readMetricStream } from "../signals/metric-stream.ts";
import { isSameMetric } from "../runbook/triggers/same-metric.ts";
import type { MetricRef } from "../runbook/look/metric.ts";
import { type Taken, takeSignal } from "./take.ts";
import type { Scoring } from "./world.ts";

/**
 * Takes in the text of one Firehose record of a metric stream. CloudWatch streams several statistics of every metric that a
 * filter lets through; only the ones that `wanted` asks for are scored, since each is a series with a detector of its own.
 * Throws only when the table or the start of an execution fails; then the record must come again.
 */
export async function takeStream(world: Scoring, text: string, wanted: readonly MetricRef[]): Promise<Taken> {
  const signal = readMetricStream(text);
  if (signal.kind !== "samples") return await takeSignal(world, signal);
  const points = signal.points.filter(({ series }) => wanted.some((metric) => isSameMetric(metric, series)));
  return await takeSignal(world, { ...signal, points });
}
