import type { ConsoleState } from "../state.ts";
import { clockTime, countOf } from "./words.ts";

export interface Sentence {
  readonly tone: "good" | "busy" | "asks" | "bad" | "quiet";
  readonly text: string;
  /** The message in Slack to go to. */
  readonly message?: string;
}

/** So long ago nobody can do anything about it any more. */
const lateMs = 10 * 60_000;

/** What somebody who has just been woken must know first. */
export function sentenceOf(state: ConsoleState | undefined, trouble: string | undefined): Sentence {
  if (!state) return trouble ? { tone: "bad", text: trouble } : { tone: "quiet", text: "Connecting…" };
  if (trouble) return { tone: "bad", text: `${trouble}. This is how it was at ${clockTime(state.now)}.` };
  const [halted] = state.halts;
  if (halted) {
    const what = halted.scope === undefined ? "" : ` (${halted.scope})`;
    return { tone: "bad", text: `Halted by ${halted.by}${what}: ${halted.why}` };
  }
  const open = state.incidents.filter(({ phase }) => phase.state !== "closed");
  const waiting = open.filter(({ phase }) => phase.state === "waiting");
  const [first] = waiting;
  if (first) {
    const text = waiting.length === 1 ? "One incident waits" : `${waiting.length} incidents wait`;
    return { tone: "asks", text: `${text} for a decision`, ...(first.card && { message: first.card.ts }) };
  }
  const unhelped = unhelpedIn(state);
  const [why] = unhelped;
  const rest = why === undefined ? "" : `${countOf(unhelped.length, "incident")} not helped: ${why}`;
  if (open.length > 0) {
    const text = `${open.length === 1 ? "One incident" : `${open.length} incidents`} in hand`;
    return rest ? { tone: "bad", text: `${text}, ${rest}` } : { tone: "busy", text };
  }
  if (rest) return { tone: "bad", text: `Nothing in hand, but ${rest}` };
  return { tone: "good", text: "All quiet" };
}

/** Why incidents were lately left to people, newest first: refused by a limit, too late, or beyond what the bot can do. */
function unhelpedIn({ incidents, now }: ConsoleState): string[] {
  return incidents
    .toSorted((a, b) => b.openedAt - a.openedAt)
    .flatMap(({ phase, decision }) => {
      if (phase.state !== "closed" || phase.at < now - lateMs) return [];
      // What a person has said no to is as they want it.
      const isLeft =
        phase.outcome === "escalated" ||
        phase.outcome === "expired" ||
        (phase.outcome === "refused" && decision === undefined);
      return isLeft ? [phase.why] : [];
    });
}
