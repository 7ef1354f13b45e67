import { queueAtMost } from "../src/actions/queue-conditions.ts";
import { floorActions, raiseFloor } from "../src/actions/raise-floor.ts";
import { workersFor } from "../src/policies/workers.ts";
import { say, skip, until } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { queueBehind } from "../src/runbook/triggers/queue.ts";

/**
 * Gives a queue that is behind as many workers as its work takes, from none if there are none, for three hours.
 *
 * The floor goes up, so whatever else scales the workers goes on above it. It comes down by itself at the end, and not
 * before nothing is in flight: a worker that is sent home takes its message with it. If that never happens, people are told.
 * What the owner has suspended, and work that those who are there will get through, is left alone.
 */
export const scaleQueue = defineRunbook({
  id: "scale-queue",
  summary: "Gives a queue that is behind more workers for a time",
  on: [queueBehind],
  lane: "slow",
  uses: [...floorActions, queueAtMost],
  limit: { runs: 12, within: { hours: 24 } },

  async plan({ signal: { service, queue: settings }, look }) {
    const { url, workers, waitMinutes, launchMinutes, workersMax: max, protectThemselves } = settings;
    const [queue, capacity] = await Promise.all([look.queue(url), look.capacity(workers)]);
    if (queue.kind === "gone") return skip(`the queue of ${service} is gone`);
    if (capacity.kind === "gone") return skip(`the workers of ${service} are gone`);
    if (capacity.suspended) return skip(`somebody has suspended scaling out the workers of ${service}`);
    const { desired: present, launchSeconds = launchMinutes * 60 } = capacity;
    const waitSeconds = waitMinutes * 60;
    const { workers: wanted, why } = workersFor({
      ...settings,
      waiting: queue.visible,
      inFlight: queue.inFlight,
      arrivalsPerSecond: (queue.sentPerMinute ?? 0) / 60,
      waitSeconds,
      launchSeconds,
      present,
      max,
    });
    if (wanted <= present) return skip(`${present} workers of ${service}, at most ${max}, are enough: ${why}`);
    // So much the workers who were there before get through in time; what they have in hand they get through anyhow.
    const enough = Math.floor(present * settings.atOnce * Math.max(1, waitSeconds / settings.secondsPerMessage));
    return [
      say(`${wanted} workers instead of ${present}: ${why}.`),
      raiseFloor(workers, capacity, {
        to: wanted,
        lease: { hours: 3 },
        ...(!protectThemselves && { queue: url }),
      }),
      until(`${present} workers of ${service} will do again`, queueAtMost({ url, messages: enough }), {
        every: { minutes: 1 },
        // Long enough for capacity that comes late, and over before the lease is.
        within: { minutes: 150 },
      }),
    ];
  },
});
