import { memo } from "react";
import type { Entry } from "../../../src/engine/journal.ts";
import type { StoredPlan, StoredStep } from "../../../src/runbook/plan.ts";
import type { Line } from "../../../src/incidents/story.ts";
import type { ShownIncident } from "../state.ts";
import { saidBy } from "./diff.ts";
import { clockTime, length, planned } from "./words.ts";
import { WithIds } from "./with-ids.tsx";

interface PlanProps {
  readonly plan: StoredPlan;
  readonly story: readonly Line[];
  readonly journal: readonly Entry[];
  readonly approval: ShownIncident["approval"];
  readonly usdPerHour: ShownIncident["usdPerHour"];
}

/** What is to be done, how each part of it is undone, what it costs, and what has become of it in the world. */
export const Plan = memo(function Plan({ plan, story, journal, approval, usdPerHour }: PlanProps) {
  const narrowed = approval?.decision?.narrowing && approval.decision.name;
  return (
    <>
      <h4>
        Plan <span className="quiet mono">{plan.hash.slice(0, 12)}</span>
        <span className="quiet">
          {plan.fleet && (
            <>
              {" "}
              · one of {plan.fleet.size} in <bdi>{plan.fleet.scope}</bdi>
            </>
          )}{" "}
          · {costInWords(usdPerHour)}
        </span>
      </h4>
      {narrowed && <p className="narrowed">Narrowed by {narrowed}: less is done than was proposed.</p>}
      <ol className="plan">
        {plan.steps.map((step, index) => (
          // A plan never changes: another one has another hash.
          <li key={`${plan.hash} ${index}`}>
            <StepPart step={step} became={becameOf(story, index)} entry={journal.find((one) => one.step === index)} />
          </li>
        ))}
        {plan.verify && (
          <li className="verify">
            <span className="does">
              verify: <bdi className="mono">{plan.verify.condition}</bdi>
            </span>
          </li>
        )}
      </ol>
    </>
  );
});

function StepPart({ step, became, entry }: { step: StoredStep; became?: string; entry?: Entry }) {
  const { does, more } = stepInWords(step);
  return (
    <>
      <span className="does">
        <bdi>
          <WithIds>{does}</WithIds>
        </bdi>
        {became && <span className={`became became-${became === "done" ? "done" : "other"}`}>{became}</span>}
      </span>
      {more && (
        <span className="under">
          <bdi>
            <WithIds>{more}</WithIds>
          </bdi>
        </span>
      )}
      {entry && <Change entry={entry} />}
    </>
  );
}

/** The world before and after one action, as the journal has it: what an undo goes back to, and what came of it. */
function Change({ entry: { before, out, state, tookMs, leaseUntil } }: { entry: Entry }) {
  const was = saidBy(before);
  const is = saidBy(out);
  const more = [
    ...(tookMs === undefined ? [] : [`took ${length(tookMs)}`]),
    ...(leaseUntil === undefined ? [] : [`lent until ${clockTime(leaseUntil)}`]),
  ].join(" · ");
  return (
    <dl className="change">
      <div className="was">
        <dt>before</dt>
        <dd>{was ? <bdi>{was}</bdi> : <span className="quiet">nothing to go back to</span>}</dd>
      </div>
      <div className="is">
        <dt>{state === "undone" ? "undone" : "after"}</dt>
        <dd>
          <bdi>{state === "intended" ? "not known yet" : state === "undone" ? "as before" : is || state}</bdi>
          {more && <span className="quiet"> {more}</span>}
        </dd>
      </div>
    </dl>
  );
}

function costInWords(usdPerHour: number | null | undefined): string {
  if (usdPerHour === null) return "nobody knows what it costs";
  return usdPerHour ? `$${usdPerHour.toFixed(2)} an hour` : "adds nothing to the bill";
}

function stepInWords(step: StoredStep): { does: string; more?: string } {
  switch (step.kind) {
    case "action": {
      const { does, undo, mayFail, usdPerHour } = step;
      const cost =
        usdPerHour === undefined ? [] : [usdPerHour === null ? "cost unknown" : `$${usdPerHour.toFixed(2)}/h`];
      return { does, more: [undo, ...(mayFail ? ["may fail"] : []), ...cost].join(" · ") };
    }
    case "wait":
      return { does: `wait ${planned(step.for)}`, more: step.why };
    case "until":
      return {
        does: `wait until ${step.what}`,
        more: `looks every ${planned(step.every)}; not within ${planned(step.within)}: the plan has failed`,
      };
    case "check":
      return { does: `check that ${step.what}`, more: "otherwise the plan has failed" };
    case "say":
      return { does: `say: ${step.text}` };
  }
}

/** What the story last said about a step. Its keys name the step by its place in the plan: `done 0`, `undone 0`. */
function becameOf(story: readonly Line[], index: number): string | undefined {
  const told = story.findLast(({ key }) => ends.some((end) => key === `${end} ${index}`));
  return told?.key.slice(0, told.key.lastIndexOf(" "));
}

const ends = ["done", "failed", "not done", "kept", "undone", "undo failed"];
