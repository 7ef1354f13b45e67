import { acts, type Decided, type Result } from "./result.ts";

/** What a version would have done, in numbers. */
export interface Measured {
  readonly signals: number;
  readonly unreadable: number;
  readonly anomalies: number;
  readonly incidents: number;
  /** How many incidents ended in which decision. */
  readonly decisions: Readonly<Record<string, number>>;
  /** What it would have done by itself, and what it would have asked people about. */
  readonly actions: number;
  readonly asked: number;
  readonly actionsByDay: Readonly<Record<string, number>>;
  readonly actionsByKind: Readonly<Record<string, number>>;
  /** How often which limit refused; `null` if the version does not say. */
  readonly limits: Readonly<Record<string, number>> | null;
  /** What the actions would have added to the bill, in US dollars an hour; `null` if the version does not say. */
  readonly usdPerHour: {
    /** The most that stood at one time. */
    readonly most: number;
    /** Of how many actions the price is not known. */
    readonly unpriced: number;
  } | null;
}

/** Pure. */
export function measure({ signals, unreadable, anomalies, incidents }: Result): Measured {
  const acting = incidents.filter(acts);
  const done = acting.flatMap(({ began, plan }) => plan.map(({ action }) => ({ action, day: began.slice(0, 10) })));
  // What a version says at all, it says of every action.
  const isTold = incidents.flatMap(({ plan }) => plan).every(({ touches }) => touches !== undefined);
  return {
    signals,
    unreadable,
    anomalies: anomalies.length,
    incidents: incidents.length,
    decisions: countBy(incidents.map(({ decision }) => decision)),
    actions: done.length,
    asked: incidents.filter(({ decision }) => decision === "ask").reduce((sum, { plan }) => sum + plan.length, 0),
    actionsByDay: countBy(done.map(({ day }) => day)),
    actionsByKind: countBy(done.map(({ action }) => action)),
    limits: isTold ? countBy(incidents.flatMap(({ limit }) => limit ?? [])) : null,
    usdPerHour: isTold ? { most: mostAtOnce(acting), unpriced: unpriced(acting) } : null,
  };
}

const countBy = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names.toSorted(), (name) => name)].map(([name, { length }]) => [name, length]));

const unpriced = (incidents: readonly Decided[]): number =>
  incidents.flatMap(({ plan }) => plan).filter(({ usdPerHour }) => usdPerHour === null).length;

function mostAtOnce(incidents: readonly Decided[]): number {
  const changes = incidents.flatMap(({ began, until, plan }) => {
    const usd = plan.reduce((sum, { usdPerHour }) => sum + Math.max(0, usdPerHour ?? 0), 0);
    // What lasts no time stands for a moment: it ends after whatever begins then.
    return [
      { at: Date.parse(began), order: 0, usd },
      { at: Date.parse(until ?? began), order: 1, usd: -usd },
    ];
  });
  let now = 0;
  let most = 0;
  for (const { usd } of changes.sort((a, b) => a.at - b.at || a.order - b.order)) {
    now += usd;
    most = Math.max(most, now);
  }
  return Math.round(most * 10_000) / 10_000;
}

/** The days from the first to the last on which something was done, in both versions: a day without is a day with none. */
export function daysOf(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from.slice(0, 10)); at <= Date.parse(to); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}
