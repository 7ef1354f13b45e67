import type { Alarm, Anomaly, Series } from "../../signals/signal.ts";
import type { ServiceSettings } from "../../settings.ts";
import { resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";
import { isSameMetric } from "./same-metric.ts";

/** A service answers too slowly: what was seen, and for which service. */
export interface LatencyHigh {
  readonly service: string;
  /** When what raised this was measured, in milliseconds. What was measured before says nothing about whether it is over. */
  readonly at: number;
  readonly ms?: number;
  readonly normalMs: number;
  readonly highMs: number;
  readonly why: string;
  /** The last values, for people to look at: an alarm's as numbers, the detector's with what it expected. */
  readonly recent?: Anomaly["recent"] | readonly number[];
}

/**
 * A service's latency is high: an alarm of the service went off, or the detector found its latency metric outside what it
 * expects *and* above what the service's settings call high. One of the two alone is no reason to degrade anything.
 */
export const latencyHigh = defineTrigger<LatencyHigh>({
  id: "latency-high",
  title: ({ service, ms, normalMs }) =>
    ms === undefined ? `${service} is slow` : `${service} answers in ${Math.round(ms)} ms (normal: ${normalMs} ms)`,
  match: (signal, services) => {
    for (const service of services) {
      const found = seen(signal, service);
      if (found) return { root: resource.service(service.name), signal: { ...found, ...about(service) } };
    }
    return undefined;
  },
  byHand: (services, said) =>
    services.map((service) => ({
      target: service.name,
      root: resource.service(service.name),
      signal: { ...said, ...about(service) },
    })),
});

const about = ({ name, latencyMs }: ServiceSettings) => ({
  service: name,
  normalMs: latencyMs.normal,
  highMs: latencyMs.high,
});

function seen(
  signal: { kind: string },
  service: ServiceSettings,
): Pick<LatencyHigh, "at" | "ms" | "why" | "recent"> | undefined {
  if (isAlarm(signal)) {
    const ours = service.alarms.includes(signal.name) || signal.metrics.some((series) => isLatencyOf(service, series));
    if (signal.state !== "ALARM" || !ours) return undefined;
    const ms = signal.recent.at(-1);
    return {
      at: signal.at - alarmIsLateMs,
      ...(ms !== undefined && !signal.composite && { ms }),
      why: `alarm ${signal.name}: ${signal.reason}`,
      ...(signal.recent.length > 2 && { recent: signal.recent }),
    };
  }
  if (isAnomaly(signal) && isLatencyOf(service, signal.series)) {
    const high = signal.value > signal.expected.high && signal.value >= service.latencyMs.high;
    const { at, value: ms, why, recent } = signal;
    return high ? { at, ms, why, ...(recent && { recent }) } : undefined;
  }
  return undefined;
}

/** An alarm looks at minutes that are over, and takes up to a minute to say so. */
const alarmIsLateMs = 120_000;

const isAlarm = (signal: { kind: string }): signal is Alarm => signal.kind === "alarm";
const isAnomaly = (signal: { kind: string }): signal is Anomaly => signal.kind === "anomaly";

/** Whether a series is the service's latency metric. */
export const isLatencyOf = ({ latency }: ServiceSettings, series: Series): boolean => isSameMetric(latency, series);
