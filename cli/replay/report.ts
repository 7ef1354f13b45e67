import type { Abstention } from "../../src/detect/verdict.ts";
import type { Settings } from "../../src/settings.ts";
import type { Story } from "./bot.ts";
import type { Findings, Found, Heard, SeriesFindings } from "./findings.ts";
import { approversOf } from "./rehearse.ts";
import { showTime } from "./time.ts";
import { signalInWords } from "../../src/signals/in-words.ts";
import { answerInWords, assumptions, stepInWords } from "./told.ts";

/** How words are set off. */
export type Paint = (style: "bold" | "dim" | "red" | "green" | "yellow", text: string) => string;

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

export const paintOf = (colours: boolean): Paint =>
  colours ? (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m` : (_, text) => text;

/** Longer lists are for `--json`. */
const shownMax = 20;

/** What was found, for people. */
export function report(findings: Findings, stories: readonly Story[], settings: Settings, paint: Paint): string {
  const section = (title: string, lines: readonly string[]): string[] => {
    const shown = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
    return shown.length > 0 ? [paint("bold", title), ...shown.map((line) => (line === "" ? "" : `  ${line}`)), ""] : [];
  };
  const incidents = firstOf(stories, (story) => storyLines(story, settings, paint));
  return [
    ...section("Read", [findings.files.join(", "), summary(findings)]),
    ...section("Signals", [...firstOf(findings.heard, heardLines), ...unknownLines(findings)]),
    ...section(
      "Series",
      firstOf([...findings.series], ([name, series]) => seriesLines(name, series, findings, paint)),
    ),
    ...section("Incidents", incidents.length > 0 ? incidents : ["none: the bot would do nothing"]),
    ...section("Assuming", stories.length > 0 ? assumptions : []),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}

function summary({ events, signals, read, unreadable, late, anomalies }: Findings): string {
  const others = read - signals;
  const parts = [
    `${count(events, "record")}: ${count(signals, "signal")}`,
    ...(others > 0 ? [`${many(others)} without a reader`] : []),
    `${many(unreadable)} unreadable`,
    ...(late > 0 ? [`${many(late)} late`] : []),
    ...(anomalies.length > 0 ? [count(anomalies.length, "anomaly", "anomalies")] : []),
  ];
  return parts.join(", ");
}

const heardLines = ({ signal, answer }: Heard): string[] => [
  `${showTime(signal.at)} UTC  ${signalInWords(signal)}`,
  `                         ${answerInWords(answer)}`,
];

const unknownLines = ({ unknown }: Findings): string[] =>
  [...unknown].map(([what, times]) => `${many(times)} × ${what}: no reader; the bot would count it and do nothing`);

/** Why the detector said nothing about a point. */
const silences: Readonly<Record<Abstention, string>> = {
  cold: "learning what is normal",
  stale: "just after a gap",
  late: "older than the one before",
  duplicate: "of a time seen before",
  "not-finite": "no number",
  frozen: "not learning now",
  drifted: "another level after a long gap",
  noisy: "unusual too much of the time",
};

function seriesLines(name: string, series: SeriesFindings, { anomalies }: Findings, paint: Paint): string[] {
  const { points, from, to, scored, abstained, trace } = series;
  const kept = [...abstained].map(([why, times]) => `${many(times)} (${silences[why]})`).join(", ");
  const [picture = "", marks] = trace.lines();
  const found = anomalies.filter((one) => one.series === name);
  return [
    `${paint("bold", name)}  ${count(points, "point")} from ${showTime(from)} to ${showTime(to)} UTC`,
    ...(points > 1 ? [picture] : []),
    ...(marks === undefined ? [] : [paint("red", marks)]),
    scored > 0
      ? `${many(scored)} judged${kept === "" ? "" : `; nothing said about ${kept}`}; ${count(found.length, "anomaly", "anomalies")}`
      : `insufficient evidence: nothing said about ${kept}; the detector wants 60 points first`,
    ...firstOf(found, (one) => foundLines(one, found[found.indexOf(one) - 1], paint)),
    "",
  ];
}

/** An anomaly, and what came of it unless the same came of the one before. */
function foundLines({ anomaly, score, answer }: Found, before: Found | undefined, paint: Paint): string[] {
  const { at, severity, why } = anomaly;
  const came = answerInWords(answer);
  return [
    `${paint("red", "▲")} ${showTime(at)} UTC  score ${score.toFixed(2)}  severity ${severity.toFixed(1)}  ${why}`,
    ...(before && answerInWords(before.answer) === came ? [] : [paint("dim", `  ${came}`)]),
  ];
}

/** An incident and what would be done about it, line by line. */
export function storyLines(
  { incident, plan, decision, why, assuming }: Story,
  settings: Settings,
  paint: Paint,
): string[] {
  const { id, title, runbook, seen, beganAt, deadlineAt } = incident;
  const deadline = deadlineAt === undefined ? "" : `, deadline ${showTime(deadlineAt)}`;
  const steps = (plan?.steps ?? []).map((step, index) => ({ number: `${index + 1}.`.padEnd(3), ...stepInWords(step) }));
  const words = {
    act: paint("green", "would act"),
    ask: paint("yellow", `would ask ${approversOf(settings, incident.runbook).join(" or ") || "nobody"}`),
    veto: paint("yellow", "would act unless somebody objects"),
    propose: "would propose it, for people to do",
    observe: "would only watch",
    held: paint("yellow", "would wait until the gate opens"),
    skipped: "would do nothing",
    refused: paint("red", "would refuse, and page people"),
    expired: paint("red", "too late: would do nothing"),
    escalated: paint("red", "would page people"),
  };
  return [
    `${paint("bold", title)}  ${paint("dim", id)}`,
    `  runbook   ${runbook}`,
    `  began     ${showTime(beganAt)} UTC${deadline}; ${count(seen, "event")}`,
    `  assuming  ${assuming}`,
    ...steps.flatMap(({ number, what, undo }, index) => [
      `  ${index === 0 ? "plan    " : "        "}  ${number} ${what}`,
      ...(undo === undefined ? [] : [paint("dim", `                ${undo}`)]),
    ]),
    `  decision  ${words[decision]}`,
    `  why       ${why}`,
    "",
  ];
}

function firstOf<T>(all: readonly T[], lines: (one: T) => string[]): string[] {
  const more = all.length - shownMax;
  return [...all.slice(0, shownMax).flatMap(lines), ...(more > 0 ? [`and ${many(more)} more; --json has them`] : [])];
}

const many = (amount: number): string => amount.toLocaleString("en-US");
const count = (amount: number, one: string, several = `${one}s`): string =>
  `${many(amount)} ${amount === 1 ? one : several}`;
