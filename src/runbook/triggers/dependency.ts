import type { ServiceSettings } from "../../settings.ts";
import type { DependencySettings } from "../../settings/dependency.ts";
import type { Signal } from "../../signals/signal.ts";
import type { MetricRef } from "../look/metric.ts";
import { resource } from "../resource.ts";
import { defineTrigger, type Matched, type SaidByHand } from "../trigger.ts";
import { isSameMetric } from "./same-metric.ts";

/** What a service calls is unwell: behind which circuit it is, and who says so. */
export interface DependencyFailing {
  readonly service: string;
  readonly circuit: string;
  readonly at: number;
  readonly why: string;
  readonly openMinutes: number;
  /** Metrics of it, and from where on each is trouble. */
  readonly signs: readonly { readonly metric: MetricRef; readonly high: number }[];
  /** In between what is normal for the service and what is high, in milliseconds: the service does without it. */
  readonly wellMs: number;
}

/**
 * A dependency fails, is slow, or is down at its provider: an alarm on it went off, the detector found its errors or its
 * latency outside what it expects *and* above what the settings call high, or AWS Health tells of an issue of the service
 * behind it in this region.
 *
 * What the callers of a circuit have seen themselves is not among it: they have opened it by then.
 */
export const dependencyFailing = defineTrigger<DependencyFailing>({
  id: "dependency-failing",
  title: ({ circuit, why }) => `${circuit} is unwell: ${why}`,
  match: (signal, services) => {
    for (const { name: service, dependencies, latencyMs } of services) {
      for (const dependency of dependencies) {
        const why = whyOf(signal, dependency);
        if (why === undefined || !("at" in signal) || signal.at === undefined) continue;
        return about({ service, latencyMs }, dependency, { at: signal.at, why });
      }
    }
    return undefined;
  },
  byHand: (services, said) =>
    services.flatMap(({ name: service, dependencies, latencyMs }) =>
      dependencies.map((one) => ({ target: one.circuit, ...about({ service, latencyMs }, one, said) })),
    ),
});

function about(
  { service, latencyMs }: { service: string; latencyMs: ServiceSettings["latencyMs"] },
  dependency: DependencySettings,
  { at, why }: SaidByHand,
): Matched<DependencyFailing> {
  const { circuit, openMinutes } = dependency;
  const wellMs = (latencyMs.normal + latencyMs.high) / 2;
  const signal = { service, circuit, openMinutes, wellMs, signs: signsOf(dependency), at, why: why.slice(0, 300) };
  return { root: resource.circuit(circuit), service, signal };
}

const signsOf = ({ errors, latencyMs }: DependencySettings) =>
  [errors, latencyMs].filter((bound) => bound !== undefined);

function whyOf(signal: Signal, dependency: DependencySettings): string | undefined {
  const { alarms, health } = dependency;
  const bounds = signsOf(dependency);
  if (signal.kind === "alarm" && signal.state === "ALARM") {
    const isOurs =
      alarms.includes(signal.name) ||
      signal.metrics.some((series) => bounds.some(({ metric }) => isSameMetric(metric, series)));
    return isOurs ? `alarm ${signal.name}: ${signal.reason}` : undefined;
  }
  if (signal.kind === "anomaly") {
    const { series, value, expected } = signal;
    const isHigh = bounds.some(
      ({ metric, high }) => isSameMetric(metric, series) && value >= high && value > expected.high,
    );
    return isHigh ? signal.why : undefined;
  }
  if (signal.kind === "health" && signal.category === "issue" && signal.status !== "closed") {
    const { service, region, affectedRegion = region, description, type } = signal;
    // The copy that AWS sends to a second region is about the first one.
    if (!health.includes(service) || affectedRegion !== region) return undefined;
    return `AWS Health: ${description || type}`;
  }
  return undefined;
}
