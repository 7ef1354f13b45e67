/**
 * Round numbers from `from` to `to`, both included where they are round, about `wanted` of them: 1, 2 or 5 times a power
 * of ten apart, or what `steps` offers. `from` is below `to`.
 */
export function ticks(from: number, to: number, wanted: number, steps?: readonly number[]): number[] {
  const least = (to - from) / wanted;
  const step = steps ? (steps.find((each) => each >= least) ?? steps.at(-1) ?? least) : roundUp(least);
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** The next of 1, 2, 5, 10, 20, 50 … that is not less. */
export function roundUp(amount: number): number {
  const power = 10 ** Math.floor(Math.log10(amount));
  return ([1, 2, 5].find((lead) => lead * power >= amount) ?? 10) * power;
}

/** Cuts a row of points where `isBroken` says that two neighbours do not belong together. */
export function runs<T>(points: readonly T[], isBroken: (left: T, right: T) => boolean): T[][] {
  const all: T[][] = [];
  for (const point of points) {
    const run = all.at(-1);
    const last = run?.at(-1);
    if (run && last !== undefined && !isBroken(last, point)) run.push(point);
    else all.push([point]);
  }
  return all;
}
