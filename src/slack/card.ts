import type { KnownBlock } from "@slack/web-api";
import type { Approval } from "../engine/approvals.ts";
import { calledBy, deciders } from "../engine/people.ts";
import type { Incident, Outcome } from "../incidents/incident.ts";
import { context, header, mrkdwn, section } from "./blocks.ts";
import { changeButtons, decisionButtons } from "./buttons.ts";
import { carriedBy, reasonInWords } from "./evidence.ts";
import { limits } from "./limits.ts";
import { costOnButton, planInWords, touchesInWords } from "./plan-in-words.ts";
import { stateInWords } from "./state-in-words.ts";
import { code, fold, foreign, moment } from "./text.ts";
import type { View } from "./view.ts";

/** A message as `chat.postMessage` and `chat.update` take it. */
export interface Card {
  /** For notifications and screen readers, which do not read blocks. */
  readonly text: string;
  readonly blocks: KnownBlock[];
  readonly metadata: { event_type: "paramedic_incident"; event_payload: { incident: string } };
}

const approversMax = 20;

/** What an incident looks like in a list, by where it stands or how it ended. */
export const icons: Readonly<Record<Exclude<Incident["phase"]["state"], "closed"> | Outcome, string>> = {
  open: "🔎",
  planning: "🔎",
  waiting: "✋",
  acting: "⚙️",
  halted: "⏸️",
  holding: "⏱️",
  undoing: "↩️",
  healed: "✅",
  undone: "↩️",
  refused: "⛔",
  skipped: "⏭️",
  expired: "⌛",
  escalated: "🚨",
};
export const iconOf = ({ phase }: Incident): string => icons[phase.state === "closed" ? phase.outcome : phase.state];

/**
 * The card of an incident: its present state first, then what is wrong, what is done about it to what, and who may decide.
 *
 * Pure, and always within Slack's limits: long lists are folded, long names cut. What is not ours is made harmless, so no
 * resource name can mention people, format, link or imitate a decision. There are buttons only for what can be done now.
 */
export function card(view: View): Card {
  const { incident, story, stands = false, chart } = view;
  const { phase, plan } = incident;
  const icon = iconOf(incident);
  const title = foreign(incident.title, limits.header - icon.length - 1);
  const latest = phase.state === "closed" ? undefined : story.at(-1);
  const why = reasonInWords(incident);
  return {
    text: `${title}: ${stateInWords(view)}`,
    blocks: [
      header(`${icon} ${title}`),
      section(stateInWords(view)),
      { type: "section", fields: facts(view).map(mrkdwn) },
      ...(why === undefined ? [] : [section(why)]),
      ...(chart === undefined ? [] : [picture(chart)]),
      ...(plan ? [section(planInWords(plan, phase.state, view.approval?.silence)), section(touchesInWords(plan))] : []),
      ...(isAsking(view) ? [decisionButtons(view.approval, costOnButton(plan)), context(mayDecide(view))] : []),
      ...changeButtons(incident, stands),
      context(`${latest ? `Latest: ${foreign(latest.text, 300)} · ` : ""}incident ${code(incident.id, 60)}`),
    ],
    metadata: { event_type: "paramedic_incident", event_payload: { incident: incident.id } },
  };
}

/** Whether somebody can decide now: the question is the one this incident waits for, and nobody has answered it. */
function isAsking(view: View): view is View & { approval: Approval } {
  const { incident, approval, now } = view;
  return (
    incident.phase.state === "waiting" &&
    approval?.id === incident.phase.approvalId &&
    !approval.decision &&
    !approval.withdrawn &&
    now < approval.until
  );
}

function facts({ incident, story }: View): string[] {
  const { runbook, root, beganAt, deadlineAt, decision, partOf, autonomy } = incident;
  return [
    `*Runbook*\n${code(runbook, 100)}${autonomy ? ` (${autonomy})` : ""}`,
    `*About*\n${code(root, 200)}`,
    `*Signals*\n${carriedBy(incident, story)}`,
    `*Began*\n${moment(beganAt)}`,
    ...(deadlineAt === undefined ? [] : [`*Deadline*\n${moment(deadlineAt)}`]),
    ...(partOf === undefined ? [] : [`*Part of*\n${code(partOf, 60)}`]),
    ...(decision === undefined ? [] : [`*Decision*\n${foreign(decision, 200)}`]),
  ];
}

export const pictureAlt = "The signal against what was expected of it";

/** By its id: the file is the bot's own, and nobody outside the workspace can see it. */
const picture = (id: string): KnownBlock => ({
  type: "image",
  slack_file: { id },
  alt_text: pictureAlt,
});

function mayDecide({ incident, approval, settings }: View & { approval: Approval }): string {
  const names = deciders(settings, { ...approval, runbook: incident.runbook }).map((one) => foreign(calledBy(one), 60));
  if (names.length === 0 && approval.requestedBy !== undefined)
    return "Nobody may decide: who asked for it may not, and `approvers` in `paramedic.config.ts` names nobody else for it.";
  if (names.length === 0)
    return "Nobody may decide about this runbook: `approvers` in `paramedic.config.ts` names nobody for it.";
  const all = { linesMax: approversMax, charsMax: 1_000, separator: ", " };
  const { needs } = approval;
  const many = needs > 1 ? ` (${needs} of them; one is enough to deny)` : "";
  return `May decide${many}: ${fold(names, all, (from) => `and ${names.length - from} more`)}`;
}
