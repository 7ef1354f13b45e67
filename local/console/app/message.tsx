import { memo, type MouseEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Message } from "slack-blocks-to-jsx";
import type { ChannelMessage, ClickAnswer, ConsoleState } from "../state.ts";
import { toRenderable } from "./blocks.ts";
import { Fallback } from "./fallback.tsx";
import { hooks } from "./hooks.tsx";
import { send } from "./send.ts";
import { useTheme } from "./theme.ts";
import { fromSlack, hourTime, isoTime } from "./words.ts";

interface MessageProps {
  readonly message: ChannelMessage;
  readonly people: ConsoleState["people"];
  /** Who clicks. */
  readonly you: string | undefined;
  /** When it was posted, in simulated time, if that is known. */
  readonly at: number | undefined;
}

/** One message with its thread, as Slack renders it, and what only you see below it. */
export const MessagePart = memo(function MessagePart({ message, people, you, at }: MessageProps) {
  const theme = useTheme();
  const place = useRef<HTMLElement>(null);
  const { blocks, presses } = useMemo(() => toRenderable(message.blocks, message.ts), [message.blocks, message.ts]);
  const [answers, setAnswers] = useState<Readonly<Record<string, string>>>({});
  const [isBusy, setBusy] = useState(false);
  const pressed = useRef<Element>(null);
  const isApp = !people.some(({ id }) => id === message.user);
  const nameOf = (id: string): string => people.find((person) => person.id === id)?.name ?? "Paramedic";

  const onClick = async ({ target }: MouseEvent): Promise<void> => {
    const button = target instanceof Element ? target.closest("button") : null;
    const press = button && presses.get(button.id);
    if (!press || !you || isBusy) return;
    setBusy(true);
    pressed.current = button;
    const sent = await send("/api/click", { user: you, ts: message.ts, ...press });
    setAnswers((was) => ({ ...was, [you]: sent.ok ? answerInWords(sent.body) : sent.why }));
    setBusy(false);
  };

  // A decision takes the buttons away, and with them the focus. Whoever pressed one stays at this message.
  useLayoutEffect(() => {
    if (!pressed.current || pressed.current.isConnected) return;
    pressed.current = null;
    if (document.activeElement === document.body) place.current?.focus({ preventScroll: true });
  }, [blocks]);

  const answer = you === undefined ? undefined : answers[you];
  return (
    <article className="message" ref={place} tabIndex={-1} aria-busy={isBusy} id={`message-${message.ts}`}>
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
      {/* The buttons inside are real ones, so keys reach them: this only hears where a click came from. */}
      <div className="blocks" onClick={(event) => void onClick(event)}>
        <Fallback of={message.blocks} text={fromSlack(message.text)}>
          {blocks.length > 0 ? (
            <Message blocks={blocks} name="" logo="" withoutWrapper theme={theme} hooks={hooks} />
          ) : (
            <p className="plain">{fromSlack(message.text)}</p>
          )}
        </Fallback>
      </div>
      <div className="answer" aria-live="polite">
        {answer !== undefined && (
          <>
            <span className="quiet">Only visible to you</span>
            <p>
              <strong>Paramedic</strong> <bdi>{answer}</bdi>
            </p>
          </>
        )}
      </div>
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

/** Slack says nothing after a click by itself: only what the bot answers is shown, and that something went wrong. */
function answerInWords(body: unknown): string {
  const { status, text } = body as ClickAnswer;
  if (status >= 400) return `Slack was answered with ${status}${text ? `: ${fromSlack(text)}` : "."}`;
  return text ? fromSlack(text) : "The click was taken, without a word.";
}
