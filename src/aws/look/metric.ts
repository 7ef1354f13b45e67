import { GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { toMs } from "../../clock.ts";
import type { MetricLook } from "../../runbook/look/metric.ts";
import type { Needs } from "./needs.ts";

export const metricLookPermissions = ["cloudwatch:GetMetricData"] as const;

/** Metrics as CloudWatch shows them: a value may be a minute or two late, and what is missing is missing. */
export function metricLook({ cloudwatch, clock }: Pick<Needs, "cloudwatch" | "clock">): MetricLook {
  return {
    async metric({ namespace, name, dimensions, stat }, { over, every = { minutes: 1 } }) {
      const now = clock.now();
      const points: { at: number; value: number }[] = [];
      let NextToken: string | undefined;
      do {
        const answer = await cloudwatch.send(
          new GetMetricDataCommand({
            StartTime: new Date(now - toMs(over)),
            EndTime: new Date(now),
            ScanBy: "TimestampAscending",
            ...(NextToken !== undefined && { NextToken }),
            MetricDataQueries: [
              {
                Id: "asked",
                MetricStat: {
                  Metric: {
                    Namespace: namespace,
                    MetricName: name,
                    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
                  },
                  Period: toMs(every) / 1000,
                  Stat: stat,
                },
              },
            ],
          }),
        );
        const { Timestamps = [], Values = [] } = answer.MetricDataResults?.[0] ?? {};
        for (const [index, at] of Timestamps.entries()) {
          const value = Values[index];
          if (value !== undefined) points.push({ at: at.getTime(), value });
        }
        NextToken = answer.NextToken;
      } while (NextToken !== undefined);
      return points;
    },
  };
}
