import { memo } from "react";
import type { ConsoleState } from "../state.ts";
import { Service } from "./service.tsx";
import { count, countdown } from "./words.ts";

/** EC2 takes an instance two minutes after its notice. */
const noticeMs = 120_000;

/** What the bot looks after: instances, the queue they work on, the services in front of them. */
export function Estate({ state: { fleet, queue, services, unread, now } }: { state: ConsoleState }) {
  return (
    <section className="pane" id="estate" aria-labelledby="estate-title" tabIndex={-1}>
      <div className="head">
        <h2 id="estate-title">Estate</h2>
      </div>
      {services.map((service) => (
        <Service key={service.name} service={service} now={now} />
      ))}
      <Queue queue={queue} />
      <Fleet fleet={fleet} now={now} />
      <Unread unread={unread} />
    </section>
  );
}

function Fleet({ fleet, now }: { fleet: ConsoleState["fleet"]; now: number }) {
  const states = [...Map.groupBy(fleet, ({ state }) => state)].map(([state, all]) => `${all.length} ${state}`);
  return (
    <div className="part">
      <h3>
        Fleet <span className="quiet">{states.join(" · ") || "no instances"}</span>
      </h3>
      <table className="fleet">
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
          {fleet.map((instance) => (
            <tr key={instance.instanceId} className={`is-${tone(instance.state)}`}>
              <th scope="row">
                <bdi className="mono">{instance.instanceId}</bdi>
                <span className="under">
                  {instance.zone} · {instance.type}
                </span>
              </th>
              <td>
                <span className={`state state-${tone(instance.state)}`}>{instance.state}</span>
                {instance.state === "interrupted" && instance.interruptedAt !== undefined && (
                  <span className="under">{gone(instance.interruptedAt + noticeMs - now)}</span>
                )}
              </td>
              <td>
                <bdi>{instance.ecs.toLowerCase() || "–"}</bdi>
              </td>
              <td className="number">{count(instance.tasks)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const gone = (leftMs: number): string => (leftMs > 0 ? `gone in ${countdown(leftMs)}` : "gone any moment");

function tone(state: string): "good" | "asks" | "busy" | "quiet" {
  if (state === "running") return "good";
  if (state === "interrupted") return "asks";
  return state === "pending" ? "busy" : "quiet";
}

const Queue = memo(function Queue({ queue }: { queue: ConsoleState["queue"] }) {
  const figures = [
    ["waiting", queue.waiting],
    ["in flight", queue.inFlight],
    ["done", queue.done],
  ] as const;
  return (
    <div className="part">
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
