import { latencyBelow } from "../src/actions/conditions.ts";
import { setLevel } from "../src/actions/set-level.ts";
import { type Level, levels } from "../src/runbook/look/service.ts";
import { unless } from "../src/runbook/action.ts";
import { skip, until, wait } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { latencyHigh } from "../src/runbook/triggers/latency.ts";

/**
 * Lets a slow service do less until it is fast again: one level down, for half an hour, then back by itself.
 *
 * Where it answers many times as late as it may, requests queue, and those who wait for them try again: a little less work
 * does not end that, so it goes two levels down. If that is not enough either, it does the least it can.
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

  async plan({ signal: { service, at, ms = 0, normalMs, highMs, why }, look }) {
    const now = await look.latency(service);
    // A minute that began before the trouble says more about before than about now.
    if (now.kind === "seen" && now.at >= at && now.ms < highMs) return skip(`${service} has recovered by itself`);
    const below = levels.slice(levels.indexOf(await look.level(service)) + 1);
    const queues = ms >= queueing * highMs;
    const level = (queues && below[1]) || below[0];
    if (!level) return skip(`${service} is already at its lowest level`);
    const hours = await look.hoursHigh(service);
    if (hours >= usualHours) {
      return skip(
        `${service} was above ${highMs} ms in ${hours} of the last 24 hours: that is how it is, or for people to mend`,
      );
    }
    const lower = (to: Level) => setLevel({ service, level: to, reason: why.slice(0, 500), lease: { minutes: 30 } });
    const last = below.at(-1);
    const recovered = latencyBelow({ service, ms: (normalMs + highMs) / 2, since: at });
    return [
      lower(level),
      ...(queues && last && last !== level
        ? [
            wait("see whether that is enough", { minutes: shownAfterMinutes }),
            unless(`${service} has recovered by then`, recovered, lower(last)),
          ]
        : []),
      until(`${service} recovers`, recovered, {
        every: { seconds: 30 },
        within: { minutes: 10 },
      }),
    ];
  },
});

/** Work that takes so many times as long as it may is not slow: it waits behind other work (`bench:remediation`, S4). */
const queueing = 2;
/** A minute that began after the change ends two minutes after it, and CloudWatch shows it up to two later. */
const shownAfterMinutes = 4;
/**
 * Whatever is high in so many hours of a day is no news, and doing less for half an hour no answer to it. Real trouble of an
 * evening takes two or three; recorded latencies with a careless bound take ten and more (`bench:remediation`, S10).
 */
const usualHours = 5;
