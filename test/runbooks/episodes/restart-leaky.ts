import { restartLeaky } from "../../../runbooks/restart-leaky.ts";
import { toMs } from "../../../src/clock.ts";
import { take } from "../../../src/engine/take.ts";
import { alarmEvent } from "../../support/alarm-event.ts";
import { chat } from "../../support/settings.ts";
import { startMs } from "../../support/stack.ts";
import { type RunbookEpisode, without } from "../episode.ts";

const of = { ClusterName: "leaky", ServiceName: "embed" };
const hour = toMs({ hours: 1 });

/** Two tasks that leak for eight hours. It helps if memory is low once they were restarted. */
export const restartLeakyEpisode: RunbookEpisode = {
  runbook: restartLeaky,
  settings: {
    services: [
      { ...chat, name: "embed", alarms: [], memory: { cluster: "leaky", service: "embed", alarms: ["embed-memory"] } },
    ],
  },
  seed({ sim, clock }, helps) {
    sim.seed.cluster({ name: "leaky" });
    for (const zone of ["us-east-2a", "us-east-2b"]) {
      sim.seed.host({ cluster: "leaky", instance: sim.seed.instance({ type: "g5.xlarge", zone }).id });
    }
    sim.seed.service({ cluster: "leaky", name: "embed", desired: 2 });
    for (const task of Object.values(sim.world.tasks)) {
      if (task.cluster === "leaky") task.startedAt = clock.now() - 8 * hour;
    }
    const samples: [number, number][] = [];
    for (let at = -8 * hour; at < 4 * hour; at += 120_000) {
      const percent = 30 + 6 * Math.min(at / hour + 8, 9);
      samples.push([clock.now() + at, helps && at > hour / 10 ? 30 : percent]);
    }
    sim.seed.metric({ namespace: "AWS/ECS", name: "MemoryUtilization", dimensions: of, samples });
  },
  trouble: async (s) => void (await take(s.world, alarmEvent("embed-memory", s.clock.now()))),
  over: { hours: 3 },
  shows: ({ sim }) =>
    Object.values(sim.world.tasks).filter(
      ({ cluster, desired, startedAt }) => cluster === "leaky" && desired === "RUNNING" && (startedAt ?? 0) < startMs,
    ).length,
  healed: 0,
  less: without("ecs.stop-task"),
};
