import { useCallback, useState } from "react";
import type { ConsoleState } from "../state.ts";
import { Chart } from "./chart.tsx";
import type { Span } from "./span.ts";

const minute = 60_000;
const spans = [
  { label: "15 min", ms: 15 * minute },
  { label: "30 min", ms: 30 * minute },
  { label: "90 min", ms: 90 * minute },
] as const;

/** Every signal that the bot listens to, all over the same time. */
export function Signals({ signals, now }: { signals: ConsoleState["signals"]; now: number }) {
  const [span, setSpan] = useState<Span>({ kind: "latest", ms: spans[0].ms });
  const onSpan = useCallback((next: Span) => setSpan(next), []);
  return (
    <div className="part">
      <h3>
        Signals
        <span className="group small" role="group" aria-label="Time shown">
          {spans.map(({ label, ms }) => (
            <button
              key={ms}
              type="button"
              aria-pressed={span.kind === "latest" && span.ms === ms}
              onClick={() => setSpan({ kind: "latest", ms })}
            >
              {label}
            </button>
          ))}
        </span>
      </h3>
      {signals.map((signal) => (
        <Chart key={signal.id} signal={signal} span={span} now={now} onSpan={onSpan} />
      ))}
      <ul className="legend" aria-hidden="true">
        <li className="of-line">measured</li>
        <li className="of-band">expected</li>
        <li className="of-anomaly">anomaly</li>
        <li className="of-bound">high</li>
        <li className="hint">drag or Ctrl+wheel to zoom, double-click to follow</li>
      </ul>
    </div>
  );
}
