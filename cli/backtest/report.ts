import type { Paint } from "../replay/report.ts";
import { showTime } from "../replay/time.ts";
import type { Difference } from "./compare.ts";
import { differs, figuresOf } from "./figures.ts";
import { assumptions, type Found } from "./found.ts";
import { acts, type Decided } from "./result.ts";

/** Longer lists are for `--json` and `--report`. */
const shownMax = 20;

/** What was found, for people. */
export function report(found: Found, paint: Paint): string {
  const { history, old, new: now, comparison } = found;
  const { differences, same } = comparison;
  const agreed = now.agreement;
  return [
    paint("bold", "History"),
    `  ${many(history.records)} records of ${many(history.sources)} sources, ${showTime(Date.parse(history.from))} to ${showTime(Date.parse(history.to))} UTC` +
      (history.unreadable > 0 ? `, ${many(history.unreadable)} places unreadable` : "") +
      (history.late > 0 ? `, ${many(history.late)} records too far out of order` : ""),
    `  old  ${old.name}`,
    `  new  ${now.name}`,
    "",
    ...table(found, paint),
    "",
    paint("bold", `Differences: ${many(differences.length)}`) + `  (${many(same)} decided the same)`,
    ...firstOf(differences, (one) => differenceLines(one, paint)),
    "",
    ...(agreed && agreed.onlyBot.length > 0
      ? [
          paint("bold", "Only the bot"),
          ...firstOf(agreed.onlyBot, (one) => [`  ${when(one)}  ${sideInWords(one)}`]),
          "",
        ]
      : []),
    ...(agreed && agreed.onlyPeople.length > 0
      ? [
          paint("bold", "Only people"),
          ...firstOf(agreed.onlyPeople, ({ at, action, who, names }) => [
            `  ${showTime(at)}  ${clean(action)} ${clean(names[0] ?? "")}, by ${clean(who)}`,
          ]),
          "",
        ]
      : []),
    paint("bold", "Assuming"),
    ...assumptions.map((one) => `  ${one}`),
    "",
  ].join("\n");
}

function table(found: Found, paint: Paint): string[] {
  const rows = figuresOf(found);
  const width = (at: 0 | 1 | 2): number => Math.max(3, ...rows.map((row) => row[at].length));
  const [a, b, c] = [width(0), width(1), width(2)];
  return [
    `  ${"".padEnd(a)}  ${"OLD".padStart(b)}  ${"NEW".padStart(c)}`,
    ...rows.map((row) => {
      const [name, old, now] = row;
      const line = `  ${name.padEnd(a)}  ${old.padStart(b)}  ${now.padStart(c)}`;
      return differs(row) ? paint("yellow", `${line}  ≠`) : line;
    }),
  ];
}

function differenceLines({ kind, old, new: now, more }: Difference, paint: Paint): string[] {
  const one = now ?? old;
  if (!one) return [];
  const what = {
    "only-old": "the new version would not see it",
    "only-new": "only the new version would see it",
    runbook: "another runbook",
    decision: "another decision",
    plan: "another plan",
  }[kind];
  return [
    `  ${when(one)}  ${paint("bold", clean(one.title))}: ${more ? paint("red", `${what}, and it would do more by itself`) : what}`,
    ...planLines(old, now, paint),
  ];
}

/** What both would do, line by line: what only one of them would do is marked. */
function planLines(old: Decided | undefined, now: Decided | undefined, paint: Paint): string[] {
  const doing = (one: Decided | undefined): string[] => one?.plan.map(({ does }) => does) ?? [];
  const side = (mark: "-" | "+", one: Decided | undefined, others: readonly string[]): string[] =>
    one
      ? [
          paint(mark === "-" ? "red" : "green", `    ${mark} ${sideInWords(one)}`),
          ...doing(one)
            .filter((does) => !others.includes(does))
            .map((does) => paint(mark === "-" ? "red" : "green", `    ${mark}   ${clean(does)}`)),
        ]
      : [];
  return [...side("-", old, doing(now)), ...side("+", now, doing(old))];
}

const when = ({ began }: Decided): string => showTime(Date.parse(began));

/** `degrade would act: 1 action`, and why if it would not. */
export const sideInWords = (one: Decided): string =>
  `${one.runbook}: ${one.decision}, ${one.plan.length} action${one.plan.length === 1 ? "" : "s"}${acts(one) ? "" : ` (${clean(one.why)})`}`;

/** Names come from outside: no line breaks, no codes for the terminal. */
export const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]+/gu, " ");

function firstOf<T>(all: readonly T[], lines: (one: T) => string[]): string[] {
  const more = all.length - shownMax;
  return [
    ...all.slice(0, shownMax).flatMap(lines),
    ...(more > 0 ? [`  and ${many(more)} more; --json and --report have them`] : []),
  ];
}

const many = (amount: number): string => amount.toLocaleString("en-US");
