import type { Point } from "../../../src/aws/sample-bus.ts";
import { createMeters } from "../../../src/client/meter.ts";
import { toMs } from "../../../src/clock.ts";
import { Random } from "../../../src/detect/random.ts";
import { tokenSeries } from "../../../src/signals/token-series.ts";
import type { Autonomy } from "../../../src/settings.ts";
import { type Bot, createBot, sampleBus, type Suppressed } from "../bot.ts";
import { alarmEvent, alarmState } from "../cloudwatch.ts";
import { testHarm } from "../harm.ts";
import { secondsToMend } from "../people.ts";
import type { Run, Scenario, Trial } from "../scenario.ts";
import { onItsOwn } from "../settings.ts";
import {
  type AgentDay,
  dayUsd,
  drawDay,
  meter,
  plannedUsd,
  readTokens,
  type Spent,
  steps,
  stepS,
  usualUsd,
  type Valve,
} from "../spend-world.ts";

/** Work that is withheld from users is worth several times its tokens: an assumption. */
const withheldCosts = 5;
const harmTried = 2;
const dollarsAMillion = 15;
const tokensAStep = (usualUsd / dollarsAMillion) * 1e6 * (stepS / 3_600);
const mapping = "0a5b8e1c-77c1-4f2a-9d53-d6a1c2b3e4f5";
const series = tokenSeries({
  name: "researcher",
  operation: "chat",
  provider: "aws.bedrock",
  model: "large",
  type: "output",
});
/** The usual alarm: half as much again as planned for three minutes. */
const alarm = { name: "researcher-spend", metric: series, above: 1.5 * plannedUsd, points: 3, of: 3 };

/** S6: an agent loops and spends 20 to 200 times as much as usual; and its twin, whose launch brings 2 to 5 times as much work. */
export const runawaySpend: Scenario = {
  id: "S6",
  title: "Runaway spend",
  about:
    `An agent that may spend $${plannedUsd} an hour loops, in one world; in the other it has a launch, and its work is legitimate. Lost are ` +
    `the dollars that the loop spends, and ${withheldCosts} times the dollars of legitimate work that is not done.`,
  days: (2 * steps * stepS) / 86_400,
  lossUnit: "dollars",
  against: "alarm and people",
  goals: [
    { metric: "overspendPercent", atMost: 2, says: "the loop spends at most 2 % of a day's budget" },
    { metric: "burstsStopped", atMost: 0, says: "no legitimate burst held back" },
    { metric: "recoveredShare", atLeast: 0.7, says: "0.7 of what can be recovered" },
  ],
  atOdds: ["overspendPercent", "withheldUsd"],
  open(traces) {
    const tokens = readTokens(traces);
    return {
      run: (seed) => {
        const random = Random.fromSeed(seed);
        return trial(drawDay(tokens, false, random), drawDay(tokens, true, random), seed);
      },
    };
  },
};

async function trial(loop: AgentDay, launch: AgentDay, seed: number): Promise<Trial> {
  const run = (valve: (day: AgentDay) => Valve): Run => toRun(meter(loop, valve(loop)), meter(launch, valve(launch)));
  const under = async (conditions: Conditions) => {
    const [loops, launches] = [await withBot(loop, seed, conditions), await withBot(launch, seed, conditions)];
    return { ...toRun(loops.spent, launches.spent, launches.changes), loops, launches };
  };
  const { loops, launches, ...bot } = await under({ autonomy: "veto" });
  const harm = await testHarm(
    loops.calls,
    bot.loss,
    Random.fromSeed(seed),
    async (suppressed) =>
      toRun((await withBot(loop, seed, { autonomy: "veto", suppressed })).spent, launches.spent).loss,
    harmTried,
  );
  const asRun = async (conditions: Conditions): Promise<Run> => {
    const { loss, metrics } = await under(conditions);
    return { loss, metrics };
  };
  return {
    bot: {
      ...bot,
      actions: { taken: loops.changes + launches.changes, wrong: launches.changes, ...harm },
      prompts: loops.prompts + launches.prompts,
    },
    baselines: {
      nothing: run(() => (_, asked) => asked),
      "alarm and people": run(byPeople(seed)),
      "off at a day's budget": run(killSwitch),
      "Paramedic, and the client's brake": await asRun({ autonomy: "veto", hasBrake: true }),
      "Paramedic on auto": await asRun({ autonomy: "auto" }),
      "Paramedic on approve": await asRun({ autonomy: "approve" }),
    },
    // A meter of a minute, and one action.
    oracle: run(
      ({ from, until, isLegitimate }) =>
        (step, asked) =>
          !isLegitimate && step >= from + 7 && step < until ? Math.min(asked, 1) : asked,
    ),
  };
}

/** The alarm pages somebody, who knows a launch from a loop, and mends the loop. */
function byPeople(seed: number): (day: AgentDay) => Valve {
  return ({ from, until, isLegitimate }) => {
    const mended = from + Math.ceil((270 + secondsToMend(Random.fromSeed(seed))) / stepS);
    return (step, asked) => (!isLegitimate && step >= mended && step < until ? Math.min(asked, 1) : asked);
  };
}

/** The simple rule: when the spend since the beginning reaches a day's budget, nothing more for the day. */
function killSwitch(): Valve {
  let usd = 0;
  return (_, asked) => {
    const done = usd >= dayUsd ? 0 : asked;
    usd += (done * usualUsd * stepS) / 3_600;
    return done;
  };
}

function toRun(loop: Spent, launch: Spent, changes = 0): Run {
  const withheldUsd = loop.withheldUsd + launch.withheldUsd;
  return {
    loss: loop.overUsd + withheldCosts * withheldUsd,
    metrics: {
      overspendPercent: (100 * loop.overUsd) / dayUsd,
      withheldUsd,
      burstsStopped: Number(changes > 0 || launch.withheldUsd > 0),
    },
  };
}

/** As many sandboxes as work on it as usual: what it may have while it is held back. */
const usualSandboxes = 2;

interface Conditions {
  readonly autonomy: Autonomy;
  /** The agent asks the brake of paramedic/client before each call of a model. */
  readonly hasBrake?: boolean;
  readonly suppressed?: Suppressed;
}

async function withBot(day: AgentDay, seed: number, { autonomy, hasBrake = false, suppressed }: Conditions) {
  const verdict = day.isLegitimate ? "denied" : "approved";
  const bot = createBot({ seed, suppressed, verdict, settings: settings(autonomy) });
  bot.sim.seed.lambdaFunction({ name: "researcher" });
  const source = "arn:aws:sqs:us-east-2:123456789012:questions";
  bot.sim.seed.eventSourceMapping({ id: mapping, function: "researcher", source });
  const startMs = bot.clock.now();
  const state = alarmState(alarm);
  const agent = meteredAgent(bot, hasBrake);
  let minute = 0;
  const open: number[] = [];
  const spent = new Float64Array(steps);
  let slice = 0;
  bot.every({ seconds: stepS / callsAStep }, () => {
    const step = Math.min(steps - 1, Math.floor(slice / callsAStep));
    const at = bot.clock.now();
    // What runs goes on to its end: a change takes hold half a minute later.
    open.push(through(bot));
    const lets = open[Math.max(0, slice - 3 * callsAStep)] ?? Infinity;
    const done = agent(Math.min(day.asked[step] ?? 0, lets));
    spent[step]! += done / callsAStep;
    minute += done / callsAStep;
    slice += 1;
    if (slice % (6 * callsAStep) === 0) {
      const turn = state((minute / 6) * usualUsd);
      const usd = minute * usualUsd;
      if (turn)
        bot.deliver(alarmEvent(bot, alarm, turn === "goes-off" ? "ALARM" : "OK", at, usd), {
          minMs: 60_000,
          maxMs: 125_000,
        });
      minute = 0;
    }
    return Promise.resolve();
  });
  await bot.runTo(startMs + toMs({ seconds: steps * stepS }));
  const result = {
    spent: meter(day, (step) => spent[step] ?? 0),
    calls: [...bot.sim.calls],
    changes: bot.changes().length,
    prompts: bot.asked.length + bot.pages.length,
  };
  bot.close();
  return result;
}

/** Calls of a model in ten seconds as usual. */
const callsAStep = 4;

/**
 * The agent's loop with the meter of paramedic/client: it is given how many calls are asked of it now and answers how many
 * it makes. A call takes a step, and its tokens are known when it has ended: so what was begun before a runaway shows goes on.
 */
function meteredAgent(bot: Bot, hasBrake: boolean): (asked: number) => number {
  const plan = { usdPerHour: plannedUsd, prices: { large: { input: 3, output: dollarsAMillion } } };
  const { tokens, held } = createMeters({
    clock: bot.clock,
    timer: (ms, fn) => bot.clock.at(bot.clock.now() + ms, fn),
    report: () => {},
    bus: {
      send(points) {
        bot.deliver(sample(bot, points), sampleBus);
        return Promise.resolve([]);
      },
    },
  }).meter("researcher", hasBrake ? { plan } : {});
  /** Calls that run, the oldest first. */
  const running: number[] = [];
  return (asked) => {
    const ended = running.length < callsAStep ? 0 : (running.shift() ?? 0);
    for (let left = ended; left > 0; left -= 1)
      tokens({ model: "large", output: (Math.min(1, left) * tokensAStep) / callsAStep });
    let made = 0;
    while (made < asked && !held()) made = Math.min(asked, made + 1);
    running.push(made);
    return made;
  };
}

/** How much AWS lets through now, 1 as usual: what feeds the function, and how many of it may run. */
function through({ sim }: Bot): number {
  const feeds = sim.world.mappings[mapping];
  if (feeds?.state !== "Enabled") return 0;
  const most = Math.min(feeds.maximumConcurrency ?? Infinity, sim.world.functions["researcher"]?.reserved ?? Infinity);
  return most / usualSandboxes;
}

const sample = (bot: Bot, points: readonly Point[]) => ({
  version: "0",
  id: `tokens-${bot.clock.now()}`,
  "detail-type": "Paramedic Metric Sample",
  source: "paramedic.client",
  account: bot.sim.world.account,
  time: new Date(bot.clock.now()).toISOString(),
  region: bot.sim.world.region,
  resources: [],
  detail: { namespace: series.namespace, points },
});

const settings = (autonomy: Autonomy) =>
  onItsOwn({
    services: [
      {
        name: "research",
        latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "research" } },
        latencyMs: { normal: 750, high: 1_500 },
        spend: {
          alarms: [alarm.name],
          spenders: [
            {
              name: "researcher",
              usdPerHour: plannedUsd,
              agent: { name: "researcher", models: { large: { input: 3, output: dollarsAMillion } } },
              function: "researcher",
              heldTo: usualSandboxes,
              eventSource: mapping,
            },
          ],
        },
      },
    ],
    autonomy: { "stop-spend": autonomy },
  });
