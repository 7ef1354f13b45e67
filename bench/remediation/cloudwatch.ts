import type { Series } from "../../src/signals/signal.ts";
import { type Bot, metricStream } from "./bot.ts";

/** A metric as CloudWatch knows it. */
export type Metric = Pick<Series, "namespace" | "name" | "dimensions">;

/**
 * Publishes one period's values: CloudWatch has them after its lag, and the bot gets each from a metric stream when AWS would deliver
 * it.
 */
export function publish(bot: Bot, at: number, values: readonly (readonly [metric: Metric, value: number])[]): void {
  for (const [{ namespace, name, dimensions }, value] of values) {
    bot.sim.seed.metric({ namespace, name, dimensions, samples: [[at, value]] });
    const line = {
      metric_stream_name: "to-paramedic",
      account_id: bot.sim.world.account,
      region: bot.sim.world.region,
      namespace,
      metric_name: name,
      dimensions,
      timestamp: at,
      value: { count: 1, sum: value, max: value, min: value },
      unit: "None",
    };
    bot.deliver(line, metricStream);
  }
}

/** A CloudWatch alarm: so many of the last periods above a threshold. */
export interface Alarm {
  readonly name: string;
  readonly metric: Metric;
  readonly above: number;
  /** M of N data points. */
  readonly points: number;
  readonly of: number;
}

/** Evaluates an alarm value by value; `true` on the value with which it goes off. It is quiet again as soon as it no longer holds. */
export function alarmState({ above, points, of }: Alarm): (value: number) => "goes-off" | "ends" | undefined {
  const recent: boolean[] = [];
  let isOn = false;
  return (value) => {
    recent.push(value > above);
    if (recent.length > of) recent.shift();
    const was = isOn;
    isOn = recent.filter(Boolean).length >= points;
    if (was === isOn) return undefined;
    return isOn ? "goes-off" : "ends";
  };
}

/** An alarm's change of state as EventBridge delivers it. */
export const alarmEvent = (
  bot: Bot,
  { name, metric, above }: Alarm,
  state: "ALARM" | "OK",
  at: number,
  value: number,
) => ({
  version: "0",
  id: `${name}-${at}`,
  "detail-type": "CloudWatch Alarm State Change",
  source: "aws.cloudwatch",
  account: bot.sim.world.account,
  time: new Date(at).toISOString(),
  region: bot.sim.world.region,
  resources: [`arn:aws:cloudwatch:${bot.sim.world.region}:${bot.sim.world.account}:alarm:${name}`],
  detail: {
    alarmName: name,
    configuration: {
      metrics: [
        {
          id: "m1",
          metricStat: { metric, period: 60, stat: "Average" },
          returnData: true,
        },
      ],
    },
    previousState: {
      value: state === "ALARM" ? "OK" : "ALARM",
      reason: "Threshold Crossed",
      timestamp: new Date(at - 60_000).toISOString(),
    },
    state: {
      value: state,
      reason: `Threshold Crossed: 1 datapoint [${value}] was compared with the threshold (${above}).`,
      reasonData: JSON.stringify({ version: "1.0", threshold: above, recentDatapoints: [value] }),
      timestamp: new Date(at).toISOString(),
    },
  },
});

/** A measurement of a workload's own, as its client puts it on the bus. */
export const sampleEvent = (bot: Bot, { namespace, name, dimensions }: Metric, at: number, value: number) => ({
  version: "0",
  id: `${JSON.stringify(dimensions)}-${at}`,
  "detail-type": "Paramedic Metric Sample",
  source: "paramedic.client",
  account: bot.sim.world.account,
  time: new Date(at).toISOString(),
  region: bot.sim.world.region,
  resources: [],
  detail: { namespace, points: [{ name, value, unit: "Milliseconds", dimensions, timestamp: at }] },
});
