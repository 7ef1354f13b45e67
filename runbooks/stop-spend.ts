import { limitConcurrency } from "../src/actions/limit-concurrency.ts";
import { pauseEventSource } from "../src/actions/pause-event-source.ts";
import { slowEventSource } from "../src/actions/slow-event-source.ts";
import { spendIsHeld, spendWithin } from "../src/actions/spend-within.ts";
import { stopQuery } from "../src/actions/stop-query.ts";
import { terminateJob } from "../src/actions/terminate-job.ts";
import {
  backBelow,
  type Excess,
  excessOf,
  heldFrom,
  plainFrom,
  stoppedFrom,
  worstOf,
} from "../src/policies/spend-rate.ts";
import { attempt, unless } from "../src/runbook/action.ts";
import type { Handles, Spending } from "../src/runbook/look/spend.ts";
import { say, skip, until, wait } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { spendHigh } from "../src/runbook/triggers/spend.ts";

/**
 * Holds back whoever spends too much, and stops them where they spend half as much again as planned.
 *
 * Budgets and cost anomalies are hours old, so whatever was told, it looks who spends now, and by how much. Only the one that
 * is furthest beyond its plan is touched, throttled before anything is stopped, and for an hour: then it gets back what it
 * had. A machine cannot tell a runaway agent from a good day, so on `veto` it asks, and silence means no. Ten times the plan
 * is no good day: then it holds back at once, which people can undo, and stops only what that does not hold.
 */
export const stopSpend = defineRunbook({
  id: "stop-spend",
  summary: "Holds back, then stops, whoever spends more than planned",
  on: [spendHigh],
  lane: "slow",
  uses: [limitConcurrency, slowEventSource, pauseEventSource, stopQuery, terminateJob, spendWithin, spendIsHeld],
  limit: { runs: 6, within: { hours: 1 } },

  async plan({ signal: { service, account }, look }) {
    const all = await look.spending(service, account);
    const worst = worstNow(all);
    if (!worst) {
      const blind = all.filter((one) => one.kind === "unmeasured").map(({ spender }) => spender);
      const unseen = blind.length > 0 ? `; nothing was counted of ${blind.join(", ")}` : "";
      return skip(`nobody is seen to spend much more than planned for ${service} now${unseen}`);
    }
    const { spender, excess, plannedUsdPerHour } = worst;
    const told = `${spender} spends ${beyond(worst)}.`;
    const isBack = until(
      `${spender} is back at its plan`,
      spendWithin({ service, spender, account, usdPerHour: backBelow(plannedUsdPerHour) }),
      // What was counted before it was held back has left the rate after five minutes, and CloudWatch is two late.
      { every: { minutes: 1 }, within: { minutes: 15 } },
    );

    const handles = await look.handlesOf(service, spender);
    const held = holdBack(handles, spender);
    const runs = handles.queries.length + handles.jobs.length > 0;
    // What is ended cannot be given back, so people have their moment where something is.
    if (excess === "plainly-over" && held.length > 0 && !runs) {
      const isHeld = spendIsHeld({ service, spender, account, usdPerHour: stoppedFrom * plannedUsdPerHour });
      const further = pause(handles, spender).map((step) => unless(`${spender} is held by that`, isHeld, step));
      return [say(told), ...held, wait("let it take hold", { minutes: 7 }), ...further, isBack];
    }
    const isFar = excess !== "over";
    const steps = isFar ? stop(handles, spender, told) : held;
    if (steps.length === 0)
      return skip(`${told} Nothing in the settings ${isFar ? "stops it" : "holds it back"}: people must decide`);
    return [say(told), ...steps, isBack];
  },

  async consent({ signal: { service, account }, look }) {
    const worst = worstNow(await look.spending(service, account));
    if (!worst) return undefined;
    return worst.excess === "plainly-over"
      ? { needs: "none", why: `${worst.spender} spends ${beyond(worst)}: no launch does, so it is held back at once` }
      : { needs: "a-yes", why: "It may be a good day, so nothing is done unless somebody says yes" };
  },
});

/** The measured spender furthest beyond its plan. What is plain in the last half minute counts before the five minutes show it. */
function worstNow(all: readonly Spending[]) {
  const measured = all.flatMap((one) => {
    if (one.kind !== "measured") return [];
    const isPlain = excessOf(one.latelyUsdPerHour, one.plannedUsdPerHour) === "plainly-over";
    return { ...one, usdPerHour: isPlain ? Math.max(one.usdPerHour, one.latelyUsdPerHour) : one.usdPerHour };
  });
  const worst = worstOf(measured);
  return worst && { ...worst, excess: excessOf(worst.usdPerHour, worst.plannedUsdPerHour) };
}

/** No figure that moves by itself: a plan that differs from the one people saw is not run. */
function beyond({ excess, plannedUsdPerHour }: { excess: Excess; plannedUsdPerHour: number }): string {
  const times = { within: 1, over: heldFrom, "far-over": stoppedFrom, "plainly-over": plainFrom }[excess];
  return `more than ${times} times the $${plannedUsdPerHour} an hour that are planned`;
}

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

const pause = ({ function: fn, eventSource }: Handles, spender: string) =>
  eventSource ? [pauseEventSource({ mapping: eventSource.id, function: fn?.name ?? spender, lease })] : [];

/** Nothing new comes in, and what runs is ended. */
function stop(handles: Handles, spender: string, why: string) {
  const { function: fn, queries, jobs } = handles;
  return [
    ...pause(handles, spender),
    ...limit(fn),
    ...queries.slice(0, stoppedMax).map(({ id: query, workGroup }) => attempt(stopQuery({ query, workGroup }))),
    ...jobs
      .slice(0, stoppedMax)
      .map(({ id: job, name }) => attempt(terminateJob({ job, name, why, as: `${name}-again` }))),
  ];
}
