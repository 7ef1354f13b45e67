import { pace, recentPace, workOutside } from "../src/actions/queue-conditions.ts";
import { floorActions, raiseFloor } from "../src/actions/raise-floor.ts";
import { workersFor } from "../src/policies/workers.ts";
import { unless, untilHelped } from "../src/runbook/action.ts";
import { say, skip, until } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { queueBehind } from "../src/runbook/triggers/queue.ts";

/**
 * Gives a queue that is behind as many workers as its work takes, from none if there are none, for as long as it takes.
 *
 * The floor goes up, so whatever else scales the workers goes on above it. If the work outgrows it, it goes up once more, as
 * far as the settings allow. It comes down when those who were there before are enough again, where workers protect what
 * they have in hand; elsewhere at the end of its lease, and not before nothing is in flight: a worker that is sent home takes
 * its message with it. If that never happens, people are told.
 * What the owner has suspended, and work that those who are there will get through, is left alone.
 */
export const scaleQueue = defineRunbook({
  id: "scale-queue",
  summary: "Gives a queue that is behind more workers for a time",
  on: [queueBehind],
  lane: "slow",
  uses: [...floorActions, workOutside],
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
      // A flood shows in its first minute; what turns out to be too many workers is given back within minutes.
      arrivalsPerSecond: Math.max(recentPace(queue.sentByMinute), recentPace(queue.sentByMinute.slice(-1))),
      waitSeconds,
      launchSeconds,
      present,
      max,
    });
    if (wanted <= present) return skip(`${present} workers of ${service}, at most ${max}, are enough: ${why}`);

    const work = pace.parse({ ...settings, waitSeconds });
    const raise = (to: number) => {
      const step = raiseFloor(workers, capacity, { to, lease, ...(!protectThemselves && { queue: url }) });
      return protectThemselves ? untilHelped(step) : step;
    };
    const enough = `${present} workers of ${service} will do again`;
    const whenEnough = (within: { minutes: number }) =>
      until(enough, workOutside({ ...work, few: present }), { every, within });
    const told = say(`${wanted} workers instead of ${present}: ${why}.`);
    if (wanted === max) return [told, raise(max), whenEnough(longest)];
    // Counts that jump about by a quarter are no reason to change one's mind.
    const many = Math.ceil(1.25 * wanted);
    return [
      told,
      raise(wanted),
      until(`${enough}, or ${wanted} turn out to be too few`, workOutside({ ...work, few: present, many }), {
        every,
        within: longest,
      }),
      unless(`${wanted} workers turn out to be enough`, workOutside({ ...work, few: many }), raise(max)),
      whenEnough({ minutes: 80 }),
    ];
  },
});

const every = { minutes: 1 };
/** Long enough for capacity that comes late. */
const longest = { minutes: 150 };
/** Outlasts all that is waited for. */
const lease = { hours: 4 };
