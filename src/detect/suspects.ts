/** A component of a service and how much speaks for it as the cause. */
export interface Suspect {
  readonly component: string;
  /** How far its own metrics are from normal, in usual ranges. */
  readonly distance: number;
  /** That minus the same of the worst component it calls: what it cannot blame on others. Negative: they are worse than it is. */
  readonly own: number;
}

/** One percentile of few requests is a rumour, two metrics of a component a witness: the mean of its two farthest. */
const witnesses = 2;

/** How far a component is from normal, given how far each of its metrics is; 0 without any. */
export function componentDistance(distances: readonly number[]): number {
  const farthest = distances.toSorted((a, b) => b - a).slice(0, witnesses);
  return farthest.reduce((sum, distance) => sum + distance, 0) / Math.max(1, farthest.length);
}

/** Usual ranges that the farthest component must be away: 1 is what a quiet day reaches. */
const alertFrom = 1.5;
/** And the next one: what nobody else notices at all is the noise of one component. */
const witnessFrom = 0.5;

/** Whether an application as a whole is in trouble, given how far its components are from normal, for some points in a row each. */
export function isInTrouble(distances: ReadonlyMap<string, number>): boolean {
  const [farthest = 0, next = 0] = [...distances.values()].sort((a, b) => b - a);
  return farthest >= alertFrom && next >= witnessFrom;
}

/**
 * Which component is likely to be the cause, most likely first.
 *
 * Whoever calls a slow component is slow as well, and often by more of its usual range: so a component counts for what the worst of
 * those that it calls does not explain. Without a call graph, the farthest from normal comes first.
 */
export function suspects(
  distances: ReadonlyMap<string, number>,
  calls: ReadonlyMap<string, readonly string[]>,
): Suspect[] {
  return [...distances]
    .map(([component, distance]) => {
      const called = calls.get(component)?.map((one) => distances.get(one) ?? 0) ?? [];
      return { component, distance, own: distance - Math.max(0, ...called) };
    })
    .sort((a, b) => b.own - a.own);
}
