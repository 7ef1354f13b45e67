/** The value that a share (0–1) of the values lie at or under, by nearest rank; rounded to a thousandth. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("there is no percentile of nothing");
  return rounded(value);
}

export const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
