import { memo } from "react";
import type { Line } from "../../../src/incidents/story.ts";
import type { StoredPlan, StoredStep } from "../../../src/runbook/plan.ts";
import { planned } from "./words.ts";

/** What is to be done, how each part of it is undone, and what has become of it. */
export const Plan = memo(function Plan({ plan, story }: { plan: StoredPlan; story: readonly Line[] }) {
  return (
    <>
      <h4>
        Plan <span className="quiet mono">{plan.hash.slice(0, 12)}</span>
        {plan.fleet && (
          <span className="quiet">
            {" "}
            · one of {plan.fleet.size} in <bdi>{plan.fleet.scope}</bdi>
          </span>
        )}
      </h4>
      <ol className="plan">
        {plan.steps.map((step, index) => (
          // A plan never changes: another one has another hash.
          <li key={`${plan.hash} ${index}`}>
            <StepPart step={step} became={becameOf(story, index)} />
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

function StepPart({ step, became }: { step: StoredStep; became?: string }) {
  const { does, more } = stepInWords(step);
  return (
    <>
      <span className="does">
        <bdi>{does}</bdi>
        {became && <span className={`became became-${became === "done" ? "done" : "other"}`}>{became}</span>}
      </span>
      {more && (
        <span className="under">
          <bdi>{more}</bdi>
        </span>
      )}
    </>
  );
}

function stepInWords(step: StoredStep): { does: string; more?: string } {
  switch (step.kind) {
    case "action":
      return { does: step.does, more: `${step.undo}${step.mayFail ? " · may fail" : ""}` };
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
