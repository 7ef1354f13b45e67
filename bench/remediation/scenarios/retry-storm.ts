import { levelNow, levelParameter, levelValue } from "../../../src/aws/level.ts";
import { toMs } from "../../../src/clock.ts";
import { Random } from "../../../src/detect/random.ts";
import type { Level } from "../../../src/runbook/look/service.ts";
import type { Autonomy } from "../../../src/settings.ts";
import { type Bot, createBot, sampleBus, type Suppressed } from "../bot.ts";
import { type Alarm, alarmEvent, alarmState, sampleEvent } from "../cloudwatch.ts";
import { testHarm } from "../harm.ts";
import {
  createService,
  drawOverload,
  leastLost,
  lengthS,
  type Manner,
  type Overload,
  readLatencies,
  type Second,
  shows,
  usually,
} from "../overload-world.ts";
import { secondsToMend } from "../people.ts";
import type { Run, Scenario, Trial } from "../scenario.ts";
import { readDemands } from "../serving-world.ts";
import { onItsOwn } from "../settings.ts";

const metric = { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" } };
/** CloudWatch has a minute's latency this much later. */
const lagMs = 90_000;
const harmTried = 3;
/** What the queue holds at most, over what is free to work it off: no recovery is faster that answers everything, at full. */
const drainBoundS = 20 / (1 - 0.85);

/** S4: a call within a service takes longer for some minutes; its callers give up and try again, and that goes on when it is over. */
export const retryStorm: Scenario = {
  id: "S4",
  title: "Retry storm",
  about:
    "A service at 85 % of what it can take slows down for 3 to 15 minutes. Its callers give up and try again, up to three times; it works " +
    "on what nobody waits for any more, and stays overloaded when the cause is over. Lost are minutes in which requests fail, and parts " +
    "of minutes in which answers are worse than they could be.",
  days: lengthS / 86_400,
  lossUnit: "error-minutes",
  against: "alarm and people",
  goals: [
    { metric: "recoveryRatio", atMost: 2, says: "well again within twice the time that the backlog takes" },
    { metric: "goodputPercent", atLeast: 80, says: "80 % of what it can answer is answered meanwhile" },
    { metric: "recoveredShare", atLeast: 0.7, says: "0.7 of what can be recovered" },
  ],
  atOdds: ["failedMinutes", "degradedMinutes"],
  open(traces) {
    const [demands, latencies] = [readDemands(traces), readLatencies(traces)];
    return { run: (seed) => trial(drawOverload(demands, latencies, Random.fromSeed(seed)), seed) };
  },
};

async function trial(world: Overload, seed: number): Promise<Trial> {
  const under = async (autonomy: Autonomy, suppressed?: Suppressed) => {
    const { course, ...more } = await withBot(world, seed, autonomy, suppressed);
    return { ...more, run: judge(world, course) };
  };
  const { run, calls, wrong, changes, prompts } = await under("auto");
  const rerun = async (suppressed: Suppressed) => (await under("auto", suppressed)).run.loss;
  const harm = await testHarm(calls, run.loss, Random.fromSeed(seed), rerun, harmTried);
  const knowing = leastCourse(world);
  return {
    bot: { ...run, actions: { taken: changes, wrong, ...harm }, prompts },
    baselines: {
      nothing: judge(
        world,
        without(world, () => usually),
      ),
      "alarm and people": judge(world, without(world, byPeople(world, Random.fromSeed(seed)))),
      "retries at most a tenth": judge(
        world,
        without(world, () => ({ ...usually, retryShare: 0.1 })),
      ),
      "sheds what is too old": judge(
        world,
        without(world, () => ({ ...usually, sheds: true })),
      ),
      "Paramedic on approve": (await under("approve")).run,
    },
    oracle: judge(world, knowing),
  };
}

/** What became of each second, and how much of itself the service showed in it. */
interface Lived {
  readonly asked: number;
  readonly answered: number;
  readonly failed: number;
  readonly lacks: number;
}

function judge({ demand, untilS }: Overload, course: readonly Lived[]): Run {
  let [failedS, degradedS] = [0, 0];
  for (const { asked, answered, failed, lacks } of course) {
    failedS += asked > 0 ? Math.min(1, failed / asked) : 0;
    degradedS += asked > 0 ? lacks * Math.min(1, answered / asked) : 0;
  }
  // Well again: five minutes on end in which hardly anything fails.
  let wellFrom = untilS;
  for (let second = untilS; second < lengthS && second - wellFrom < 300; second++) {
    const { asked = 0, answered = 0 } = course[second] ?? {};
    if (answered < 0.97 * asked) wellFrom = second + 1;
  }
  const recoveryS = wellFrom - untilS;
  const meanwhile = course.slice(untilS, untilS + Math.max(recoveryS, Math.ceil(drainBoundS)));
  const asked = demand.subarray(untilS, untilS + meanwhile.length).reduce((sum, one) => sum + one, 0);
  const answered = meanwhile.reduce((sum, one) => sum + one.answered, 0);
  return {
    loss: (failedS + degradedS) / 60,
    metrics: {
      failedMinutes: failedS / 60,
      degradedMinutes: degradedS / 60,
      recoveryS,
      recoveryRatio: recoveryS / drainBoundS,
      goodputPercent: (100 * answered) / meanwhile.length,
      answeredPercent: (100 * answered) / asked,
    },
    delays: { recovery: [recoveryS] },
  };
}

const lived = (world: Overload, second: number, { answered, failed }: Second, level: Level): Lived => ({
  asked: world.demand[second] ?? 0,
  answered,
  failed,
  lacks: shows[level].lacks,
});

/** How a controller runs the service, told the second and the last minute's latency as CloudWatch shows it. */
type Controller = (second: number, minuteMs: number | undefined) => Manner;

function without(world: Overload, controller: Controller): Lived[] {
  const live = createService(world);
  const minute = meanOf();
  /** By the second in which CloudWatch shows them. */
  const shown = new Map<number, number>();
  return Array.from({ length: lengthS }, (_, second) => {
    const manner = controller(second, shown.get(second));
    const found = live(second, manner);
    const ms = minute(second, found);
    if (ms !== undefined) shown.set(second + lagMs / 1_000, ms);
    return lived(world, second, found, manner.level);
  });
}

/** The mean latency of what was worked on, at the end of each minute that had any. */
function meanOf() {
  let [worked, sumMs] = [0, 0];
  return (second: number, one: Second): number | undefined => {
    worked += one.worked;
    sumMs += one.worked * one.latencyMs;
    if (second % 60 !== 59 || worked === 0) return undefined;
    const ms = sumMs / worked;
    [worked, sumMs] = [0, 0];
    return ms;
  };
}

const alarmOf = ({ usualMs }: Overload): Alarm => ({
  name: "chat-latency",
  metric,
  above: 2 * usualMs,
  points: 3,
  of: 3,
});

/** Somebody on call closes the door for a minute, so that nothing waits when it opens again. */
function byPeople(world: Overload, random: Random): Controller {
  const state = alarmState(alarmOf(world));
  let closedFrom = Infinity;
  return (second, minuteMs) => {
    if (minuteMs !== undefined && state(minuteMs) === "goes-off")
      closedFrom = Math.min(closedFrom, second + Math.ceil(secondsToMend(random)));
    const isClosed = second >= closedFrom;
    if (second >= closedFrom + 60) closedFrom = Infinity;
    return { ...usually, isClosed };
  };
}

function leastCourse(world: Overload): Lived[] {
  return Array.from({ length: lengthS }, (_, second) => {
    const asked = world.demand[second] ?? 0;
    const failed = leastLost(world, second) * asked;
    return { asked, answered: asked - failed, failed, lacks: 0 };
  });
}

const stepS = 10;

async function withBot(world: Overload, seed: number, autonomy: Autonomy, suppressed?: Suppressed) {
  const alarm = alarmOf(world);
  const bot = createBot({ seed, suppressed, settings: settings(world, autonomy) });
  const startMs = bot.clock.now();
  const live = createService(world);
  const minute = meanOf();
  const state = alarmState(alarm);
  const course: Lived[] = [];
  bot.every({ seconds: stepS }, () => {
    // Its processes read the level every five seconds or so.
    const level = levelOf(bot);
    for (let left = stepS; left > 0; left--) {
      const second = course.length;
      const found = live(second, { ...usually, level });
      course.push(lived(world, second, found, level));
      const ms = minute(second, found);
      if (ms !== undefined) tell(bot, startMs + (second - 59) * 1_000, ms, state(ms), alarm);
    }
    return Promise.resolve();
  });
  await bot.runTo(startMs + toMs({ seconds: lengthS }));
  const changes = bot.changes();
  const isQuiet = (at: number) => at < startMs + world.fromS * 1_000;
  const result = {
    course,
    calls: [...bot.sim.calls],
    changes: changes.length,
    wrong: changes.filter(({ at }) => isQuiet(at)).length,
    prompts: bot.asked.length + bot.pages.length,
  };
  bot.close();
  return result;
}

/** A minute's latency: the workload sends it, CloudWatch shows it and has an alarm on it, each as late as it is. */
function tell(bot: Bot, at: number, ms: number, turn: "goes-off" | "ends" | undefined, alarm: Alarm): void {
  bot.deliver(sampleEvent(bot, metric, at, ms), sampleBus);
  bot.clock.at(bot.clock.now() + lagMs, () => bot.sim.seed.metric({ ...metric, samples: [[at, ms]] }));
  if (turn)
    bot.deliver(alarmEvent(bot, alarm, turn === "goes-off" ? "ALARM" : "OK", at + lagMs + 60_000, ms), {
      minMs: lagMs,
      maxMs: lagMs + 5_000,
    });
}

/** The level as a workload reads it. */
function levelOf({ sim, clock }: Bot): Level {
  const text = sim.world.parameters[levelParameter("chat")]?.versions.at(-1)?.value;
  if (text === undefined) return "full";
  return levelNow({ version: 0, text, value: levelValue.parse(JSON.parse(text)) }, clock.now());
}

const settings = ({ usualMs }: Overload, degrade: Autonomy) =>
  onItsOwn({
    services: [
      { name: "chat", latency: metric, latencyMs: { normal: usualMs, high: 2 * usualMs }, alarms: ["chat-latency"] },
    ],
    autonomy: { degrade },
  });
