import { answering } from "../../src/engine/receive.ts";
import type { World } from "../../src/engine/world.ts";
import { isLatencyOf } from "../../src/runbook/triggers/latency.ts";
import type { Settings } from "../../src/settings.ts";
import type { Anomaly, Told } from "../../src/signals/signal.ts";

type Heard = Told | Anomaly;

/** Why no runbook answers to a signal, and which setting would make one; `undefined` when no setting would. */
export function notOurs({ services }: Settings, signal: Heard): string | undefined {
  if (signal.kind === "alarm") {
    if (signal.state !== "ALARM") return `the alarm went to ${signal.state}: there is nothing to answer`;
    return `no service has this alarm or its metric: add "${signal.name}" to services[].alarms in paramedic.config.ts`;
  }
  if (signal.kind !== "anomaly") return undefined;
  const service = services.find((one) => isLatencyOf(one, signal.series));
  if (!service) return `no service has this series as its latency (services[].latency in paramedic.config.ts)`;
  const { name, latencyMs } = service;
  const value = Math.round(signal.value * 10) / 10;
  return signal.value <= signal.expected.high
    ? `${value} ms is less than expected: unusual, and nothing that doing less would mend`
    : `${value} ms is below the ${latencyMs.high} ms that the settings call high for ${name}: unusual, and not bad enough`;
}

/** Why a muted alarm is left alone, and who would answer to it otherwise. */
export function whyMuted(world: Pick<World, "runbooks" | "settings">, signal: Heard, why: string): string {
  const answered = answering(world, signal);
  return answered ? `${why}; otherwise ${answered.runbook.id} would answer` : why;
}
