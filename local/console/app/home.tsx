import { useCallback, useState } from "react";
import type { SlackAnswer } from "../state.ts";
import { Answer, answerOf, type Told } from "./answer.tsx";
import { Blocks } from "./blocks.tsx";
import { send } from "./send.ts";
import type { Press } from "./to-renderable.ts";

interface HomeProps {
  readonly blocks: readonly unknown[];
  readonly you: string;
  readonly onAnswer: (answer: SlackAnswer) => void;
}

/** The bot's home in Slack: its dashboard, and the switch. */
export function Home({ blocks, you, onAnswer }: HomeProps) {
  const [told, setTold] = useState<Told>();
  const onPress = useCallback(
    async (press: Press) => {
      const sent = await send("/api/click", { user: you, ts: "home", ...press });
      setTold(answerOf(sent, "The click was taken, without a word."));
      if (sent.ok) onAnswer(sent.body as SlackAnswer);
    },
    [you, onAnswer],
  );
  return (
    <div className="home">
      <Blocks blocks={blocks} text="Paramedic's home" ts="home" onPress={(press) => void onPress(press)} />
      <Answer told={told} />
    </div>
  );
}
