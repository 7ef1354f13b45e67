import { Random } from "../../../src/detect/random.ts";
import { secondsToAnswer, secondsToMend } from "../people.ts";
import type { Timeline } from "../plot.ts";
import { patienceMs, type Served, serveThroughClient } from "../provider-client.ts";
import { callEnd, drawWindow, failingAt, type Outage, readOutages, type Window } from "../provider-world.ts";
import type { Run, Scenario, Trial, Worlds } from "../scenario.ts";

/** Every level once in a world: most real outages are small, and the large ones are why people fall back. */
const levels = [0.05, 0.25, 0.9];
/** Hours without an outage in every world, to count false openings. */
const quietHours = 4;

/**
 * S3: one of three LLM providers has an outage, of the length and gravity of a recorded one. Users' requests go through the client with
 * its defaults, in three processes; nobody tells it of the outage.
 */
export const providerOutage: Scenario = {
  id: "S3",
  title: "LLM provider outage",
  about:
    "A service asks a language model, two requests a second, and its provider has the outages that OpenAI and Anthropic had. Lost are " +
    "error-minutes: minutes, weighted by the share of requests that got no answer.",
  days: 0.4,
  lossUnit: "error-minutes",
  against: "alarms and people",
  goals: [
    { metric: "errorMinutesLeftPercent", atMost: 5, says: "95 % fewer error-minutes than without fallback" },
    { metric: "detect.p90", atMost: 90, says: "an outage detected within 90 s" },
    { metric: "closeAgain.p90", atMost: 120, says: "closed again within 2 min of the end" },
    { metric: "falseOpeningsAWeek", atMost: 1, says: "at most one false opening a week" },
    { metric: "recoveredShare", atLeast: 0.7, says: "0.7 of what can be recovered" },
  ],
  open(traces): Worlds {
    const outages = readOutages(traces);
    return { run: (seed) => trial(outages, seed) };
  },
};

async function trial(outages: readonly Outage[], seed: number): Promise<Trial> {
  const random = Random.fromSeed(seed);
  const windows = levels.flatMap((failing) => {
    const those = outages.filter((outage) => outage.failing === failing);
    const outage = those[random.below(those.length)];
    return outage ? [drawWindow(outage, random)] : [];
  });
  const quiet = drawWindow({ failing: 0, lengthMs: quietHours * 3_600_000 }, random);
  const all = [...windows, quiet];
  const bot: Served[] = [];
  for (const [place, window] of all.entries()) bot.push(await serveThroughClient(window, seed * 10 + place));
  const none = all.map((window, place) => serve(window, seed * 10 + place, () => 0));
  const serveBy = (choose: (window: Window, random: Random) => (atMs: number) => number, tries = 1) => {
    const people = Random.fromSeed(seed);
    return all.map((window, place) => serve(window, seed * 10 + place, choose(window, people), tries));
  };
  const run = (served: readonly Served[]) => toRun(windows, quiet, served, none);
  return {
    bot: run(bot),
    baselines: {
      "no fallback": run(none),
      "retry once": run(all.map((window, place) => serve(window, seed * 10 + place, () => 0, 2))),
      "alarms and people": run(serveBy(byPeople)),
      "5 errors in a row": run(all.map((window, place) => byBreaker(window, seed * 10 + place))),
    },
    // Goes to another provider with the first second of the outage, and asks again where that one fails.
    oracle: run(serveBy((window) => (atMs) => (failingAt(window, atMs, 0) > 0 ? 1 : 0), 3)),
    timeline: timelineOf(windows.at(-1)!, bot[windows.length - 1]!),
  };
}

/** Requests to one provider at a time, whichever is chosen at that time. */
function serve(window: Window, seed: number, choose: (atMs: number) => number, tries = 1): Served {
  let calls = 0;
  const answered = window.arrivals.map((at, request) => {
    let spentMs = 0;
    for (let attempt = 0; attempt < tries; attempt++) {
      const provider = choose(at);
      const { isOk, afterMs } = callEnd(seed, request, provider, attempt, failingAt(window, at + spentMs, provider));
      calls += 1;
      spentMs += afterMs;
      if (isOk) return spentMs <= patienceMs;
    }
    return false;
  });
  return { answered, opened: [], closed: [], failedOver: [], calls };
}

/** An alarm at 5 % of errors for three minutes pages somebody, who mends it by going to another provider, and goes back when told. */
function byPeople({ outage, fromMs, untilMs }: Window, random: Random): (atMs: number) => number {
  const mendMs = 180_000 + 1_000 * secondsToMend(random);
  const backMs = 1_000 * secondsToAnswer(random);
  const isSeen = outage.failing >= 0.05 && mendMs < outage.lengthMs;
  return (atMs) => (isSeen && atMs >= fromMs + mendMs && atMs < untilMs + backMs ? 1 : 0);
}

/** The simple rule: after five errors in a row another provider for half a minute, each process for itself; no second try. */
function byBreaker(window: Window, seed: number): Served {
  let inARow = 0;
  let openUntil = 0;
  let calls = 0;
  const opened: number[] = [];
  const answered = window.arrivals.map((at, request) => {
    const provider = at < openUntil ? 1 : 0;
    const { isOk, afterMs } = callEnd(seed, request, provider, 0, failingAt(window, at, provider));
    calls += 1;
    if (provider === 0) inARow = isOk ? 0 : inARow + 1;
    if (inARow >= 5) {
      if (openUntil < at) opened.push(at);
      openUntil = at + 30_000;
      inARow = 4;
    }
    return isOk && afterMs <= patienceMs;
  });
  return { answered, opened, closed: [], failedOver: [], calls };
}

/** Minutes weighted by the share of their requests that got no answer. */
function errorMinutes({ arrivals }: Window, { answered }: Served): number {
  const minutes = Map.groupBy(arrivals.keys(), (request) => Math.floor((arrivals[request] ?? 0) / 60_000));
  const shares = [...minutes.values()].map(
    (requests) => requests.filter((request) => !answered[request]).length / requests.length,
  );
  return shares.reduce((sum, share) => sum + share, 0);
}

function toRun(windows: readonly Window[], quiet: Window, served: readonly Served[], none: readonly Served[]): Run {
  const total = (all: readonly Served[]) => windows.reduce((sum, window, i) => sum + errorMinutes(window, all[i]!), 0);
  const calls =
    served.reduce((sum, one) => sum + one.calls, 0) / served.reduce((sum, one) => sum + one.answered.length, 0);
  const grave = windows.flatMap((window, i) => (window.outage.failing >= 0.5 ? [[window, served[i]!] as const] : []));
  const firstFrom = (times: readonly number[], from: number) => times.find((at) => at >= from) ?? Infinity;
  const isEarly = (window: Window) => (at: number) => at < window.fromMs || at > window.endMs;
  const early = windows.reduce((sum, window, i) => sum + served[i]!.opened.filter(isEarly(window)).length, 0);
  const quietWeeks = (quiet.endMs + windows.reduce((sum, { fromMs }) => sum + fromMs, 0)) / 604_800_000;
  const falseOpenings = early + (served.at(-1)?.opened.length ?? 0);
  return {
    loss: total(served),
    metrics: {
      errorMinutes: total(served),
      errorMinutesLeftPercent: (100 * total(served)) / total(none),
      falseOpeningsAWeek: falseOpenings / quietWeeks,
      callsARequest: calls,
    },
    delays: {
      detect: grave.map(([{ fromMs }, { opened }]) => (firstFrom(opened, fromMs) - fromMs) / 1_000),
      closeAgain: grave.map(([{ untilMs }, { closed }]) => (firstFrom(closed, untilMs) - untilMs) / 1_000),
      failOver: windows.map(({ fromMs }, i) => (firstFrom(served[i]!.failedOver, fromMs) - fromMs) / 1_000),
    },
    actions: { taken: 0, wrong: falseOpenings, tested: 0, harmful: 0 },
    prompts: 0,
  };
}

/** The gravest outage, minute by minute, as users and as the circuit saw it. */
function timelineOf(window: Window, { opened, closed }: Served): Timeline {
  const minute = 60_000;
  const outage = [{ from: window.fromMs / minute, to: window.untilMs / minute, state: "provider fails" }];
  const spans = opened.map((from) => ({
    from: from / minute,
    to: (closed.find((at) => at > from) ?? opened.find((at) => at > from) ?? window.endMs) / minute,
    state: "another provider answers",
  }));
  return {
    title: "An outage of the first provider, and its circuit",
    unit: "minutes",
    end: window.endMs / minute,
    lanes: [
      { name: "the provider", spans: outage },
      { name: "Paramedic's circuit", spans },
    ],
  };
}
