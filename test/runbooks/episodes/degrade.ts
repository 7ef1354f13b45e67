import { degrade } from "../../../runbooks/degrade.ts";
import { take } from "../../../src/engine/take.ts";
import { alarm, chatLatency } from "../../support/stack.ts";
import type { RunbookEpisode } from "../episode.ts";

/** A slow service. It helps if the service is fast two minutes after the beginning. */
export const degradeEpisode: RunbookEpisode = {
  runbook: degrade,
  seed(s, helps) {
    if (helps) chatLatency(s, [{ minutes: -2 }, 2_400], [{ minutes: 2 }, 800]);
    else chatLatency(s, [{ minutes: -2 }, 2_400]);
  },
  trouble: async (s) => void (await take(s.world, alarm(s.clock.now()))),
  over: { hours: 2 },
  shows: async ({ world }) => await world.look.level("chat"),
  healed: "full",
  less: () => ({ leaseMinutes: 5 }),
};
