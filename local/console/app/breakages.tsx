import { memo } from "react";
import type { ConsoleState, Mishap } from "../state.ts";
import { breakages } from "./breakage.ts";

interface BreakagesProps {
  readonly troubles: ConsoleState["troubles"];
  readonly onCause: (what: { mishap: Mishap; done: string }) => void;
}

/** Buttons that break things, each with what to expect; those whose trouble is on end it. Escape closes the list. */
export const Breakages = memo(function Breakages({ troubles, onCause }: BreakagesProps) {
  return (
    <>
      <button type="button" className="break" popoverTarget="breakages">
        Break something…
        {troubles.length > 0 && <span className="quiet"> {troubles.length} on</span>}
      </button>
      <div id="breakages" popover="auto" role="group" aria-label="Break something">
        <ul>
          {breakages.map((breakage) => {
            const isOn = troubles.includes(breakage.mishap);
            const offered = isOn && breakage.mend ? breakage.mend : breakage;
            return (
              <li key={breakage.mishap}>
                <button
                  type="button"
                  className={isOn ? "mend" : undefined}
                  aria-describedby={`expect-${breakage.mishap}`}
                  onClick={() => onCause(offered)}
                >
                  {offered.label}
                </button>
                <p id={`expect-${breakage.mishap}`} className="quiet">
                  {isOn && <strong>On now. </strong>}
                  {breakage.expect}
                </p>
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
});
