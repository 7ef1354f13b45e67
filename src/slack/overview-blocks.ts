import type { KnownBlock } from "@slack/web-api";
import type { Halt } from "../aws/switches.ts";
import type { Overview } from "../engine/overview.ts";
import type { Incident } from "../incidents/incident.ts";
import { section } from "./blocks.ts";
import { iconOf } from "./card.ts";
import { code, fold, foreign, moment } from "./text.ts";

/** So many lines of each kind; the rest is counted. */
const linesMax = 10;

/** How things stand now, the worst first: a section for each kind of thing there is, none for what there is not. */
export function overviewBlocks(seen: Overview): KnownBlock[] {
  const { halts, open, questions, levels, circuits, leases, unread } = seen;
  return [
    section(switchInWords(halts)),
    ...(unread.length > 0 ? [section(`⚠️ *Cannot be read now:* ${unread.join(", ")}`)] : []),
    ...list(
      "Waiting for a decision",
      questions.map(({ incident, approval }) => `${incidentLine(incident)} · until ${moment(approval.until)}`),
    ),
    ...list("Open", open.filter(({ phase }) => phase.state !== "waiting").map(incidentLine)),
    ...list("Degraded", levels.map(levelLine)),
    ...list("Circuits that are not closed", circuits.map(circuitLine)),
    ...list(
      "Given back by itself",
      leases.map(({ does, incident, until }) => `${foreign(does, 120)} · ${code(incident, 60)} · ${moment(until)}`),
    ),
  ];
}

/** The stop switch, always: that nothing is halted is worth a line. */
export function switchInWords(halts: readonly Halt[]): string {
  if (halts.length === 0) return "🟢 *Nothing is halted.*";
  return `🛑 *Halted*\n${folded(halts.map(haltLine))}`;
}

const haltLine = ({ scope = "everything", by, why, until }: Halt): string =>
  `• *${foreign(scope, 150)}* by ${foreign(by, 60)}: ${foreign(why, 200)}${until === undefined ? ", until somebody resumes" : `, until ${moment(until)}`}`;

/** An incident as one line of a list. */
export function incidentLine(incident: Incident): string {
  const { id, title, phase } = incident;
  const state = phase.state === "closed" ? `${phase.outcome} ${moment(phase.at)}` : phase.state;
  return `${iconOf(incident)} ${foreign(title, 120)} · ${state} · ${code(id, 60)}`;
}

export const levelLine = ({ service, level, by, why, until }: Overview["levels"][number]): string =>
  `${code(service, 80)} is *${level}* (${foreign(by, 60)}: ${foreign(why, 150)})${until === undefined ? "" : `, until ${moment(until)}`}`;

export const circuitLine = ({ circuit, state }: Overview["circuits"][number]): string =>
  `${code(circuit, 140)} is *${state.kind}*${"why" in state ? ` (${foreign(state.why, 150)})` : ""}${"until" in state ? `, until ${moment(state.until)}` : ""}`;

/** A heading over lines, folded; nothing where there are none. */
export const list = (title: string, lines: readonly string[]): KnownBlock[] =>
  lines.length === 0 ? [] : [section(`*${title}* (${lines.length})\n${folded(lines)}`)];

/** Seven such lists stay within `limits.text`. */
const folded = (lines: readonly string[]): string =>
  fold(lines, { linesMax, charsMax: 1_200 }, (from) => `and ${lines.length - from} more`);
