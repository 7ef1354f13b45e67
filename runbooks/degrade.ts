import { latencyBelow } from "../src/actions/conditions.ts";
import { setLevel } from "../src/actions/set-level.ts";
import { levels } from "../src/runbook/look/service.ts";
import { skip, until } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { latencyHigh } from "../src/runbook/triggers/latency.ts";

/**
 * Lets a slow service do less until it is fast again: one level down, for half an hour, then back by itself.
 *
 * If the service does not recover within ten minutes, doing less did not help: the level goes back at once and people
 * are paged. Recovered means well below the bound that raised the alarm, so that it does not flap around it.
 */
export const degrade = defineRunbook({
  id: "degrade",
  summary: "Lowers the level of a slow service, and raises it again",
  on: [latencyHigh],
  lane: "slow",
  uses: [setLevel, latencyBelow],
  limit: { runs: 4, within: { hours: 1 } },

  async plan({ signal: { service, at, normalMs, highMs, why }, look }) {
    const now = await look.latency(service);
    // A minute that began before the trouble says more about before than about now.
    if (now.kind === "seen" && now.at >= at && now.ms < highMs) return skip(`${service} has recovered by itself`);
    const level = levels[levels.indexOf(await look.level(service)) + 1];
    if (!level) return skip(`${service} is already at its lowest level`);
    const hours = await look.hoursHigh(service);
    if (hours >= usualHours) {
      return skip(
        `${service} was above ${highMs} ms in ${hours} of the last 24 hours: that is how it is, or for people to mend`,
      );
    }
    return [
      setLevel({ service, level, reason: why.slice(0, 500), lease: { minutes: 30 } }),
      until(`${service} recovers`, latencyBelow({ service, ms: (normalMs + highMs) / 2 }), {
        every: { seconds: 30 },
        within: { minutes: 10 },
      }),
    ];
  },
});

/**
 * Whatever is high in so many hours of a day is no news, and doing less for half an hour no answer to it. Real trouble of an
 * evening takes two or three; recorded latencies with a careless bound take ten and more (`bench:remediation`, S10).
 */
const usualHours = 5;
