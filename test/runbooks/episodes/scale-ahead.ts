import { scaleAhead } from "../../../runbooks/scale-ahead.ts";
import { onSchedule } from "../../../src/engine/schedule.ts";
import { chat } from "../../support/settings.ts";
import { instead, type RunbookEpisode } from "../episode.ts";

const dayMs = 86_400_000;
const demand = { namespace: "AWS/ApplicationELB", name: "RequestCount", dimensions: { LoadBalancer: "app/web" } };

/** A rise at 03:20 every day. It helps if EC2 has the instances. */
export const scaleAheadEpisode: RunbookEpisode = {
  runbook: scaleAhead,
  settings: {
    services: [
      {
        ...chat,
        name: "web",
        alarms: [],
        ahead: { workers: { kind: "group", group: "web" }, demand, perWorker: 100, floorMax: 8, leadMinutes: 20 },
      },
    ],
  },
  seed({ sim, clock }, helps) {
    const samples = Array.from({ length: 7 * 144 }, (_, index): [number, number] => {
      const before = (7 * 144 - index) * 600_000;
      const minute = (((-before % dayMs) + dayMs) % dayMs) / 60_000;
      return [clock.now() - before, (minute >= 20 && minute < 140 ? 600 : 100) + Math.sin(index) * 3];
    });
    sim.seed.metric({ ...demand, samples });
    sim.seed.group({ name: "web", zones: ["us-east-2c"], type: "m7i.large", size: 2, min: 1, max: 4, spot: false });
    if (!helps) sim.seed.pool({ type: "m7i.large", zone: "us-east-2c", count: 3 });
  },
  trouble: async (s) => void (await onSchedule(s.world, { account: "123456789012", region: "us-east-2" })),
  over: { hours: 6 },
  shows: ({ sim }) => {
    const { min, max, desired } = sim.world.groups["web"] ?? {};
    return { min, max, desired };
  },
  healed: { min: 1, max: 4, desired: 2 },
  less: instead("autoscaling.set-bounds", { min: 4, max: 4 }),
};
