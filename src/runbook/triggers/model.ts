import type { Signal } from "../../signals/signal.ts";
import type { ModelSettings } from "../../settings/model.ts";
import type { MetricRef } from "../look/metric.ts";
import { resource } from "../resource.ts";
import { defineTrigger, type Matched, type SaidByHand } from "../trigger.ts";
import { isAlarmOn, isSameMetric } from "./same-metric.ts";

/** A model or a prompt may be bad: what said so, and how to see whether it is. */
export interface ModelTrouble {
  readonly service: string;
  readonly at: number;
  readonly metric: MetricRef;
  /** From where on it is trouble. */
  readonly high: number;
  readonly suspectHours: number;
  readonly why: string;
}

/** Errors or drift of a model: an alarm on them went off, or the detector found their metric above what it expects and `high`. */
export const modelTrouble = defineTrigger<ModelTrouble>({
  id: "model-trouble",
  title: ({ service, why }) => `the model of ${service} may be bad: ${why}`,
  match: (signal, services) => {
    for (const { name: service, model } of services) {
      if (!model) continue;
      const why = whyOf(signal, model);
      if (why === undefined || !("at" in signal) || signal.at === undefined) continue;
      return about(service, model, { at: signal.at, why });
    }
    return undefined;
  },
  byHand: (services, said) =>
    services.flatMap(({ name, model }) => (model ? [{ target: name, ...about(name, model, said) }] : [])),
});

const about = (
  service: string,
  { trouble, suspectHours }: ModelSettings,
  { at, why }: SaidByHand,
): Matched<ModelTrouble> => ({
  root: resource.model(service),
  service,
  signal: { service, at, ...trouble, suspectHours, why: why.slice(0, 300) },
});

function whyOf(signal: Signal, { trouble: { metric, high }, alarms }: ModelSettings): string | undefined {
  if (signal.kind === "alarm") {
    return isAlarmOn(signal, { alarms, watched: [metric] }) ? `alarm ${signal.name}: ${signal.reason}` : undefined;
  }
  if (signal.kind !== "anomaly" || !isSameMetric(metric, signal.series)) return undefined;
  return signal.value > signal.expected.high && signal.value >= high ? signal.why : undefined;
}
