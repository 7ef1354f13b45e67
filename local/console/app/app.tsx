import { useEffect } from "react";
import { Audit } from "./audit.tsx";
import { Bounds } from "./bounds.tsx";
import { Estate } from "./estate.tsx";
import { Header } from "./header.tsx";
import { Incidents } from "./incidents.tsx";
import { useLive } from "./live.ts";
import { Slack } from "./slack.tsx";
import { Pane } from "./tabs.tsx";

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
          <Pane
            id="estate"
            title="Estate"
            tabs={[
              { id: "now", label: "Now", body: () => <Estate state={state} /> },
              { id: "bounds", label: "Bounds", alert: isHeld(state), body: () => <Bounds state={state} /> },
            ]}
          />
          <Pane
            id="incidents"
            title="Incidents"
            tabs={[
              {
                id: "list",
                label: "Newest first",
                body: () => <Incidents incidents={state.incidents} now={state.now} />,
              },
              { id: "audit", label: "Audit", alert: isBroken(state), body: () => <Audit state={state} /> },
            ]}
          />
          <Slack state={state} />
        </main>
      )}
    </>
  );
}

type State = NonNullable<ReturnType<typeof useLive>["state"]>;

/** Something is not as it is on a good day: halted, degraded, open. */
const isHeld = ({ halts, services, bounds }: State): boolean =>
  halts.length > 0 ||
  bounds.stormUntil !== undefined ||
  services.some(({ level }) => level !== "full") ||
  bounds.circuits.some(({ kind }) => kind !== "closed");

const isBroken = ({ incidents, bot }: State): boolean =>
  [bot, ...incidents].some(({ brokenAt }) => brokenAt !== undefined);
