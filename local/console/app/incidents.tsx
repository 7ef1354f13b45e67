import { useState } from "react";
import type { Outcome, Phase } from "../../../src/incidents/incident.ts";
import type { ConsoleState } from "../state.ts";
import { Plan } from "./plan.tsx";
import { Story } from "./story.tsx";
import { ago, clockTime, count, countdown, dateTime, isoTime, offset } from "./words.ts";

export type ShownIncident = ConsoleState["incidents"][number];

/** More than anyone reads on a page; what is older is counted. */
const shownMax = 50;

/** The incidents, newest first. */
export function Incidents({ incidents, now }: { incidents: readonly ShownIncident[]; now: number }) {
  const newestFirst = incidents.toSorted((a, b) => b.openedAt - a.openedAt);
  return (
    <section className="pane" id="incidents" aria-labelledby="incidents-title" tabIndex={-1}>
      <div className="head">
        <h2 id="incidents-title">Incidents</h2>
        {incidents.length > 0 && <span className="quiet">{count(incidents.length)}, newest first</span>}
      </div>
      {incidents.length === 0 && (
        <p className="empty">
          None so far. Interrupt a spot instance, or slow the service down, and the bot will find out.
        </p>
      )}
      {newestFirst.slice(0, shownMax).map((incident) => (
        <IncidentPart key={incident.id} incident={incident} now={now} />
      ))}
      {newestFirst.length > shownMax && <p className="empty">and {count(newestFirst.length - shownMax)} older</p>}
    </section>
  );
}

function IncidentPart({ incident, now }: { incident: ShownIncident; now: number }) {
  const {
    id,
    phase,
    title,
    runbook,
    trigger,
    root,
    seen,
    beganAt,
    openedAt,
    deadlineAt,
    firstActionAt,
    decision,
    plan,
  } = incident;
  // Said once, when it appears: afterwards, opening and closing is the reader's alone.
  const [openAtFirst] = useState(phase.state !== "closed");
  const state = phase.state === "closed" ? phase.outcome : phase.state;
  return (
    <details className="incident" open={openAtFirst} data-incident={id}>
      <summary>
        <span className={`state state-${tones[state]}`}>{state}</span>
        <bdi className="title">{title}</bdi>
        <time className="quiet age" dateTime={isoTime(openedAt)} title={`${dateTime(openedAt)} UTC`}>
          {ago(now - openedAt)}
        </time>
        <span className="about">
          <bdi className="mono">{runbook}</bdi> · {seen === 1 ? "seen once" : `seen ${count(seen)}×`}
          {firstActionAt !== undefined && ` · first action ${offset(firstActionAt - beganAt)}`}
        </span>
      </summary>
      <div className="body">
        <p className="phase">
          <bdi>
            {phaseInWords(phase, now)}
            {deadlineAt !== undefined &&
              phase.state !== "closed" &&
              ` ${now < deadlineAt ? `The deadline is in ${countdown(deadlineAt - now)}.` : "The deadline has passed."}`}
          </bdi>
        </p>
        <h4>
          Story <span className="quiet">since {clockTime(beganAt)} UTC, when it began</span>
        </h4>
        <Story story={incident.story} beganAt={beganAt} openedAt={openedAt} />
        {plan && <Plan plan={plan} story={incident.story} />}
        <dl className="facts">
          {decision && <Fact name="Decision">{decision}</Fact>}
          <Fact name="About">{root}</Fact>
          <Fact name="Trigger">{trigger}</Fact>
          {deadlineAt !== undefined && (
            <Fact name="Deadline">{`${clockTime(deadlineAt)} UTC (${offset(deadlineAt - beganAt)})`}</Fact>
          )}
          <Fact name="Incident">{id}</Fact>
        </dl>
      </div>
    </details>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}

const tones: Readonly<Record<Exclude<Phase["state"], "closed"> | Outcome, string>> = {
  open: "busy",
  planning: "busy",
  waiting: "asks",
  acting: "busy",
  holding: "holds",
  undoing: "asks",
  healed: "good",
  undone: "quiet",
  refused: "quiet",
  skipped: "quiet",
  expired: "quiet",
  escalated: "bad",
};

function phaseInWords(phase: Phase, now: number): string {
  switch (phase.state) {
    case "open":
      return "Found; the remediation has not begun.";
    case "planning":
      return "Looking at what can be done.";
    case "waiting":
      return now < phase.until
        ? `Waits for a decision for another ${countdown(phase.until - now)}, until ${clockTime(phase.until)} UTC. If nobody decides, nothing is done.`
        : "The time to decide has passed.";
    case "acting":
      return "Acting.";
    case "holding":
      return `It helped. What was changed is given back at ${clockTime(phase.until)} UTC, in ${countdown(phase.until - now)}.`;
    case "undoing":
      return `Undoing: ${phase.why}`;
    case "closed":
      return `Closed at ${clockTime(phase.at)} UTC: ${phase.why}`;
  }
}
