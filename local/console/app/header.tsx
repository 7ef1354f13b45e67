import { useEffect, useState } from "react";
import type { ConsoleState, Mishap } from "../state.ts";
import { Breakages } from "./breakages.tsx";
import { halt, resume, skips } from "./breakage.ts";
import { send } from "./send.ts";
import { sentenceOf } from "./sentence.ts";
import { clockTime, dayOf } from "./words.ts";

/** How things are in one sentence, the simulated time, and the buttons that make things happen. */
export function Header({ state, trouble }: { state?: ConsoleState; trouble?: string }) {
  const [said, setSaid] = useState<{ text: string; failed: boolean }>();
  const cause = async ({ mishap, done }: { mishap: Mishap; done: string }): Promise<void> => {
    // Skipping time takes a while, in which everything that happens every ten seconds happens.
    setSaid({ text: "…", failed: false });
    const sent = await send("/api/cause", { mishap });
    setSaid(sent.ok ? { text: done, failed: false } : { text: sent.why, failed: true });
  };
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const skip = event.altKey ? skips.find(({ key }) => event.code === `Digit${key}`) : undefined;
      if (!skip) return;
      event.preventDefault();
      void cause(skip);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  const stop = state && state.halts.length > 0 ? resume : halt;
  const { tone, text, message } = sentenceOf(state, trouble);

  return (
    <header className="top">
      <div className="top-row">
        <h1>
          <img src="/icon.svg" alt="" width="22" height="22" /> Paramedic <span className="quiet">local</span>
        </h1>
        <p className={`sentence tone-${tone}`} role="status">
          <span className="dot" />
          <bdi>{message ? <a href={`#message-${message}`}>{text}</a> : text}</bdi>
        </p>
        <nav aria-label="Parts of the page">
          <a href="#estate">Estate</a>
          <a href="#incidents">Incidents</a>
          <a href="#slack">Slack</a>
        </nav>
        {state && (
          <p className="clock" title="Simulated time">
            <span className="quiet">{dayOf(state.now)}</span> <time>{clockTime(state.now)}</time>{" "}
            <span className="quiet">UTC · {state.speed}×</span>
          </p>
        )}
      </div>
      <div className="top-row tools">
        <Breakages troubles={state?.troubles ?? []} onCause={(what) => void cause(what)} />
        <div className="group" role="group" aria-label="Time">
          {skips.map((skip) => (
            <button
              key={skip.mishap}
              type="button"
              aria-keyshortcuts={`Alt+${skip.key}`}
              title={`Alt+${skip.key}`}
              onClick={() => void cause(skip)}
            >
              {skip.label}
            </button>
          ))}
        </div>
        <button type="button" className={stop === halt ? "halt" : "resume"} onClick={() => void cause(stop)}>
          {stop.label}
        </button>
        <p className={said?.failed ? "said failed" : "said"} aria-live="polite">
          {said?.text}
        </p>
      </div>
    </header>
  );
}
