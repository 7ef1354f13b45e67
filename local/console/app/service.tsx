import type { ConsoleState } from "../state.ts";
import { Chart } from "./chart.tsx";

/** From everything to the least that is still useful, as the bot moves along them. */
const levels = ["full", "limited", "cached", "minimal"];

/** One service: how much of itself it shows, and how fast it answers. */
export function Service({ service, now }: { service: ConsoleState["services"][number]; now: number }) {
  const at = levels.indexOf(service.level);
  return (
    <div className="part">
      <h3>
        <bdi className="mono">{service.name}</bdi>
        {/* A level that the page does not know is shown as it is called. */}
        {at < 0 && <bdi>{service.level}</bdi>}
        <ol className="levels" aria-label="Level">
          {levels.map((level, index) => (
            <li
              key={level}
              aria-current={index === at ? "true" : undefined}
              className={index < at ? "given-up" : undefined}
            >
              {level}
            </li>
          ))}
        </ol>
      </h3>
      <Chart points={service.points} highMs={service.highMs} now={now} name={service.name} />
    </div>
  );
}
