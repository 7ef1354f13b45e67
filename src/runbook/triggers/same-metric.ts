import type { Alarm, Series } from "../../signals/signal.ts";
import type { MetricRef } from "../look/metric.ts";

/** Whether a series is the metric that the settings name. A raw measurement has no statistic and is taken as it is. */
export function isSameMetric(metric: MetricRef, series: Series): boolean {
  const dimensions = Object.entries(metric.dimensions);
  return (
    series.namespace === metric.namespace &&
    series.name === metric.name &&
    (series.stat === undefined || series.stat === metric.stat) &&
    Object.keys(series.dimensions).length === dimensions.length &&
    dimensions.every(([name, value]) => series.dimensions[name] === value)
  );
}

/**
 * Whether an alarm has gone off that speaks for a metric: one that the settings name, or that looks at it, by whatever
 * statistic.
 */
export const isAlarmOn = (
  { state, name, metrics }: Alarm,
  { alarms, watched }: { alarms: readonly string[]; watched: readonly MetricRef[] },
): boolean =>
  state === "ALARM" &&
  (alarms.includes(name) ||
    metrics.some((series) => watched.some((metric) => isSameMetric(metric, { ...series, stat: metric.stat }))));
