import { type Sample, type Series, seriesKey } from "../signals/signal.ts";
import { executionName } from "./receive.ts";
import type { Receiving } from "./world.ts";

/** What the bot sends itself. */
export const canarySeries = (stage: string): Series => ({
  namespace: "Paramedic",
  name: "Canary",
  dimensions: { Stage: stage },
});

/** Starts the execution of every canary among samples that have been scored. Once for each, however often it arrives. */
export async function startCanary(world: Receiving, samples: readonly Sample[]): Promise<void> {
  const own = seriesKey(canarySeries(world.settings.stage));
  for (const { series, at } of samples) {
    if (seriesKey(series) === own)
      await world.executions.start(executionName(world, `canary-${at}`), { kind: "canary", sentAt: at });
  }
}
