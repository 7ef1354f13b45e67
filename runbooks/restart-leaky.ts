import { metricBelow } from "../src/actions/metric-below.ts";
import { stopTask } from "../src/actions/stop-task.ts";
import { quietHour } from "../src/policies/quiet-hour.ts";
import { hurryHours, leakOfTasks } from "../src/runbook/leaking.ts";
import { say, skip, until, wait } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { memoryRising } from "../src/runbook/triggers/memory.ts";

/**
 * Restarts the tasks of a service that leaks memory, one at a time, in the quietest hour before it runs out.
 *
 * Whether it leaks is not believed but measured: a slope that outliers do not move, over what was seen since the last restart.
 * A restart buys time; the leak stays, and people are told how fast it is.
 */
export const restartLeaky = defineRunbook({
  id: "restart-leaky",
  summary: "Restarts the tasks of a leaking service, one at a time, in a quiet hour",
  on: [memoryRising],
  lane: "slow",
  uses: [stopTask, metricBelow],
  limit: { runs: 4, within: { hours: 6 } },
  // A task that was restarted cannot be un-restarted, and the rest are better off as they are.
  onFailure: "keep",

  async plan({ signal: { service, cluster, ecsService, metric, limit, load, at }, look }) {
    const measured = await leakOfTasks(look, { cluster, service: ecsService, metric, limit });
    if (!("leak" in measured)) return skip(`there is no service ${ecsService} in ${cluster} any more`);
    const { found, leak } = measured;
    if (found.isDeploying) return skip(`ECS is deploying ${ecsService} and replaces its tasks by itself: watching`);
    const { tasks } = found;
    // While its only task restarts, nobody is served.
    if (tasks.length < 2) return skip(`${ecsService} has no second task: people must choose the time of the outage`);
    if (leak.kind === "insufficient") return skip(`whether ${service} leaks cannot be told: ${leak.why}`);
    if (leak.kind === "steady") return skip(`the memory of ${service} does not rise steadily: no leak`);
    const { level, hoursToLimit } = leak;
    if (hoursToLimit > hurryHours) return skip(`${service} leaks, but slowly: people can mend it by day`);
    // No figure that moves by itself: a plan that differs from the one people saw is not run.
    const within = [1, 2, 4, 8, 16].find((hours) => hoursToLimit <= hours) ?? hurryHours;

    const usual = load ? await look.metric({ ...load, stat: "Sum" }, { over: { days: 7 }, every: { hours: 1 } }) : [];
    // Half of the time that is left: the other half is for the restarts, and for being wrong.
    const when = quietHour(usual, { now: at, within: { hours: Math.min(hoursToLimit / 2, waitHoursMax) } });
    const minutes = Math.ceil(((when ?? at) - at) / 60_000);
    return [
      say(`${service} leaks memory and runs out of it within ${within} h. A restart buys time; the leak stays.`),
      ...(minutes > 0 ? [wait("there is least to do then", { minutes })] : []),
      ...tasks
        .slice(0, tasksMax)
        .map(({ arn }) => stopTask({ cluster, service: ecsService, task: arn, why: "it leaks memory" })),
      until("memory is down", metricBelow({ metric, below: Math.floor(level / (limit / 20)) * (limit / 20) }), {
        every: { minutes: 1 },
        within: { minutes: 20 },
      }),
    ];
  },
});

/** An execution has a day in all, approval and restarts included. */
const waitHoursMax = 12;
/** Oldest first; what is beyond has its turn when it is measured again. */
const tasksMax = 10;
