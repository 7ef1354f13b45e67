import { memo } from "react";
import type { ConsoleState } from "../state.ts";
import { Signals } from "./signals.tsx";
import { ago, count, countdown } from "./words.ts";

/** EC2 takes an instance two minutes after its notice. */
const noticeMs = 120_000;

/** What the bot looks after: instances, the queue they work on, and everything that is measured of it. */
export function Estate({ state: { fleet, queue, signals, unread, now } }: { state: ConsoleState }) {
  return (
    <>
      <Fleet fleet={fleet} now={now} />
      <Queue queue={queue} />
      <Signals signals={signals} now={now} />
      <Unread unread={unread} />
    </>
  );
}

type Instance = ConsoleState["fleet"][number];

const isOver = ({ state }: Instance): boolean => state === "terminated";

function Fleet({ fleet, now }: { fleet: ConsoleState["fleet"]; now: number }) {
  const present = fleet.filter((one) => !isOver(one));
  const over = fleet.filter(isOver);
  const states = [...Map.groupBy(present, ({ state }) => state)].map(([state, all]) => `${all.length} ${state}`);
  return (
    <div className="part">
      <h3>
        Fleet <span className="quiet">{states.join(" · ") || "no instances"}</span>
      </h3>
      {present.length > 0 && <Instances instances={present} now={now} name="Instances" />}
      {over.length > 0 && (
        <details className="over">
          <summary>
            {over.length} ended <span className="quiet">within the last hour</span>
          </summary>
          <Instances instances={over.toReversed()} now={now} name="Instances that have ended" />
        </details>
      )}
    </div>
  );
}

function Instances({ instances, now, name }: { instances: readonly Instance[]; now: number; name: string }) {
  return (
    <table className="fleet" aria-label={name}>
      <thead>
        <tr>
          <th scope="col">Instance</th>
          <th scope="col">State</th>
          <th scope="col">ECS</th>
          <th scope="col" className="number">
            Tasks
          </th>
        </tr>
      </thead>
      <tbody>
        {instances.map((instance) => (
          <tr key={instance.instanceId} className={`is-${tone(instance.state)}`}>
            <th scope="row">
              <bdi className="mono id">{instance.instanceId}</bdi>{" "}
              <span className="where">
                {instance.zone} · {instance.type}
              </span>
            </th>
            <td>
              <span className={`state state-${tone(instance.state)}`}>{instance.state}</span>{" "}
              {instance.state === "interrupted" && instance.interruptedAt !== undefined && (
                <span className="under">{gone(instance.interruptedAt + noticeMs - now)}</span>
              )}
              {instance.endedAt !== undefined && <span className="under">{ago(now - instance.endedAt)}</span>}
            </td>
            <td>
              <bdi>{instance.ecs.toLowerCase() || "–"}</bdi>
            </td>
            <td className="number">{count(instance.tasks)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const gone = (leftMs: number): string => (leftMs > 0 ? `gone in ${countdown(leftMs)}` : "gone any moment");

function tone(state: string): "good" | "asks" | "busy" | "quiet" {
  if (state === "running") return "good";
  if (state === "interrupted" || state === "shutting-down") return "asks";
  return state === "pending" ? "busy" : "quiet";
}

const Queue = memo(function Queue({ queue }: { queue: ConsoleState["queue"] }) {
  const figures = [
    ["waiting", queue.waiting],
    ["in flight", queue.inFlight],
    ["done", queue.done],
  ] as const;
  return (
    <div className="part queue">
      <h3>
        Queue <bdi className="quiet mono">{queue.name}</bdi>
      </h3>
      <dl className="figures">
        {figures.map(([name, amount]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count(amount)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
});

const Unread = memo(function Unread({ unread }: { unread: ConsoleState["unread"] }) {
  return (
    <div className="part">
      <h3>
        Could not be read <span className="quiet">{unread.length === 0 ? "nothing" : "kept and counted"}</span>
      </h3>
      {unread.length > 0 && (
        <ul className="unread">
          {unread.map(({ why, count: times }) => (
            <li key={why}>
              <span className="number">{count(times)}×</span> <bdi>{why}</bdi>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
});
