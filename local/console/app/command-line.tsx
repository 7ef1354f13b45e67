import { type FormEvent, useState } from "react";
import type { SlackAnswer } from "../state.ts";
import { Answer, answerOf, type Told } from "./answer.tsx";
import { send } from "./send.ts";

/** A line for `/paramedic …`, and below it what only you see. */
export function CommandLine({ you, onAnswer }: { you: string | undefined; onAnswer: (answer: SlackAnswer) => void }) {
  const [text, setText] = useState("");
  const [told, setTold] = useState<Told>();
  const [isBusy, setBusy] = useState(false);
  const type = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (you === undefined || isBusy) return;
    setBusy(true);
    const answer = await send("/api/command", { user: you, text });
    setTold(answerOf(answer, "The command was taken, without a word."));
    if (answer.ok) onAnswer(answer.body as SlackAnswer);
    setBusy(false);
  };
  return (
    <form className="command" onSubmit={(event) => void type(event)} aria-busy={isBusy}>
      <label>
        <span className="mono">/paramedic</span>
        <input
          value={text}
          placeholder="status"
          aria-label="Command: /paramedic"
          autoComplete="off"
          spellCheck={false}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit">Send</button>
      <Answer told={told} />
    </form>
  );
}
