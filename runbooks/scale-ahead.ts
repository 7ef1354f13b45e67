import { instancesAreThere, tasksAreThere, workersAreThere } from "../src/actions/capacity-conditions.ts";
import { floorActions, raiseFloor } from "../src/actions/raise-floor.ts";
import { foresee } from "../src/runbook/ahead.ts";
import { say, skip, until } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { riseAhead } from "../src/runbook/triggers/due.ts";

/**
 * Has workers ready before a rise that comes every day: the floor goes up ahead of it and comes down by itself after it.
 *
 * It never goes above what the settings allow, never lowers what is there, and does nothing where the forecast abstains.
 * The floor stands for an hour; a rise that lasts longer, or goes on, is found again when it comes down.
 */
export const scaleAhead = defineRunbook({
  id: "scale-ahead",
  summary: "Has workers ready before a rise that can be foretold",
  on: [riseAhead],
  lane: "slow",
  uses: [...floorActions, instancesAreThere, tasksAreThere],
  // A rise that goes on for a day is found every hour, and there may be several services; what they cost is bounded in dollars.
  limit: { runs: 60, within: { hours: 24 } },

  async plan({ signal: { service, at, ahead }, look }) {
    const { capacity, ...seen } = await foresee(look, ahead, at);
    if (seen.kind !== "rise" || capacity.kind === "gone") return skip(`${service}: ${seen.why}`);
    if (capacity.suspended) return skip(`somebody has suspended scaling out the workers of ${service}`);
    const { workers, leadMinutes } = ahead;
    const { floor, hours } = seen;
    return [
      say(`${service}: ${seen.why}.`),
      raiseFloor(workers, capacity, { to: floor, lease: { hours } }),
      until("they are there", workersAreThere(workers, capacity.desired + 1), {
        every: { minutes: 1 },
        // Twice as long as it should take, and over before the lease is: capacity that has not come by then is not coming.
        within: { minutes: Math.min(2 * leadMinutes, 50 * hours) },
      }),
    ];
  },
});
