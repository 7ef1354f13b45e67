import { memo } from "react";
import type { ConsoleState, ShownIncident, SlackAnswer } from "../state.ts";
import { MessagePart } from "./message.tsx";
import { count } from "./words.ts";

/** More than anyone reads on a page; what is older is counted. */
const shownMax = 50;

interface ChannelProps {
  readonly channel: ConsoleState["channel"];
  readonly people: ConsoleState["people"];
  readonly incidents: readonly ShownIncident[];
  /** Who clicks. */
  readonly you: string | undefined;
  readonly onAnswer: (answer: SlackAnswer) => void;
}

/**
 * The bot's channel in Slack, with buttons that click as the person one has chosen to be.
 *
 * Newest first, unlike in Slack: what asks for a decision is at the top, beside the incident it is about.
 */
export const Channel = memo(function Channel({ channel, people, incidents, you, onAnswer }: ChannelProps) {
  const newestFirst = channel.toSorted((a, b) => Number(b.ts) - Number(a.ts));
  return (
    <>
      {channel.length === 0 && <p className="empty">Nothing yet. The bot posts here when there is an incident.</p>}
      {newestFirst.slice(0, shownMax).map((message) => (
        <MessagePart
          key={message.ts}
          message={message}
          people={people}
          you={you}
          // Slack's own time of a message is the real one; the card appears when the bot has heard of the incident.
          at={incidents.find(({ card }) => card?.ts === message.ts)?.openedAt}
          onAnswer={onAnswer}
        />
      ))}
      {newestFirst.length > shownMax && <p className="empty">and {count(newestFirst.length - shownMax)} older</p>}
    </>
  );
});
