import { inWords } from "../../src/engine/in-words.ts";
import type { StoredAction, StoredPlan } from "../../src/runbook/plan.ts";
import { signalInWords } from "../../src/signals/in-words.ts";
import type { Answer, Story } from "./bot.ts";
import type { Findings } from "./findings.ts";

/** What was assumed, since there is no account to look at. True of every incident; what is true of one is with it. */
export const assumptions = [
  "every event reaches the bot at the time it carries; with --now all of them reach it then",
  "nobody has halted the bot, and no change calendar is closed",
  "what it would do by itself helps, and what it would ask about is not decided in time",
] as const;

export const answerInWords = (answer: Answer): string =>
  answer.kind === "incident"
    ? `${answer.isNew ? "incident" : "one more event of incident"} ${answer.incident}`
    : answer.why;

/** A step of a plan in one line, and its way back if it is an action. */
export function stepInWords(step: StoredPlan["steps"][number]): { what: string; undo?: string } {
  switch (step.kind) {
    case "action":
      return { what: step.does, undo: step.mayFail ? `${step.undo}; if it fails, the rest goes on` : step.undo };
    case "wait":
      return { what: `wait ${inWords(step.for)}: ${step.why}` };
    case "until":
      return { what: `look every ${inWords(step.every)} until ${step.what}, at most ${inWords(step.within)}` };
    case "check":
      return { what: `stop unless ${step.what}` };
    case "say":
      return { what: `say: ${step.text}` };
  }
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

/** An incident and what would be done about it, as `--json` prints it. */
export const storyToJson = ({ incident, plan, decision, why, assuming, limit, operations }: Story) => ({
  id: incident.id,
  runbook: incident.runbook,
  title: incident.title,
  root: incident.root,
  began: iso(incident.beganAt),
  ...(incident.deadlineAt !== undefined && { deadline: iso(incident.deadlineAt) }),
  ...(incident.phase.state === "closed" && { until: iso(incident.phase.at) }),
  seen: incident.seen,
  plan: (plan?.steps ?? []).flatMap((step) =>
    step.kind === "action" ? [actionToJson(step, operations.get(step.action) ?? [])] : [],
  ),
  steps: (plan?.steps ?? []).map((step) => stepInWords(step).what),
  decision,
  why,
  ...(limit !== undefined && { limit }),
  assuming,
});

const actionToJson = ({ action, does, undo, touches, usdPerHour }: StoredAction, calls: readonly string[]) => ({
  action,
  does,
  undo,
  touches,
  calls,
  ...(usdPerHour !== undefined && { usdPerHour }),
});

/** Everything that was found, as `--json` prints it. Fields stay; others may join them. */
export function toJson(findings: Findings, stories: readonly Story[]) {
  const { files, events, signals, unreadable, late } = findings;
  return {
    files,
    events,
    signals,
    unreadable,
    late,
    unknown: Object.fromEntries(findings.unknown),
    anomalies: findings.anomalies
      .toSorted((a, b) => a.anomaly.at - b.anomaly.at)
      .map(({ series, anomaly: { at, value, expected, severity, why }, score, answer }) => ({
        series,
        at: iso(at),
        score,
        why,
        value,
        expected,
        severity,
        answer: answerInWords(answer),
      })),
    incidents: stories.map(storyToJson),
    series: [...findings.series].map(([series, { points, from, to, scored, abstained }]) => ({
      series,
      points,
      from: iso(from),
      to: iso(to),
      scored,
      abstained: Object.fromEntries(abstained),
    })),
    heard: findings.heard.map(({ file, line, signal, answer }) => ({
      file,
      line,
      kind: signal.kind,
      at: iso(signal.at),
      what: signalInWords(signal),
      answer: answer.kind,
      ...(answer.kind === "incident" ? { incident: answer.incident } : { why: answer.why }),
    })),
    problems: findings.faults,
    more: findings.more,
    assuming: assumptions,
  };
}
