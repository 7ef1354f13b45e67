import { type Duration, toMs } from "../clock.ts";

interface Point {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

const hourMs = toMs({ hours: 1 });
/** A day like any other can be told from a single one only when there have been a few. */
const daysMin = 3;

/** The median of what was seen at each hour of the day, UTC; absent for hours of which too few days were seen. */
function profileOf(load: readonly Point[]): Map<number, number> {
  const byHour = Map.groupBy(load, ({ at }) => Math.floor(at / hourMs) % 24);
  const profile = new Map<number, number>();
  for (const [hour, points] of byHour) {
    const sorted = points.map(({ value }) => value).toSorted((a, b) => a - b);
    if (sorted.length >= daysMin) profile.set(hour, sorted[sorted.length >> 1] ?? 0);
  }
  return profile;
}

/** An hour with no more than a tenth above the least is as good as the quietest one, if it comes sooner. */
const asQuiet = 1.1;

/**
 * When, from now on and within `within`, there is usually least to do, in milliseconds since the epoch: now, if this hour is as
 * quiet as any. `load` are hourly values of the last days; of weekdays and weekends it knows nothing.
 *
 * `undefined` when the hours to choose from are not known: then there is no reason to wait for one.
 */
export function quietHour(
  load: readonly Point[],
  { now, within }: { now: number; within: Duration },
): number | undefined {
  const profile = profileOf(load);
  const hours: { at: number; usual: number }[] = [];
  for (let at = now; at <= now + toMs(within); at = (Math.floor(at / hourMs) + 1) * hourMs) {
    const usual = profile.get(Math.floor(at / hourMs) % 24);
    if (usual === undefined) return undefined;
    hours.push({ at, usual });
  }
  const least = Math.min(...hours.map(({ usual }) => usual));
  return hours.find(({ usual }) => usual <= least * asQuiet)?.at;
}
