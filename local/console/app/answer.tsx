import type { SlackAnswer } from "../state.ts";
import { Blocks } from "./blocks.tsx";
import type { Sent } from "./send.ts";
import { fromSlack } from "./words.ts";

/** What the bot has said to one person alone. */
export interface Told {
  readonly text: string;
  readonly blocks?: readonly unknown[];
}

/**
 * What is shown of an answer. Slack says nothing after a click by itself: only what the bot answers is shown, and that
 * something went wrong. `undefined`: a form says the rest.
 */
export function answerOf(sent: Sent, otherwise: string): Told | undefined {
  if (!sent.ok) return { text: sent.why };
  const { status, text, blocks, view } = sent.body as SlackAnswer;
  if (status >= 400) return { text: `Slack was answered with ${status}${text ? `: ${fromSlack(text)}` : "."}` };
  if (blocks && blocks.length > 0) return { text: fromSlack(text ?? ""), blocks };
  if (text) return { text: fromSlack(text) };
  return view ? undefined : { text: otherwise };
}

/** An answer that only the person who asked sees, as Slack shows it. */
export function Answer({ told }: { told: Told | undefined }) {
  return (
    <div className="answer" aria-live="polite">
      {told && (
        <>
          <span className="quiet">Only visible to you</span>
          {told.blocks ? (
            <Blocks blocks={told.blocks} text={told.text} ts="answer" onPress={() => {}} />
          ) : (
            <p>
              <strong>Paramedic</strong> <bdi className="said-text">{told.text}</bdi>
            </p>
          )}
        </>
      )}
    </div>
  );
}
