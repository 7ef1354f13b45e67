/** Half of the window that each place of a period is smoothed over: five points of a day of ten minutes. */
const halfShare = 1 / 72;

/**
 * An ordinary period, starting with the point after the last: for each place the median of all periods, and of its neighbours, so that
 * neither one bad day nor one odd minute is in it.
 */
export function ordinaryPeriod(values: Float64Array, season: number): Float64Array {
  const half = Math.round(season * halfShare);
  const periods = Math.floor(values.length / season);
  const around = new Float64Array(periods * (2 * half + 1));
  return Float64Array.from({ length: season }, (_, place) => {
    let count = 0;
    for (let period = 1; period <= periods; period++) {
      const at = values.length - period * season + place;
      for (let i = Math.max(0, at - half); i <= at + half && i < values.length; i++) around[count++] = values[i]!;
    }
    return around.subarray(0, count).sort()[count >> 1]!;
  });
}

/** How far the last `points` values lie from where the ordinary period has them: the median. */
export function distanceFrom(period: Float64Array, values: Float64Array, points: number): number {
  const rest = new Float64Array(points);
  for (let ago = 1; ago <= points; ago++) rest[ago - 1] = values.at(-ago)! - period.at(-ago)!;
  return rest.sort()[points >> 1]!;
}
