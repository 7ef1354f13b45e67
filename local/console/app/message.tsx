import { memo, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { ChannelMessage, ConsoleState, SlackAnswer } from "../state.ts";
import { Answer, answerOf, type Told } from "./answer.tsx";
import { Blocks } from "./blocks.tsx";
import { send } from "./send.ts";
import type { Press } from "./to-renderable.ts";
import { fromSlack, hourTime, isoTime } from "./words.ts";

interface MessageProps {
  readonly message: ChannelMessage;
  readonly people: ConsoleState["people"];
  /** Who clicks. */
  readonly you: string | undefined;
  /** When it was posted, in simulated time, if that is known. */
  readonly at: number | undefined;
  readonly onAnswer: (answer: SlackAnswer) => void;
}

/** One message with its thread, as Slack renders it, and what only you see below it. */
export const MessagePart = memo(function MessagePart({ message, people, you, at, onAnswer }: MessageProps) {
  const { ts, blocks } = message;
  const place = useRef<HTMLElement>(null);
  const [answers, setAnswers] = useState<Readonly<Record<string, Told | undefined>>>({});
  const [isBusy, setBusy] = useState(false);
  const pressed = useRef<Element>(null);
  const isApp = !people.some(({ id }) => id === message.user);
  const nameOf = (id: string): string => people.find((person) => person.id === id)?.name ?? "Paramedic";

  const press = async (what: Press, button: Element): Promise<void> => {
    if (you === undefined || isBusy) return;
    setBusy(true);
    pressed.current = button;
    const sent = await send("/api/click", { user: you, ts, ...what });
    setAnswers((was) => ({ ...was, [you]: answerOf(sent, "The click was taken, without a word.") }));
    if (sent.ok) onAnswer(sent.body as SlackAnswer);
    setBusy(false);
  };
  const latest = useRef(press);
  latest.current = press;
  const onPress = useCallback((what: Press, button: Element) => void latest.current(what, button), []);

  // A decision takes the buttons away, and with them the focus. Whoever pressed one stays at this message.
  useLayoutEffect(() => {
    if (!pressed.current || pressed.current.isConnected) return;
    pressed.current = null;
    if (document.activeElement === document.body) place.current?.focus({ preventScroll: true });
  }, [blocks]);

  return (
    <article className="message" ref={place} tabIndex={-1} aria-busy={isBusy} id={`message-${ts}`}>
      <Avatar name={nameOf(message.user)} isApp={isApp} />
      <div className="said-by">
        <strong>{nameOf(message.user)}</strong>
        {isApp && <span className="app-badge">APP</span>}
        {at !== undefined && (
          <time className="quiet" dateTime={isoTime(at)}>
            {hourTime(at)}
          </time>
        )}
      </div>
      <Blocks blocks={blocks} text={fromSlack(message.text)} ts={ts} onPress={onPress} />
      <Answer told={you === undefined ? undefined : answers[you]} />
      <Thread replies={message.replies} nameOf={nameOf} />
    </article>
  );
});

/** Closed at first, as in Slack, with its latest line in sight: an incident's thread is its story, which stands beside it. */
function Thread({ replies, nameOf }: { replies: ChannelMessage["replies"]; nameOf: (id: string) => string }) {
  const latest = replies.at(-1);
  if (!latest) return null;
  return (
    <details className="thread">
      <summary>
        <strong>
          {replies.length} {replies.length === 1 ? "reply" : "replies"}
        </strong>{" "}
        <bdi className="quiet">{fromSlack(latest.text)}</bdi>
      </summary>
      <ol>
        {replies.map(({ ts, user, text }) => (
          <li key={ts}>
            <strong>{nameOf(user)}</strong> <bdi>{fromSlack(text)}</bdi>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Avatar({ name, isApp }: { name: string; isApp: boolean }) {
  if (isApp) return <img className="avatar" src="/icon.svg" alt="" width="36" height="36" />;
  return (
    <span className="avatar" aria-hidden="true">
      {name.slice(0, 1)}
    </span>
  );
}
