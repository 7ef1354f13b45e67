import { rightsize } from "../../../runbooks/rightsize.ts";
import { onSchedule } from "../../../src/engine/schedule.ts";
import { chat } from "../../support/settings.ts";
import { instead, type RunbookEpisode } from "../episode.ts";

const dayMs = 86_400_000;
const size = { cluster: "sized", service: "api" };

/** Tasks on Fargate that are too small for both, CPU and memory. It helps if the larger ones have room. */
export const rightsizeEpisode: RunbookEpisode = {
  runbook: rightsize,
  settings: {
    services: [{ ...chat, name: "api", alarms: [], size: { kind: "ecs", ...size, days: 7, hourUtc: 3 } }],
  },
  seed({ sim, clock }, helps) {
    sim.seed.service({ cluster: "sized", name: "api", desired: 2, cpu: 512, memory: 2_048, fargate: true });
    const first = sim.world.definitions["api:1"];
    if (first) first.registeredAt = clock.now() - 900 * dayMs;
    const metric = (name: string, later: number) => {
      const samples = Array.from({ length: 8 * 288 }, (_, index): [number, number] => {
        const at = clock.now() - 7.5 * dayMs + index * 300_000;
        return [at, at < clock.now() + 120_000 ? 97 : later];
      });
      sim.seed.metric({
        namespace: "AWS/ECS",
        name,
        dimensions: { ClusterName: "sized", ServiceName: "api" },
        samples,
      });
    };
    metric("CPUUtilization", helps ? 48 : 99);
    metric("MemoryUtilization", 48);
  },
  trouble: async (s) => void (await onSchedule(s.world, { account: "123456789012", region: "us-east-2" })),
  over: { hours: 3 },
  shows: ({ sim }) => {
    const { cpu, memory } = sim.world.definitions[sim.world.services["sized/api"]?.definition ?? ""] ?? {};
    return { cpu, memory };
  },
  healed: { cpu: 1_024, memory: 3_072 },
  less: instead("ecs.register-size", { memory: 2_048 }),
};
