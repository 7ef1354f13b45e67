import { z } from "zod";
import { event, toFromEvent } from "./event.ts";
import { metricDimensions, metricName, metricNamespace, metricUnit, metricValue } from "./metric.ts";
import { moment } from "./moment.ts";
import type { Sample, Samples } from "./signal.ts";
import { whyNot } from "./unreadable.ts";

/** As many as CloudWatch takes in one PutMetricData. A workload with more sends more events. */
const pointsMax = 1000;

const point = z.object({
  name: metricName,
  value: metricValue,
  unit: metricUnit.nullish(),
  dimensions: metricDimensions,
  timestamp: moment.nullish(),
});

/**
 * `Paramedic Metric Sample`: what a workload measured, by any `source`.
 *
 * Bad points are rejected one by one and the others kept; a number written as text is bad, and so are `"NaN"` and
 * `"Infinity"`. Beyond 1,000 points one rejection speaks for the rest. A point without `timestamp` is as old as its event,
 * as PutMetricData has it; without `namespace` the points are in `Paramedic`.
 */
export const metricSamples = event
  .extend({ detail: z.object({ namespace: metricNamespace.nullish(), points: z.array(z.unknown()) }) })
  .transform(({ detail, ...said }): Samples => {
    const points: Sample[] = [];
    const rejected: { index: number; why: string }[] = [];

    for (const [index, candidate] of detail.points.slice(0, pointsMax).entries()) {
      const { success, data, error } = point.safeParse(candidate);
      if (success) points.push(toSample(data, detail.namespace ?? "Paramedic", said.time));
      else rejected.push({ index, why: whyNot(error) });
    }
    const left = detail.points.length - pointsMax;
    if (left > 0)
      rejected.push({ index: pointsMax, why: `${left} more than the ${pointsMax} points an event may have` });

    return { kind: "samples", ...toFromEvent(said), points, rejected };
  });

function toSample(
  { name, value, unit, dimensions, timestamp }: z.infer<typeof point>,
  namespace: string,
  eventAt: number,
): Sample {
  return { series: { namespace, name, dimensions, ...(unit && { unit }) }, at: timestamp ?? eventAt, value };
}
