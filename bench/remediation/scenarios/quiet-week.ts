import { Random } from "../../../src/detect/random.ts";
import { toMs } from "../../../src/clock.ts";
import { type Alarm, alarmEvent, alarmState, type Metric, publish, sampleEvent } from "../cloudwatch.ts";
import { type Bot, createBot, sampleBus } from "../bot.ts";
import { quantile } from "../interval.ts";
import { type QuietSeries, readQuiet } from "../quiet-series.ts";
import { onItsOwn } from "../settings.ts";
import type { Run, Scenario, Trial } from "../scenario.ts";

/** Enough series for something odd to be among them, few enough for seconds: the bot scores some 35,000 points in a week. */
const services = 5;
const others = 4;
const days = 7;
/** EC2 recommends a rebalance now and then, and three in ten times nothing follows. */
const recommendations = 3;

/**
 * S10, the gate: a week in which nothing is wrong. Recorded latencies, loads, GPUs and databases with all their oddities, the usual
 * alarms on them, rebalance recommendations that come to nothing. Every runbook may act by itself, so every mistake would show.
 */
export const quietWeek: Scenario = {
  id: "S10",
  title: "Quiet week",
  about:
    "A week of recorded metrics in which nothing is wrong: latencies of real services with their spikes, bursts of load, GPUs, databases. " +
    "Whatever is changed, and whoever is asked or woken, is lost for nothing.",
  days,
  lossUnit: "needless changes and prompts a week",
  against: "alarms at 2x",
  goals: [
    { metric: "changes", atMost: 0, says: "no change in a quiet week" },
    { metric: "promptsAWeek", atMost: 1, says: "at most one prompt a week" },
  ],
  open(traces) {
    const quiet = readQuiet(traces);
    const run = async (seed: number): Promise<Trial> => {
      const week = drawWeek(quiet, seed);
      const nothing: Run = { loss: 0, metrics: { changes: 0, promptsAWeek: 0, opened: 0 } };
      return {
        bot: await runBot(week, seed),
        baselines: { "alarms at 2x": runAlarms(week), nothing },
        oracle: nothing,
      };
    };
    return { run };
  },
};

interface Watched {
  readonly series: QuietSeries;
  readonly metric: Metric;
  readonly at: (period: number) => number;
  /** Of a service: its name, what is normal and its alarm at twice that. */
  readonly service?: { readonly name: string; readonly normal: number; readonly alarm: Alarm };
}

/** Some of the series, each from a place of its own and round again if it is short, with a per cent of scatter so that no lap is the same. */
function drawWeek(quiet: readonly QuietSeries[], seed: number): Watched[] {
  const random = Random.fromSeed(seed);
  const pick = (kind: QuietSeries["kind"], count: number) => {
    const left = quiet.filter((series) => series.kind === kind);
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(random.below(left.length), 1)).flat();
  };
  const toWatched = (series: QuietSeries, place: number): Watched => {
    const start = random.below(series.values.length);
    const noise = Array.from({ length: 997 }, () => 0.99 + 0.02 * random.next());
    const at = (period: number) =>
      (series.values[(start + period) % series.values.length] ?? 0) * (noise[period % noise.length] ?? 1);
    if (series.kind === "other") {
      return { series, metric: { namespace: "Recorded", name: series.name.slice(0, 255), dimensions: {} }, at };
    }
    const name = `service-${place}`;
    const metric = { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: name } };
    const normal = Math.max(1e-3, quantile(series.values, 0.5));
    // The seed thresholds of many a runbook: warn at twice the usual, for three periods.
    const alarm = { name: `${name}-latency`, metric, above: 2 * normal, points: 3, of: 3 };
    return { series, metric, at, service: { name, normal, alarm } };
  };
  return [...pick("latency", services), ...pick("other", others)].map(toWatched);
}

const periods = ({ periodS }: QuietSeries): number => Math.floor((days * 86_400) / periodS);

async function runBot(week: readonly Watched[], seed: number): Promise<Run> {
  const bot = createBot({ seed, settings: settingsFor(week) });
  const startMs = bot.clock.now();
  const endMs = startMs + toMs({ days });
  const group = bot.sim.seed.group({
    name: "workers",
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size: 4,
    max: 8,
    spot: true,
    cluster: "gpu",
  });
  for (const at of spread(seed)) {
    bot.clock.at(startMs + at, () => bot.sim.spot.recommendRebalance(group.instances[0] ?? ""));
  }
  rememberYesterday(bot, week, startMs);
  everyMinute(bot, week, startMs, endMs);
  await bot.runTo(endMs + toMs({ hours: 1 }));
  const changes = bot.changes().length;
  const prompts = bot.asked.length + bot.pages.length;
  const incidents = await bot.world.incidents.recent(1_000);
  bot.close();
  return {
    loss: changes + prompts,
    metrics: { changes, promptsAWeek: (7 * prompts) / days, opened: incidents.length },
    actions: { taken: changes, wrong: changes, tested: changes, harmful: changes },
    prompts,
  };
}

/** The services were there before the bot: CloudWatch knows the day before. */
function rememberYesterday(bot: Bot, week: readonly Watched[], startMs: number): void {
  for (const { metric, series, at, service } of week) {
    if (!service) continue;
    const count = Math.floor(86_400 / series.periodS);
    const samples = Array.from({ length: count }, (_, i) => {
      const period = i - count + series.values.length * count;
      return [startMs - (count - i) * series.periodS * 1_000, at(period)] as const;
    });
    bot.sim.seed.metric({ ...metric, samples });
  }
}

function everyMinute(bot: Bot, week: readonly Watched[], startMs: number, endMs: number): void {
  const alarms = new Map(week.flatMap(({ service }) => (service ? [[service.name, alarmState(service.alarm)]] : [])));
  const tick = (): void => {
    const at = bot.clock.now();
    const seconds = (at - startMs) / 1_000;
    const due = week.filter(({ series }) => seconds % series.periodS === 0);
    const value = ({ series, at }: Watched) => at(seconds / series.periodS);
    publish(
      bot,
      at,
      due.filter(({ service }) => !service).map((one) => [one.metric, value(one)]),
    );
    for (const one of due) {
      const { metric, service } = one;
      if (!service) continue;
      const ms = value(one);
      bot.sim.seed.metric({ ...metric, samples: [[at, ms]] });
      bot.deliver(sampleEvent(bot, metric, at, ms), sampleBus);
      const turn = alarms.get(service.name)?.(ms);
      if (turn) bot.deliver(alarmEvent(bot, service.alarm, turn === "goes-off" ? "ALARM" : "OK", at, ms));
    }
    if (at < endMs) bot.clock.at(at + 60_000, tick);
  };
  bot.clock.at(startMs, tick);
}

/** What stands for users today: an alarm at twice the usual latency wakes somebody each time it goes off. */
function runAlarms(week: readonly Watched[]): Run {
  let prompts = 0;
  for (const { service, series, at } of week) {
    if (!service) continue;
    const state = alarmState(service.alarm);
    for (let period = 0; period < periods(series); period++) if (state(at(period)) === "goes-off") prompts += 1;
  }
  return { loss: prompts, metrics: { changes: 0, promptsAWeek: (7 * prompts) / days, opened: prompts }, prompts };
}

/** Times of the week at which EC2 recommends a rebalance, in milliseconds. */
function spread(seed: number): number[] {
  const random = Random.fromSeed(seed);
  return Array.from({ length: recommendations }, () => Math.floor(random.next() * toMs({ days })));
}

const settingsFor = (week: readonly Watched[]) =>
  onItsOwn({
    services: week.flatMap(({ service, metric }) =>
      service
        ? [
            {
              name: service.name,
              latency: metric,
              latencyMs: { normal: service.normal, high: 2 * service.normal },
              alarms: [service.alarm.name],
            },
          ]
        : [],
    ),
  });
