import { type Found, shareOf, type VersionFound } from "./found.ts";
import type { Measured } from "./measure.ts";

/** A figure of both versions, in words. */
export type Figure = readonly [name: string, old: string, now: string];

const many = (amount: number): string => amount.toLocaleString("en-US");
const unsaid = "not said";

/** Whether both say something, and not the same. */
export const differs = ([, old, now]: Figure): boolean => old !== now && old !== unsaid && now !== unsaid;

/** The figures of both versions beside each other, in the order people ask for them. */
export function figuresOf({ history, old, new: now, people }: Found): Figure[] {
  const both = (name: string, of: (found: VersionFound) => string): Figure => [name, of(old), of(now)];
  const number = (name: string, of: (found: Measured) => number): Figure =>
    both(name, ({ measured }) => many(of(measured)));
  const days = Math.max(1, (Date.parse(history.to) - Date.parse(history.from)) / 86_400_000);
  const names = (of: (found: Measured) => Readonly<Record<string, number>>): string[] => [
    ...new Set([...Object.keys(of(old.measured)), ...Object.keys(of(now.measured))]),
  ];
  return [
    number("anomalies", ({ anomalies }) => anomalies),
    number("incidents", ({ incidents }) => incidents),
    ...names(({ decisions }) => decisions).map((name) => number(`  ${name}`, ({ decisions }) => decisions[name] ?? 0)),
    number("actions by itself", ({ actions }) => actions),
    both("  a day", ({ measured }) => (measured.actions / days).toFixed(1)),
    both("  most on a day", ({ measured }) => many(Math.max(0, ...Object.values(measured.actionsByDay)))),
    number("actions asked about", ({ asked }) => asked),
    both("limits hit", ({ measured: { limits } }) => (limits ? many(sum(Object.values(limits))) : unsaid)),
    ...names(({ limits }) => limits ?? {}).map((name) =>
      both(`  ${name}`, ({ measured: { limits } }) => (limits ? many(limits[name] ?? 0) : unsaid)),
    ),
    both("dollars an hour, at most", ({ measured: { usdPerHour } }) =>
      usdPerHour ? `$${usdPerHour.most.toFixed(2)}` : unsaid,
    ),
    both("  actions without a price", ({ measured: { usdPerHour } }) =>
      usdPerHour ? many(usdPerHour.unpriced) : unsaid,
    ),
    ...(people === undefined ? [] : agreementFigures(both)),
    number("events not readable", ({ unreadable }) => unreadable),
  ];
}

const agreementFigures = (both: (name: string, of: (found: VersionFound) => string) => Figure): Figure[] => [
  both("people did the same", ({ agreement }) => {
    if (!agreement) return unsaid;
    const share = shareOf(agreement);
    return share === undefined ? "no plan" : `${agreement.same} of ${agreement.planned} (${Math.round(100 * share)} %)`;
  }),
  both("  something else", ({ agreement }) => (agreement ? many(agreement.other) : unsaid)),
  both("  nothing", ({ agreement }) => (agreement ? many(agreement.onlyBot.length) : unsaid)),
  both("only people did", ({ agreement }) => (agreement ? many(agreement.onlyPeople.length) : unsaid)),
];

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
