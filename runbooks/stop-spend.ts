import { limitConcurrency } from "../src/actions/limit-concurrency.ts";
import { pauseEventSource } from "../src/actions/pause-event-source.ts";
import { slowEventSource } from "../src/actions/slow-event-source.ts";
import { spendWithin } from "../src/actions/spend-within.ts";
import { stopQuery } from "../src/actions/stop-query.ts";
import { terminateJob } from "../src/actions/terminate-job.ts";
import { backBelow, excessOf, heldFrom, stoppedFrom, worstOf } from "../src/policies/spend-rate.ts";
import { attempt } from "../src/runbook/action.ts";
import type { Handles } from "../src/runbook/look/spend.ts";
import { say, skip, until } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { spendHigh } from "../src/runbook/triggers/spend.ts";

/**
 * Holds back whoever spends too much, and stops them where they spend half as much again as planned.
 *
 * Budgets and cost anomalies are hours old, so whatever was told, it looks who spends now, and by how much. Only the one that
 * is furthest beyond its plan is touched, throttled before anything is stopped, and for an hour: then it gets back what it
 * had. A machine cannot tell a runaway agent from a good day: let it act by `veto`, so that people can.
 */
export const stopSpend = defineRunbook({
  id: "stop-spend",
  summary: "Holds back, then stops, whoever spends more than planned",
  on: [spendHigh],
  lane: "slow",
  uses: [limitConcurrency, slowEventSource, pauseEventSource, stopQuery, terminateJob, spendWithin],
  limit: { runs: 6, within: { hours: 1 } },

  async plan({ signal: { service, account }, look }) {
    const all = await look.spending(service, account);
    const worst = worstOf(all.filter((one) => one.kind === "measured"));
    if (!worst) {
      const blind = all.filter((one) => one.kind === "unmeasured").map(({ spender }) => spender);
      const unseen = blind.length > 0 ? `; nothing was counted of ${blind.join(", ")}` : "";
      return skip(`nobody is seen to spend much more than planned for ${service} now${unseen}`);
    }
    const { spender, usdPerHour, plannedUsdPerHour } = worst;
    const isFar = excessOf(usdPerHour, plannedUsdPerHour) === "far-over";
    // No figure that moves by itself: a plan that differs from the one people saw is not run.
    const beyond = `more than ${isFar ? stoppedFrom : heldFrom} times the $${plannedUsdPerHour} an hour that are planned`;
    const told = `${spender} spends ${beyond}.`;

    const handles = await look.handlesOf(service, spender);
    const steps = isFar ? stop(handles, spender, told) : holdBack(handles, spender);
    if (steps.length === 0)
      return skip(`${told} Nothing in the settings ${isFar ? "stops it" : "holds it back"}: people must decide`);
    return [
      say(told),
      ...steps,
      until(
        `${spender} is back at its plan`,
        spendWithin({ service, spender, account, usdPerHour: backBelow(plannedUsdPerHour) }),
        // What was counted before it was held back has left the rate after five minutes, and CloudWatch is two late.
        { every: { minutes: 1 }, within: { minutes: 15 } },
      ),
    ];
  },
});

/** Long enough for people to find the cause, short enough for a mistake to be borne. */
const lease = { hours: 1 };
/** Of each kind, the oldest first: what runs away is among those that do not end. */
const stoppedMax = 10;

/** At its queue, if it has one: messages that Lambda throttles end among the dead letters, those that wait do not. */
function holdBack({ function: fn, eventSource }: Handles, spender: string) {
  if (!eventSource?.isQueue) return limit(fn);
  const concurrency = Math.max(2, fn?.heldTo ?? 2);
  return [slowEventSource({ mapping: eventSource.id, function: fn?.name ?? spender, concurrency, lease })];
}

const limit = (fn: Handles["function"]) =>
  fn ? [limitConcurrency({ function: fn.name, concurrency: fn.heldTo, lease })] : [];

/** Nothing new comes in, and what runs is ended. */
function stop({ function: fn, eventSource, queries, jobs }: Handles, spender: string, why: string) {
  return [
    ...(eventSource ? [pauseEventSource({ mapping: eventSource.id, function: fn?.name ?? spender, lease })] : []),
    ...limit(fn),
    ...queries.slice(0, stoppedMax).map(({ id: query, workGroup }) => attempt(stopQuery({ query, workGroup }))),
    ...jobs
      .slice(0, stoppedMax)
      .map(({ id: job, name }) => attempt(terminateJob({ job, name, why, as: `${name}-again` }))),
  ];
}
