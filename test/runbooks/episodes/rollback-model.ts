import { rollbackModel } from "../../../runbooks/rollback-model.ts";
import { toMs } from "../../../src/clock.ts";
import { take } from "../../../src/engine/take.ts";
import { alarmEvent } from "../../support/alarm-event.ts";
import { chat } from "../../support/settings.ts";
import { course, instead, type RunbookEpisode } from "../episode.ts";

const errors = { namespace: "Rank", name: "ErrorShare", dimensions: { Service: "rank" } };

/** Errors after a variant of a model went live. It helps if the variant from before makes fewer. */
export const rollbackModelEpisode: RunbookEpisode = {
  runbook: rollbackModel,
  settings: {
    services: [
      {
        ...chat,
        name: "rank",
        alarms: [],
        model: {
          endpoint: { name: "rank", stable: "old" },
          trouble: { metric: errors, high: 0.05 },
          alarms: ["rank-errors"],
        },
      },
    ],
  },
  seed({ sim, clock }, helps) {
    const modifiedAt = clock.now() - toMs({ hours: 2 });
    sim.seed.endpoint({ name: "rank", weights: { old: 0.5, new: 0.5 }, modifiedAt });
    const bad = [{ minutes: -10 }, 0.2] as const;
    sim.seed.metric({ ...errors, samples: course(clock, helps ? [bad, [{ minutes: 5 }, 0.01]] : [bad]) });
  },
  trouble: async (s) => void (await take(s.world, alarmEvent("rank-errors", s.clock.now()))),
  over: { hours: 2 },
  shows: ({ sim }) => sim.world.endpoints["rank"]?.variants.map(({ weight }) => weight),
  healed: [1, 0],
  less: instead("sagemaker.shift-traffic", { weights: { old: 0.8, new: 0.2 } }),
};
