/** What was seen in use, and what to make of it: the arithmetic that all sizes share. */

const dayMs = 86_400_000;

/** Headroom over what was used: that of the VPA recommender and of Compute Optimizer lies around it. */
const headroom = 1.15;
/** A smaller change than this is not worth a deployment. */
const worthIt = 0.2;
/** At most so much less in one step, one step a day: what was taken away too much shows before more is. */
const stepDown = 0.2;
/** Use this near its bound shows only the bound. Then as after an OOM: a fifth more, or `bump`. */
const saturated = 0.95;
/** Memory that was used up to this was run out of, or would have been. */
const outOfMemory = 0.99;
const quietMs = 3 * dayMs;

/** By nearest rank. 0 without values. */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
}

/** The highest 99th percentile of a day, of days that end `now`. */
export function worstDay(use: readonly { at: number; memory: number }[], now: number): number {
  const days = Map.groupBy(use, ({ at }) => Math.floor((now - at) / dayMs));
  return Math.max(
    0,
    ...[...days.values()].map((day) =>
      percentile(
        day.map(({ memory }) => memory),
        0.99,
      ),
    ),
  );
}

/** Why so much use is too little to go by: it has to reach back so many days and have so many values. `undefined`: it will do. */
export function tooLittle(
  use: readonly { at: number }[],
  now: number,
  days: number,
  valuesMin: number,
): string | undefined {
  const spanDays = (now - (use[0]?.at ?? now)) / dayMs;
  if (spanDays < days - 0.25) return `${spanDays.toFixed(1)} of ${days} days of utilisation`;
  if (use.length < valuesMin) return `${use.length} values in ${days} days; it takes ${valuesMin}`;
  return undefined;
}

/** Whether less may be given now: not within a day of the last change, and not within 72 hours of memory running out. */
export function shrinking(use: readonly { at: number; memory: number }[], has: number, now: number, sizedAt: number) {
  const ranOut = use.some(({ at, memory }) => now - at < quietMs && memory >= outOfMemory * has);
  return { ranOut, allowed: !ranOut && now - sizedAt >= dayMs };
}

/** What it takes by what was used of what there is. */
export function needed(used: number, has: number, bump: number): number {
  const spare = used * headroom;
  return used >= saturated * has ? Math.max(spare, has * (1 + worthIt), has + bump) : spare;
}

/** How far to go now: all the way up, a step down, or nowhere. */
export function step(need: number, has: number, mayShrink: boolean, down = stepDown): number {
  if (need >= has * (1 + worthIt)) return need;
  if (need > has * (1 - worthIt)) return has;
  return mayShrink ? Math.max(need, has * (1 - down)) : has;
}
