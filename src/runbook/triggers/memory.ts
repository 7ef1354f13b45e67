import { nameIn } from "../../signals/arn.ts";
import type { Signal } from "../../signals/signal.ts";
import type { MemorySettings } from "../../settings/memory.ts";
import type { MetricRef } from "../look/metric.ts";
import { resource } from "../resource.ts";
import { defineTrigger, type Matched, type SaidByHand } from "../trigger.ts";
import { isAlarmOn, isSameMetric } from "./same-metric.ts";

/** The memory of an ECS service rises: what said so, and where to look. */
export interface MemoryRising {
  readonly service: string;
  readonly cluster: string;
  readonly ecsService: string;
  readonly metric: MetricRef;
  /** Where it ends, in the unit of the metric. */
  readonly limit: number;
  readonly load?: MetricRef;
  readonly at: number;
  readonly why: string;
}

/**
 * Memory rises: the schedule has measured that it leaks, an alarm on it went off, the detector found it above what it expects, or a task of the service has already
 * run out of it, and the others, which are as old, will.
 */
export const memoryRising = defineTrigger<MemoryRising>({
  id: "memory-rising",
  title: ({ service, why }) => `${service} may leak memory: ${why}`,
  match: (signal, services) => {
    for (const { name: service, memory } of services) {
      if (!memory) continue;
      const isDue = signal.kind === "due" && signal.what === "memory-leaks" && signal.service === service;
      const why = isDue ? signal.why : whyOf(signal, memory);
      if (why === undefined || !("at" in signal) || signal.at === undefined) continue;
      return about(service, memory, { at: signal.at, why });
    }
    return undefined;
  },
  byHand: (services, said) =>
    services.flatMap(({ name, memory }) => (memory ? [{ target: name, ...about(name, memory, said) }] : [])),
});

function about(service: string, memory: MemorySettings, { at, why }: SaidByHand): Matched<MemoryRising> {
  const { cluster, service: ecsService, limit, load } = memory;
  const metric = memoryMetric(memory);
  const signal = { service, cluster, ecsService, metric, limit, ...(load && { load }), at, why: why.slice(0, 300) };
  return { root: resource.ecsService(cluster, ecsService), service, signal };
}

/** ECS publishes it for every service, for nothing. The fullest of its tasks is the one that ends first. */
export const memoryMetric = ({ metric, cluster, service }: MemorySettings): MetricRef =>
  metric ?? {
    namespace: "AWS/ECS",
    name: "MemoryUtilization",
    dimensions: { ClusterName: cluster, ServiceName: service },
    stat: "Maximum",
  };

function whyOf(signal: Signal, memory: MemorySettings): string | undefined {
  const metric = memoryMetric(memory);
  if (signal.kind === "alarm") {
    const ours = isAlarmOn(signal, { alarms: memory.alarms, watched: [metric] });
    return ours ? `alarm ${signal.name}: ${signal.reason}` : undefined;
  }
  if (signal.kind === "anomaly") {
    return isSameMetric(metric, signal.series) && signal.value > signal.expected.high ? signal.why : undefined;
  }
  if (signal.kind !== "ecs-task" || signal.service !== memory.service || nameIn(signal.cluster) !== memory.cluster) {
    return undefined;
  }
  const killed = signal.lastStatus === "STOPPED" && signal.containers.some(({ outOfMemory }) => outOfMemory);
  return killed ? "one of its tasks ran out of memory" : undefined;
}
