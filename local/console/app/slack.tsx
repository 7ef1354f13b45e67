import { useState } from "react";
import type { ConsoleState, ShownView, SlackAnswer } from "../state.ts";
import { Channel } from "./channel.tsx";
import { CommandLine } from "./command-line.tsx";
import { Form } from "./form.tsx";
import { Home } from "./home.tsx";
import { send } from "./send.ts";
import { Pane } from "./tabs.tsx";

/** Slack, as the person one has chosen to be: the bot's channel, its home, its forms, and a line for its command. */
export function Slack({ state: { channel, people, incidents, homes } }: { state: ConsoleState }) {
  const [chosen, choose] = useState<string>();
  const [form, setForm] = useState<ShownView>();
  const person = people.find(({ id }) => id === chosen) ?? people[0];
  const you = person?.id;
  const onAnswer = (answer: SlackAnswer): void => {
    if (answer.view) setForm(answer.view);
  };
  const home = you === undefined ? undefined : homes[you];
  return (
    <>
      <Pane
        id="slack"
        title="Slack"
        className="slack"
        onSelect={(tab) => void (tab === "home" && you !== undefined && send("/api/home", { user: you }))}
        aside={
          <label>
            You are{" "}
            <select value={you} onChange={({ currentTarget }) => choose(currentTarget.value)}>
              {people.map(({ id, name, approver }) => (
                <option key={id} value={id}>
                  {name}
                  {approver ? " (approver)" : " (not an approver)"}
                </option>
              ))}
            </select>
          </label>
        }
        tabs={[
          {
            id: "channel",
            label: "Channel",
            body: () => (
              <>
                <CommandLine you={you} onAnswer={onAnswer} />
                <Channel channel={channel} people={people} incidents={incidents} you={you} onAnswer={onAnswer} />
              </>
            ),
          },
          {
            id: "home",
            label: "Home",
            body: () =>
              home && you !== undefined ? (
                <Home blocks={home} you={you} onAnswer={onAnswer} />
              ) : (
                <p className="empty">The bot has no home for you yet.</p>
              ),
          },
        ]}
      />
      {form && you !== undefined && (
        <Form key={JSON.stringify(form)} view={form} you={you} onAnswer={onAnswer} onClose={() => setForm(undefined)} />
      )}
    </>
  );
}
