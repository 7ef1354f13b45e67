import { memo, useState } from "react";
import type { ConsoleState } from "../state.ts";
import type { ShownIncident } from "./incidents.tsx";
import { MessagePart } from "./message.tsx";
import { count } from "./words.ts";

/** More than anyone reads on a page; what is older is counted. */
const shownMax = 50;

interface ChannelProps {
  readonly channel: ConsoleState["channel"];
  readonly people: ConsoleState["people"];
  readonly incidents: readonly ShownIncident[];
}

/**
 * The bot's channel in Slack, with buttons that click as the person one has chosen to be.
 *
 * Newest first, unlike in Slack: what asks for a decision is at the top, beside the incident it is about.
 */
export const Channel = memo(function Channel({ channel, people, incidents }: ChannelProps) {
  const [chosen, choose] = useState<string>();
  const person = people.find(({ id }) => id === chosen) ?? people[0];
  const newestFirst = channel.toSorted((a, b) => Number(b.ts) - Number(a.ts));
  return (
    <section className="pane slack" id="slack" aria-labelledby="slack-title" tabIndex={-1}>
      <div className="head">
        <h2 id="slack-title">Slack</h2>
        <label>
          You are{" "}
          <select value={person?.id} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {people.map(({ id, name, approver }) => (
              <option key={id} value={id}>
                {name}
                {approver ? " (approver)" : " (not an approver)"}
              </option>
            ))}
          </select>
        </label>
      </div>
      {channel.length === 0 && <p className="empty">Nothing yet. The bot posts here when there is an incident.</p>}
      {newestFirst.slice(0, shownMax).map((message) => (
        <MessagePart
          key={message.ts}
          message={message}
          people={people}
          you={person?.id}
          // Slack's own time of a message is the real one; the card appears when the bot has heard of the incident.
          at={incidents.find(({ card }) => card?.ts === message.ts)?.openedAt}
        />
      ))}
      {newestFirst.length > shownMax && <p className="empty">and {count(newestFirst.length - shownMax)} older</p>}
    </section>
  );
});
