import type { SignalPoint } from "../state.ts";

/** Points as the chart library takes them: one column for each line, times in seconds, with `null` where there is nothing. */
export interface Columns {
  readonly at: number[];
  readonly value: (number | null)[];
  readonly low: (number | null)[];
  readonly high: (number | null)[];
  /** The point behind each row, or `undefined` for a gap. */
  readonly points: readonly (SignalPoint | undefined)[];
}

/** Puts points into columns, with an empty row wherever a measurement is missing, so that no line is drawn through it. */
export function toColumns(given: readonly SignalPoint[]): Columns {
  const gap = gapOf(given);
  const points = given.flatMap((point, i): (SignalPoint | undefined)[] => {
    const before = given[i - 1];
    return before && point.at - before.at > gap ? [undefined, point] : [point];
  });
  return {
    at: points.map((point, i) => (point?.at ?? (points[i - 1]?.at ?? 0) + 1) / 1_000),
    value: points.map((point) => point?.value ?? null),
    low: points.map((point) => point?.low ?? null),
    high: points.map((point) => point?.high ?? null),
    points,
  };
}

/** From how far apart two points have a measurement missing between them: two and a half times the usual distance. */
function gapOf(points: readonly SignalPoint[]): number {
  const apart = points.slice(1).map(({ at }, i) => at - (points[i]?.at ?? at));
  return 2.5 * (apart.toSorted((a, b) => a - b)[Math.floor(apart.length / 2)] ?? Number.POSITIVE_INFINITY);
}

/** Times from the first to the last point of each row of points that belong to one episode. */
export function episodesIn(points: readonly SignalPoint[]): { from: number; to: number }[] {
  const episodes: { from: number; to: number }[] = [];
  for (const [i, { at, anomalous }] of points.entries()) {
    if (!anomalous) continue;
    const last = episodes.at(-1);
    if (last && points[i - 1]?.anomalous) last.to = at;
    else episodes.push({ from: at, to: at });
  }
  return episodes;
}
