import type { Measured } from "../aws/metrics.ts";
import type { SampleBus } from "../aws/sample-bus.ts";
import type { Series } from "../signals/signal.ts";
import { recentPoints } from "./score.ts";
import type { World } from "./world.ts";

/** Every fifth minute: often enough to be missed soon, and a fifth of what it would cost every minute. */
const everyMs = 5 * 60_000;
/** One may be on its way, and the one before it may have been held up. */
const lateMs = 2 * everyMs + 60_000;

const series = (stage: string): Series => ({ namespace: "Paramedic", name: "Canary", dimensions: { Stage: stage } });

/**
 * Sends a sample the whole way that samples take (bus, rule, queue, intake, detector), to a series that no runbook answers
 * to, and looks whether the one before has arrived. Sees, too, whether the stop switch can be read: while it cannot,
 * the bot changes nothing.
 *
 * `CanaryArrived` is 1 while they arrive, and 0 or missing while they do not: silence raises the alarm.
 */
export async function canary(
  world: Pick<World, "clock" | "detectors" | "settings" | "halts">,
  from: { readonly account: string; readonly region: string },
  bus: SampleBus,
): Promise<Measured[]> {
  const now = world.clock.now();
  const { name, dimensions } = series(world.settings.stage);
  const last = (await recentPoints(world.detectors, from, series(world.settings.stage))).at(-1)?.at ?? 0;
  if (now - last >= everyMs - 30_000) await bus.send([{ name, value: 1, unit: "Count", dimensions, timestamp: now }]);
  const isReadable = await world.halts().then(
    () => true,
    () => false,
  );
  return [
    { name: "CanaryArrived", value: now - last < lateMs ? 1 : 0 },
    { name: "HaltUnreadable", value: isReadable ? 0 : 1 },
  ];
}
