import { useState } from "react";
import type { ConsoleState, Mishap } from "../state.ts";
import { send } from "./send.ts";
import { clockTime, dayOf } from "./words.ts";

/** What the buttons do, by the groups in which they stand. */
const groups: readonly { name: string; buttons: readonly { mishap: Mishap; label: string; done: string }[] }[] = [
  {
    name: "Estate",
    buttons: [
      { mishap: "interrupt", label: "Interrupt a spot instance", done: "EC2 has given notice to a spot instance." },
      { mishap: "slow", label: "Slow the service down", done: "The service is getting slower." },
      { mishap: "recover", label: "Let it recover", done: "The service is recovering." },
    ],
  },
  {
    name: "Time",
    buttons: [
      { mishap: "skip-minute", label: "Skip 1 min", done: "Skipped a minute." },
      { mishap: "skip-ten-minutes", label: "Skip 10 min", done: "Skipped ten minutes." },
    ],
  },
];

const halt = { mishap: "halt", label: "Halt the bot", done: "Halted: nothing acts until you resume." } as const;
const resume = { mishap: "resume", label: "Resume the bot", done: "Resumed." } as const;

/** How things are in one sentence, the simulated time, and the buttons that make things happen. */
export function Header({ state, trouble }: { state?: ConsoleState; trouble?: string }) {
  const [said, setSaid] = useState<{ text: string; failed: boolean }>();
  const cause = async ({ mishap, done }: { mishap: Mishap; done: string }): Promise<void> => {
    const sent = await send("/api/cause", { mishap });
    setSaid(sent.ok ? { text: done, failed: false } : { text: sent.why, failed: true });
  };
  const stop = state?.halted ? resume : halt;
  const { tone, text, message } = sentence(state, trouble);

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
        {groups.map(({ name, buttons }) => (
          <div key={name} className="group" role="group" aria-label={name}>
            {buttons.map((button) => (
              <button key={button.mishap} type="button" onClick={() => void cause(button)}>
                {button.label}
              </button>
            ))}
          </div>
        ))}
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

interface Sentence {
  readonly tone: "good" | "busy" | "asks" | "bad" | "quiet";
  readonly text: string;
  /** The message in Slack to go to. */
  readonly message?: string;
}

/** What somebody who has just been woken must know first. */
function sentence(state: ConsoleState | undefined, trouble: string | undefined): Sentence {
  if (!state) return trouble ? { tone: "bad", text: trouble } : { tone: "quiet", text: "Connecting…" };
  if (trouble) return { tone: "bad", text: `${trouble}. This is how it was at ${clockTime(state.now)}.` };
  if (state.halted) return { tone: "bad", text: `Halted by ${state.halted.by}: ${state.halted.why}` };
  const open = state.incidents.filter(({ phase }) => phase.state !== "closed");
  const waiting = open.filter(({ phase }) => phase.state === "waiting");
  const [first] = waiting;
  if (first) {
    const text = waiting.length === 1 ? "One incident waits" : `${waiting.length} incidents wait`;
    return { tone: "asks", text: `${text} for a decision`, message: first.card?.ts };
  }
  if (open.length === 0) return { tone: "good", text: "All quiet" };
  return { tone: "busy", text: `${open.length === 1 ? "One incident" : `${open.length} incidents`} in hand` };
}
