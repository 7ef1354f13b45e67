import { useEffect } from "react";
import { Channel } from "./channel.tsx";
import { Estate } from "./estate.tsx";
import { Header } from "./header.tsx";
import { Incidents } from "./incidents.tsx";
import { useLive } from "./live.ts";

/** The console: the estate, what the bot makes of it, and what people see of that in Slack. */
export function App() {
  const { state, trouble } = useLive();
  const waiting = state?.incidents.filter(({ phase }) => phase.state === "waiting").length ?? 0;
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}Paramedic`;
  }, [waiting]);

  return (
    <>
      <Header state={state} trouble={trouble} />
      {state && (
        <main>
          <Estate state={state} />
          <Incidents incidents={state.incidents} now={state.now} />
          <Channel channel={state.channel} people={state.people} incidents={state.incidents} />
        </main>
      )}
    </>
  );
}
