import { z } from "zod";
import type { MetricRef } from "../runbook/look/metric.ts";
import type { Settings } from "../settings.ts";

/** A metric with its statistic, whatever else the settings say of it. */
const named = z.object({
  namespace: z.string(),
  name: z.string(),
  dimensions: z.record(z.string(), z.string()),
  stat: z.string(),
});

/** Every CloudWatch metric that the settings name, wherever they do: what is worth listening to. */
export const namedMetrics = (settings: Settings): readonly MetricRef[] => metricsIn(settings);

function metricsIn(given: unknown): MetricRef[] {
  if (typeof given !== "object" || given === null) return [];
  const { data } = named.safeParse(given);
  return data ? [data] : Object.values(given).flatMap(metricsIn);
}
