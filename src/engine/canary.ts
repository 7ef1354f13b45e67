import { z } from "zod";
import type { Measured } from "../aws/metrics.ts";
import type { SampleBus } from "../aws/sample-bus.ts";
import { type Item, type Key, readBody } from "../aws/table.ts";
import { recentPoints } from "./score.ts";
import { canarySeries } from "./start-canary.ts";
import type { World } from "./world.ts";

/** Every fifth minute: often enough to be missed soon, and a fifth of what it would cost every minute. */
const everyMs = 5 * 60_000;
/** One may be on its way, and the one before it may have been held up. */
const lateMs = 2 * everyMs + 60_000;

/** What the last canary came to, as its execution wrote it down. */
export const landed = z.object({
  /** The time of the sample that it was started by. */
  sentAt: z.number(),
  /** Whether it heeded a halt that was made up for it. */
  heeded: z.boolean(),
  /** Whether it did what it is for, or was held by a halt of people, as it should be then. */
  end: z.enum(["acted", "held"]),
});
export const landedKey: Key = { pk: "watch#canary", sk: "landed" };

/**
 * Sends a sample the whole way: bus, rule, queue, intake, detector, and a durable execution that acts on nothing
 * (`startCanary`). Looks whether the one before has arrived and has come to its end. Sees, too, whether the stop
 * switch can be read: while it cannot, the bot changes nothing.
 *
 * `CanaryArrived` and `CanaryLanded` are 1 while they do, and 0 or missing while they do not: silence raises the alarm.
 */
export async function canary(
  world: Pick<World, "clock" | "detectors" | "settings" | "halts" | "table">,
  from: { readonly account: string; readonly region: string },
  bus: SampleBus,
): Promise<Measured[]> {
  const now = world.clock.now();
  const { name, dimensions } = canarySeries(world.settings.stage);
  const points = await recentPoints(world.detectors, from, canarySeries(world.settings.stage));
  const last = points.at(-1)?.at ?? 0;
  if (now - last >= everyMs - 30_000) await bus.send([{ name, value: 1, unit: "Count", dimensions, timestamp: now }]);
  const isReadable = await world.halts().then(
    () => true,
    () => false,
  );
  const isRecent = (at: number): boolean => now - at < lateMs;
  const isWell = hasLandedWell(await world.table.get(landedKey), isRecent);
  return [
    { name: "CanaryArrived", value: isRecent(last) ? 1 : 0 },
    { name: "CanaryLanded", value: isWell ? 1 : 0 },
    { name: "HaltUnreadable", value: isReadable ? 0 : 1 },
  ];
}

function hasLandedWell(item: Item | undefined, isRecent: (at: number) => boolean): boolean {
  if (!item) return false;
  const { sentAt, heeded } = readBody(item, landed);
  return heeded && isRecent(sentAt);
}
