import type { Duration } from "../../clock.ts";

/** A CloudWatch metric with the statistic that is asked for, such as `Average` or `p95`. */
export interface MetricRef {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
}

export interface Point {
  /** The beginning of its period, in milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** Metrics of the account. */
export interface MetricLook {
  /** The values of the last `over`, oldest first, one for each `every` (default: a minute) that has data. */
  metric(metric: MetricRef, window: { readonly over: Duration; readonly every?: Duration }): Promise<readonly Point[]>;
}
