import { z } from "zod";
import { defineCondition } from "../runbook/condition.ts";

/** A metric's latest value is under a bound. No data is not "under": it is no evidence. */
export const metricBelow = defineCondition({
  id: "metric.below",
  params: z.object({
    metric: z.object({
      namespace: z.string(),
      name: z.string(),
      dimensions: z.record(z.string(), z.string()),
      stat: z.string(),
    }),
    below: z.number(),
  }),
  permissions: ["cloudwatch:GetMetricData"],
  summary: ({ metric, below }) => `${metric.name} is below ${below}`,
  holds: async ({ params: { metric, below }, look }) => {
    const latest = (await look.metric(metric, { over: { minutes: 5 } })).at(-1);
    if (!latest) return { holds: false, saw: `no evidence: no ${metric.name} in 5 minutes` };
    return { holds: latest.value < below, saw: `${metric.name} is ${Number(latest.value.toPrecision(3))}` };
  },
});
