import { memo, type ReactNode } from "react";
import type { ConsoleState, ShownRunbook, Used } from "../state.ts";
import { WithIds } from "./with-ids.tsx";
import { clockTime, count, countdown } from "./words.ts";

/** Everything that bounds the bot and that it holds: levels, stops, circuits, leases, limits, and how far it may go. */
export function Bounds({ state: { services, halts, bounds, now } }: { state: ConsoleState }) {
  const { circuits, leases, limits, stormUntil, quarantine, runbooks } = bounds;
  return (
    <>
      <Part title="Halted" none="nothing is halted">
        {halts.map(({ by, why, scope = "everything", until }) => (
          <Row key={`${scope} ${by}`} name={scope} tone="bad" word="halted" until={until} now={now}>
            {`${by}: ${why}`}
          </Row>
        ))}
        {stormUntil !== undefined && (
          <Row name="storm" tone="bad" word="refuses" until={stormUntil} now={now}>
            So much looks sick that the cause must be elsewhere: nothing is changed.
          </Row>
        )}
      </Part>
      <Part title="Levels" none="no services">
        {services.map(({ name, level, until, why }) => (
          <Row key={name} name={name} tone={level === "full" ? "good" : "asks"} word={level} until={until} now={now}>
            {why}
          </Row>
        ))}
      </Part>
      <Part title="Circuits" none="none is known">
        {circuits.map(({ name, kind, why, until, share }) => (
          <Row
            key={name}
            name={name}
            tone={kind === "closed" ? "good" : kind === "ramping" ? "busy" : "bad"}
            word={share === undefined ? kind : `${kind} ${share * 100} %`}
            until={until}
            now={now}
          >
            {why}
          </Row>
        ))}
      </Part>
      <Part title="Leases" none="nothing is lent">
        {leases.map(({ incident, does, until }) => (
          <Row key={`${incident} ${does}`} name={does} tone="holds" word="lent" until={until} now={now}>
            {`incident ${incident}`}
          </Row>
        ))}
      </Part>
      <Part title="Quarantine" none="every pool may be asked for capacity">
        {quarantine.map(({ pool, until }) => (
          <Row key={pool} name={pool} tone="asks" word="not asked" until={until} now={now} />
        ))}
      </Part>
      <Part title="Limits" none="none">
        {limits.map((limit) => (
          <Meter key={limit.of} limit={limit} />
        ))}
      </Part>
      <Trust runbooks={runbooks} />
    </>
  );
}

function Part({ title, none, children }: { title: string; none: string; children: ReactNode }) {
  const all = [children].flat(2).filter(Boolean);
  return (
    <div className="part bounds">
      <h3>
        {title} {all.length === 0 && <span className="quiet">{none}</span>}
      </h3>
      {all.length > 0 && <ul>{children}</ul>}
    </div>
  );
}

interface RowProps {
  readonly name: string;
  readonly tone: "good" | "busy" | "asks" | "holds" | "bad";
  readonly word: string;
  readonly until: number | undefined;
  readonly now: number;
  readonly children?: string | undefined;
}

function Row({ name, tone, word, until, now, children }: RowProps) {
  return (
    <li>
      <bdi className="mono">
        <WithIds>{name}</WithIds>
      </bdi>{" "}
      <span className={`state state-${tone}`}>{word}</span>{" "}
      {until !== undefined && (
        <span className="until" title={`until ${clockTime(until)} UTC`}>
          {until > now ? `${countdown(until - now)} left` : "over"}
        </span>
      )}
      {children && <bdi className="under">{children}</bdi>}
    </li>
  );
}

function Meter({ limit: { of, used, most, unit, why } }: { limit: Used }) {
  const figures = unit === "$/h" ? `$${used.toFixed(2)} of $${most.toFixed(2)}` : `${count(used)} of ${count(most)}`;
  return (
    <li className="limit">
      <label>
        <bdi>{of}</bdi>
        <meter min={0} max={most} high={most * 0.8} optimum={0} value={used} />
      </label>
      <span>{figures}</span>
      <span className="under">{why}</span>
    </li>
  );
}

const Trust = memo(function Trust({ runbooks }: { runbooks: readonly ShownRunbook[] }) {
  const atWork = runbooks.filter(({ autonomy }) => autonomy.some(({ configured }) => configured !== "observe"));
  const observing = runbooks.filter((runbook) => !atWork.includes(runbook));
  return (
    <div className="part bounds">
      <h3>Autonomy and trust</h3>
      <ul>
        {atWork.map(({ id, summary, isHighRisk, autonomy }) => (
          <li key={id}>
            <span className="mono">{id}</span> {isHighRisk && <span className="quiet">two people have to approve</span>}
            <span className="under">{summary}</span>
            {known(autonomy).map(({ service, allowed, configured, ok, of, atLeast, demotedFor }) => (
              <span key={service ?? "*"} className="trust">
                <span>{service ?? "in general"}</span>
                <span className={`state state-${allowed === configured ? "good" : "bad"}`}>{allowed}</span>
                <span className="quiet">
                  {of === 0 ? "no results yet" : `${ok} of ${of} healed: at least ${Math.round(atLeast * 100)} %`}
                </span>
                {demotedFor !== undefined && <bdi className="under">demoted: {demotedFor}</bdi>}
              </span>
            ))}
          </li>
        ))}
      </ul>
      {observing.length > 0 && (
        <p className="under">
          Only observing: <span className="mono">{observing.map(({ id }) => id).join(", ")}</span>
        </p>
      )}
    </div>
  );
});

/** What is the same as in general, and has taught nothing yet, needs no line. */
const known = ([first, ...others]: ShownRunbook["autonomy"]): ShownRunbook["autonomy"] =>
  first ? [first, ...others.filter(({ of, allowed }) => of > 0 || allowed !== first.allowed)] : [];
