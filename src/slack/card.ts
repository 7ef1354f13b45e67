import type { KnownBlock, MrkdwnElement } from "@slack/web-api";
import { z } from "zod";
import type { Approval } from "../engine/approvals.ts";
import { inWords } from "../engine/make-plan.ts";
import type { Incident, Outcome } from "../incidents/incident.ts";
import type { Line } from "../incidents/story.ts";
import { actionsOf, type StoredPlan, type StoredStep } from "../runbook/plan.ts";
import type { Settings } from "../settings.ts";
import { limits } from "./limits.ts";
import { code, fold, foreign, moment } from "./text.ts";

/** All that a card is made of. */
export interface View {
  readonly incident: Incident;
  readonly approval?: Approval;
  readonly story: readonly Line[];
  readonly settings: Settings;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A message as `chat.postMessage` and `chat.update` take it. */
export interface Card {
  /** For notifications and screen readers, which do not read blocks. */
  readonly text: string;
  readonly blocks: KnownBlock[];
  readonly metadata: { event_type: "paramedic_incident"; event_payload: { incident: string } };
}

/** The ids of the buttons. */
export const buttons = { approve: "approve", deny: "deny" } as const;

/** Enough to read without scrolling far at night; the rest is counted. With these a card stays within `limits.text`. */
const stepsMax = 10;
const targetsMax = 15;
const approversMax = 20;

const icons: Readonly<Record<Exclude<Incident["phase"]["state"], "closed"> | Outcome, string>> = {
  open: "🔎",
  planning: "🔎",
  waiting: "✋",
  acting: "⚙️",
  holding: "⏱️",
  undoing: "↩️",
  healed: "✅",
  undone: "↩️",
  refused: "⛔",
  skipped: "⏭️",
  expired: "⌛",
  escalated: "🚨",
};

/**
 * The card of an incident: its present state first, then what is wrong, what is done about it to what, and who may decide.
 *
 * Pure, and always within Slack's limits: long lists are folded, long names cut. What is not ours is made harmless, so no
 * resource name can mention people, format, link or imitate a decision. There are buttons only while a question is open.
 */
export function card(view: View): Card {
  const { incident, story } = view;
  const { phase, plan } = incident;
  const icon = icons[phase.state === "closed" ? phase.outcome : phase.state];
  const title = foreign(incident.title, limits.header - icon.length - 1);
  const latest = phase.state === "closed" ? undefined : story.at(-1);
  return {
    text: `${title}: ${stateInWords(view)}`,
    blocks: [
      { type: "header", text: { type: "plain_text", text: `${icon} ${title}`, emoji: false } },
      section(stateInWords(view)),
      { type: "section", fields: facts(incident).map(mrkdwn) },
      ...reason(incident),
      ...(plan ? [section(planInWords(plan, phase.state)), section(touchesInWords(plan))] : []),
      ...(isAsking(view) ? [ask(view.approval), context(mayDecide(view))] : []),
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

function stateInWords(view: View): string {
  const { phase } = view.incident;
  switch (phase.state) {
    case "open":
      return "*Found.* The remediation has not begun.";
    case "planning":
      return "*Planning.* Looking at what can be done.";
    case "waiting":
      return waitingInWords(view, phase.until);
    case "acting":
      return "*Acting.*";
    case "holding":
      return `*Holding.* It helped; what was changed is given back ${moment(phase.until)}.`;
    case "undoing":
      return `*Undoing.* ${foreign(phase.why, 600)}`;
    case "closed":
      return `*Closed: ${phase.outcome}* ${moment(phase.at)}: ${foreign(phase.why, 600)}`;
  }
}

function waitingInWords(view: View, until: number): string {
  const { approval, now } = view;
  if (approval?.decision) {
    const { verdict, name, at } = approval.decision;
    const next = verdict === "approved" ? "Checking again, then acting." : "Nothing will be done.";
    return `*${verdict === "approved" ? "Approved" : "Denied"}* by ${foreign(name, 80)} ${moment(at)}. ${next}`;
  }
  if (approval?.withdrawn) return "*Withdrawn.* The situation has changed; a new plan is being made.";
  if (now >= until) return "*Too late to decide.* Nobody decided in time.";
  return `*Waiting for a decision* until ${moment(until)}. If nobody decides, nothing is done.`;
}

function facts(incident: Incident): string[] {
  const { runbook, trigger, root, seen, beganAt, deadlineAt, decision } = incident;
  return [
    `*Runbook*\n${code(runbook, 100)}`,
    `*Trigger*\n${code(trigger, 100)}`,
    `*About*\n${code(root, 200)}`,
    `*Began*\n${moment(beganAt)}`,
    `*Seen*\n${seen === 1 ? "once" : `${seen} times`}`,
    ...(deadlineAt === undefined ? [] : [`*Deadline*\n${moment(deadlineAt)}`]),
    ...(decision === undefined ? [] : [`*Decision*\n${foreign(decision, 200)}`]),
  ];
}

const explained = z.object({ why: z.string() }).transform(({ why }) => why);
const reasoned = z.object({ reason: z.string() }).transform(({ reason }) => reason);

/** Why the signal says so, if it says why: the detector's reason, or CloudWatch's. */
function reason({ signal }: Incident): KnownBlock[] {
  const read = explained.or(reasoned).safeParse(signal);
  return read.success ? [section(`*Why*\n${foreign(read.data, 600)}`)] : [];
}

function planInWords(plan: StoredPlan, state: Incident["phase"]["state"]): string {
  const title = state === "waiting" ? "If approved" : state === "closed" ? "The plan was" : "The plan";
  const lines = plan.steps.map((step, index) => `${index + 1}. ${stepInWords(step)}`);
  const verify = plan.verify ? `\nThen it is verified: ${code(plan.verify.condition, 100)}` : "";
  const steps = fold(lines, { linesMax: stepsMax, charsMax: 2_700 }, (from) => restInWords(plan.steps.slice(from)));
  return `*${title}*\n${steps}${verify}`;
}

function stepInWords(step: StoredStep): string {
  switch (step.kind) {
    case "action":
      return `${foreign(step.does, 200)} (${foreign(step.undo, 200)})${step.mayFail ? " – may fail" : ""}`;
    case "wait":
      return `wait ${inWords(step.for)}: ${foreign(step.why, 200)}`;
    case "until":
      return `wait until ${foreign(step.what, 200)}, at most ${inWords(step.within)}; otherwise the plan has failed`;
    case "check":
      return `check that ${foreign(step.what, 200)}; otherwise the plan has failed`;
    case "say":
      return `say: ${foreign(step.text, 200)}`;
  }
}

/** Steps that have no line of their own are still counted by kind: nobody approves an action that they were not told of. */
function restInWords(steps: readonly StoredStep[]): string {
  const counts = new Map<string, number>();
  for (const step of steps) {
    const kind = step.kind === "action" ? step.action : step.kind;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].map(([kind, count]) => `${count} × ${code(kind, 60)}`);
  const which = fold(
    kinds,
    { linesMax: 6, charsMax: 500, separator: ", " },
    (from) => `${kinds.length - from} more kinds`,
  );
  return `and ${steps.length} more: ${which}`;
}

function touchesInWords(plan: StoredPlan): string {
  const targets = [...new Set(actionsOf(plan).flatMap(({ touches }) => touches))];
  const names = targets.map((target) => code(target, 120));
  const list = fold(
    names,
    { linesMax: targetsMax, charsMax: 1_500, separator: ", " },
    (from) => `and ${names.length - from} more`,
  );
  const { fleet } = plan;
  // Limits by share count the root resource of the incident, so that is what the share here means, too.
  const share = fleet ? `\nOne of ${fleet.size} in ${code(fleet.scope, 120)} (${percent(1 / fleet.size)})` : "";
  return `*Touches ${targets.length}*\n${list || "nothing"}${share}`;
}

const percent = (share: number): string => (share < 0.01 ? "under 1 %" : `${Math.round(share * 100)} %`);

function mayDecide({ incident, approval, settings }: View & { approval: Approval }): string {
  const names = settings.approvers
    .filter(({ may, slack }) => (may.includes("*") || may.includes(incident.runbook)) && slack !== approval.requestedBy)
    .map(({ name }) => foreign(name, 60));
  if (names.length === 0)
    return "Nobody may decide about this runbook: `approvers` in `paramedic.config.ts` names nobody for it.";
  const all = { linesMax: approversMax, charsMax: 1_000, separator: ", " };
  return `May decide: ${fold(names, all, (from) => `and ${names.length - from} more`)}`;
}

/** The buttons carry the opaque id of the question and nothing else. */
function ask({ id }: Approval): KnownBlock {
  return {
    type: "actions",
    block_id: "decision",
    elements: [
      {
        type: "button",
        action_id: buttons.approve,
        style: "primary",
        value: id,
        text: { type: "plain_text", text: "Approve" },
      },
      {
        type: "button",
        action_id: buttons.deny,
        style: "danger",
        value: id,
        text: { type: "plain_text", text: "Deny" },
      },
    ],
  };
}

/** `verbatim`: Slack makes no links or mentions out of what looks like one. */
const mrkdwn = (text: string): MrkdwnElement => ({ type: "mrkdwn", text, verbatim: true });
const section = (text: string): KnownBlock => ({ type: "section", text: mrkdwn(text) });
const context = (text: string): KnownBlock => ({ type: "context", elements: [mrkdwn(text)] });
