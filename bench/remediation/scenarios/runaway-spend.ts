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
  const under = async (autonomy: Autonomy) => {
    const [loops, launches] = [await withBot(loop, seed, autonomy), await withBot(launch, seed, autonomy)];
    return { ...toRun(loops.spent, launches.spent, launches.changes), loops, launches };
  };
  const { loops, launches, ...bot } = await under("veto");
  const harm = await testHarm(
    loops.calls,
    bot.loss,
    Random.fromSeed(seed),
    async (suppressed) => toRun((await withBot(loop, seed, "veto", suppressed)).spent, launches.spent).loss,
    harmTried,
  );
  const asRun = async (autonomy: Autonomy): Promise<Run> => {
    const { loss, metrics } = await under(autonomy);
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
      "Paramedic on auto": await asRun("auto"),
      "Paramedic on approve": await asRun("approve"),
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

async function withBot(day: AgentDay, seed: number, autonomy: Autonomy, suppressed?: Suppressed) {
  const verdict = day.isLegitimate ? "denied" : "approved";
  const bot = createBot({ seed, suppressed, verdict, settings: settings(autonomy) });
  bot.sim.seed.lambdaFunction({ name: "researcher" });
  const source = "arn:aws:sqs:us-east-2:123456789012:questions";
  bot.sim.seed.eventSourceMapping({ id: mapping, function: "researcher", source });
  const startMs = bot.clock.now();
  const state = alarmState(alarm);
  let step = 0;
  let minute = 0;
  const open: number[] = [];
  bot.every({ seconds: stepS }, () => {
    const asked = day.asked[step] ?? 0;
    const at = bot.clock.now();
    // What runs goes on to its end: a change takes hold half a minute later.
    open.push(through(bot));
    const done = Math.min(asked, open[Math.max(0, step - 3)] ?? asked);
    minute += done;
    bot.deliver(sample(bot, at, done * tokensAStep), sampleBus);
    if (step % 6 === 5) {
      const turn = state((minute / 6) * usualUsd);
      const usd = minute * usualUsd;
      if (turn)
        bot.deliver(alarmEvent(bot, alarm, turn === "goes-off" ? "ALARM" : "OK", at, usd), {
          minMs: 60_000,
          maxMs: 125_000,
        });
      minute = 0;
    }
    step += 1;
    return Promise.resolve();
  });
  await bot.runTo(startMs + toMs({ seconds: steps * stepS }));
  const result = {
    spent: meter(day, (at, asked) => open[Math.max(0, at - 3)] ?? asked),
    calls: [...bot.sim.calls],
    changes: bot.changes().length,
    prompts: bot.asked.length + bot.pages.length,
  };
  bot.close();
  return result;
}

/** How much AWS lets through now, 1 as usual: what feeds the function, and how many of it may run. */
function through({ sim }: Bot): number {
  const feeds = sim.world.mappings[mapping];
  if (feeds?.state !== "Enabled") return 0;
  const most = Math.min(feeds.maximumConcurrency ?? Infinity, sim.world.functions["researcher"]?.reserved ?? Infinity);
  return most / usualSandboxes;
}

const sample = (bot: Bot, at: number, value: number) => ({
  version: "0",
  id: `tokens-${at}`,
  "detail-type": "Paramedic Metric Sample",
  source: "paramedic.client",
  account: bot.sim.world.account,
  time: new Date(at).toISOString(),
  region: bot.sim.world.region,
  resources: [],
  detail: {
    namespace: series.namespace,
    points: [{ name: series.name, value, unit: "{token}", dimensions: series.dimensions, timestamp: at }],
  },
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
