import { useState } from "react";
import type { Outcome, Phase } from "../../../src/incidents/incident.ts";
import type { ShownIncident } from "../state.ts";
import { type GateAnswer, gatesOf } from "./gates.ts";
import { Plan } from "./plan.tsx";
import { Story } from "./story.tsx";
import { ago, clockTime, count, countdown, dateTime, isoTime, offset } from "./words.ts";
import { WithIds } from "./with-ids.tsx";

/** More than anyone reads on a page; what is older is counted. */
const shownMax = 50;

/** The incidents, newest first. */
export function Incidents({ incidents, now }: { incidents: readonly ShownIncident[]; now: number }) {
  const newestFirst = incidents.toSorted((a, b) => b.openedAt - a.openedAt);
  return (
    <>
      {incidents.length === 0 && (
        <p className="empty">
          None so far. Break something: interrupt a spot instance, or slow the service down, and the bot will find out.
        </p>
      )}
      {newestFirst.slice(0, shownMax).map((incident) => (
        <IncidentPart key={incident.id} incident={incident} now={now} />
      ))}
      {newestFirst.length > shownMax && <p className="empty">and {count(newestFirst.length - shownMax)} older</p>}
    </>
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
    partOf,
    autonomy,
    approval,
    journal,
  } = incident;
  // Said once, when it appears: afterwards, opening and closing is the reader's alone.
  const [openAtFirst] = useState(phase.state !== "closed");
  const state = phase.state === "closed" ? phase.outcome : phase.state;
  return (
    <details className="incident" open={openAtFirst} id={`incident-${id}`}>
      <summary>
        <span className={`state state-${tones[state]}`}>{state}</span>
        <bdi className="title">
          <WithIds>{title}</WithIds>
        </bdi>
        <time className="quiet age" dateTime={isoTime(openedAt)} title={`${dateTime(openedAt)} UTC`}>
          {ago(now - openedAt)}
        </time>
        <span className="about">
          <bdi className="mono">{runbook}</bdi>
          {autonomy && ` (${autonomy})`} · {seen === 1 ? "seen once" : `seen ${count(seen)}×`}
          {firstActionAt !== undefined && ` · first action ${offset(firstActionAt - beganAt)}`}
        </span>
      </summary>
      <div className="body">
        <p className="phase">
          <bdi>
            <WithIds>{phaseInWords(phase, now, approval)}</WithIds>
            {deadlineAt !== undefined &&
              phase.state !== "closed" &&
              ` ${now < deadlineAt ? `The deadline is in ${countdown(deadlineAt - now)}.` : "The deadline has passed."}`}
          </bdi>
        </p>
        <h4>
          Story <span className="quiet">since {clockTime(beganAt)} UTC, when it began</span>
        </h4>
        <Story story={incident.story} beganAt={beganAt} openedAt={openedAt} />
        <h4>Gates</h4>
        <Gates gates={gatesOf(incident, now)} />
        {plan && (
          <Plan
            plan={plan}
            story={incident.story}
            journal={journal}
            approval={approval}
            usdPerHour={incident.usdPerHour}
          />
        )}
        <dl className="facts">
          {decision && <Fact name="Decision">{decision}</Fact>}
          <Fact name="About">{root}</Fact>
          <Fact name="Trigger">{trigger}</Fact>
          {deadlineAt !== undefined && (
            <Fact name="Deadline">{`${clockTime(deadlineAt)} UTC (${offset(deadlineAt - beganAt)})`}</Fact>
          )}
          {partOf !== undefined && (
            <div>
              <dt>Part of</dt>
              <dd>
                <a href={`#incident-${partOf}`}>{partOf}</a>
              </dd>
            </div>
          )}
          <Fact name="Incident">{id}</Fact>
        </dl>
      </div>
    </details>
  );
}

/** What each gate said, in their order. */
function Gates({ gates }: { gates: readonly GateAnswer[] }) {
  return (
    <ul className="gates">
      {gates.map(({ gate, said, why }) => (
        <li key={gate} className={`said-${said}`}>
          <span className="gate">{gate}</span> <span className="verdict">{said}</span>
          <bdi className="quiet">{why}</bdi>
        </li>
      ))}
    </ul>
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
  halted: "asks",
  holding: "holds",
  undoing: "asks",
  healed: "good",
  undone: "quiet",
  refused: "quiet",
  skipped: "quiet",
  expired: "quiet",
  escalated: "bad",
};

function phaseInWords(phase: Phase, now: number, approval: ShownIncident["approval"]): string {
  switch (phase.state) {
    case "open":
      return "Found; the remediation has not begun.";
    case "planning":
      return "Looking at what can be done.";
    case "waiting":
      return waitInWords(phase, now, approval);
    case "acting":
      return "Acting.";
    case "halted":
      return `Halted: ${phase.why}.`;
    case "holding":
      return `It helped. What was changed is given back at ${clockTime(phase.until)} UTC, in ${countdown(phase.until - now)}.`;
    case "undoing":
      return `Undoing: ${phase.why}`;
    case "closed":
      return `Closed at ${clockTime(phase.at)} UTC: ${phase.why}`;
  }
}

/** How long there is to decide, what happens in the end, and how many have to say yes. */
function waitInWords({ until }: { until: number }, now: number, approval: ShownIncident["approval"]): string {
  if (now >= until) return "The time to decide has passed.";
  const left = `${countdown(until - now)}, until ${clockTime(until)} UTC`;
  if (approval?.silence === "goes") return `Goes ahead in ${left}, unless somebody objects.`;
  const { needs = 1, assents = [] } = approval ?? {};
  const quorum = needs > 1 ? ` ${assents.length} of ${needs} have approved.` : "";
  return `Waits for a decision for another ${left}.${quorum} If nobody decides, nothing is done.`;
}
