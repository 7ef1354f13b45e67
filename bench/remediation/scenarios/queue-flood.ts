import { VirtualClock } from "../../../sim/clock.ts";
import { createSim, type Sim } from "../../../sim/sim.ts";
import { toMs } from "../../../src/clock.ts";
import { Random } from "../../../src/detect/random.ts";
import { createBot, type Suppressed } from "../bot.ts";
import { type Alarm, alarmEvent, alarmState, publish } from "../cloudwatch.ts";
import { testHarm } from "../harm.ts";
import { secondsToMend } from "../people.ts";
import { type Drained, liveQueue, names, type QueueSetting } from "../queue-world.ts";
import type { Timeline } from "../plot.ts";
import type { Run, Scenario, Trial } from "../scenario.ts";
import { onItsOwn } from "../settings.ts";

const lengthMs = toMs({ hours: 7 });
const url = `https://sqs.us-east-2.amazonaws.com/123456789012/${names.queue}`;
const metric = { namespace: "AWS/SQS", name: "ApproximateAgeOfOldestMessage", dimensions: { QueueName: names.queue } };
/** The usual alarm on a queue: what waits longest waits too long. */
const ageAlarm: Alarm = { name: "jobs-too-old", metric, above: 600, points: 3, of: 3 };
/** What a message that waits too long costs its sender an hour: an assumption, so that waiting and machines can be added. */
const dollarsALateHour = 1;
/** g5.xlarge, on demand, us-east-1, in `prices.csv` of the traces. */
const dollarsAnInstanceHour = 1.006;

/** Each action is tried without in two more runs, so few are. */
const harmTried = 3;

/** S5: for half an hour ten times as many messages come as usual; in one world all are legitimate, in its twin no worker can read them. */
export const queueFlood: Scenario = {
  id: "S5",
  title: "Queue flood",
  about:
    "A queue that four GPU workers keep empty gets ten times as many messages for half an hour: in one world they are work, in its twin no " +
    "worker can read them. Lost is what the machines cost and a dollar for every hour that a message waits beyond ten minutes, in both.",
  days: (2 * lengthMs) / 86_400_000,
  lossUnit: "dollars",
  against: "alarm and people",
  goals: [
    { metric: "drainRatio", atMost: 1.3, says: "drained within 1.3 times the bound" },
    { metric: "costRatio", atMost: 1.15, says: "machines for at most 1.15 times the bound" },
    {
      metric: "poisonAsideMinutes",
      atMost: 10,
      says: "nine in ten poison messages among the dead letters within ten minutes",
    },
    { metric: "recoveredShare", atLeast: 0.7, says: "0.7 of what can be recovered" },
  ],
  atOdds: ["instanceHours", "drainMinutes"],
  open: () => ({ run: trial }),
};

function settingOf(seed: number): QueueSetting {
  const random = Random.fromSeed(seed);
  return {
    perSecond: 0.12 + 0.06 * random.next(),
    times: 10,
    floodFromMs: 10_000 * Math.floor(toMs({ minutes: 90 + 60 * random.next() }) / 10_000),
    floodMs: toMs({ minutes: 30 }),
    secondsPerMessage: 20,
    loadMs: toMs({ minutes: 3 }),
    workers: 4,
    workersMax: 40,
    waitMs: toMs({ minutes: 10 }),
    isPoison: false,
  };
}

/** The same flood as work and as poison. */
interface Twins {
  readonly work: Drained;
  readonly poison: Drained;
}

async function trial(seed: number): Promise<Trial> {
  const [work, poison] = [settingOf(seed), { ...settingOf(seed), isPoison: true }];
  const under = async (controller: (setting: QueueSetting) => Controller): Promise<Twins> => ({
    work: await without(work, seed, controller(work)),
    poison: await without(poison, seed, controller(poison)),
  });
  const oracle = await under(knowing);
  const [worked, poisoned] = [await withBot(work, seed), await withBot(poison, seed)];
  const ours: Twins = { work: worked.drained, poison: poisoned.drained };
  const harm = await testHarm(
    worked.calls,
    loss(ours.work),
    Random.fromSeed(seed),
    async (suppressed) => loss((await withBot(work, seed, suppressed)).drained),
    harmTried,
  );
  const baselines = {
    nothing: await under(() => () => undefined),
    "alarm and people": await under(() => byPeople(Random.fromSeed(seed))),
    "target tracking": await under(byTracking),
  };
  return {
    bot: {
      ...toRun(ours, oracle),
      actions: { taken: worked.changes + poisoned.changes, wrong: 0, ...harm },
      prompts: worked.prompts + poisoned.prompts,
    },
    baselines: Object.fromEntries(Object.entries(baselines).map(([name, twins]) => [name, toRun(twins, oracle)])),
    oracle: toRun(oracle, oracle),
    timeline: timelineOf({ ...baselines, Paramedic: ours, limit: oracle }),
  };
}

function toRun({ work, poison }: Twins, oracle: Twins): Run {
  return {
    loss: loss(work) + loss(poison),
    metrics: {
      drainMinutes: work.drainMs / 60_000,
      drainRatio: work.drainMs / oracle.work.drainMs,
      instanceHours: work.instanceHours,
      costRatio: work.instanceHours / oracle.work.instanceHours,
      lateMessageHours: work.lateHours,
      poisonCostRatio: poison.instanceHours / oracle.poison.instanceHours,
      poisonAsideMinutes: poison.poisonMs / 60_000,
    },
  };
}

/** How much waits under each controller, minute by minute. */
function timelineOf(all: Readonly<Record<string, Twins>>): Timeline {
  const stateOf = (waiting: number): string =>
    waiting <= 30 ? "hardly anything waits" : waiting <= 300 ? "over 30 wait" : "over 300 wait";
  return {
    title: "How many messages wait, in one flood of work",
    unit: "minutes",
    end: lengthMs / 60_000,
    lanes: Object.entries(all).map(([name, { work }]) => ({
      name,
      spans: work.minutes.map(({ waiting }, minute) => ({ from: minute, to: minute + 1, state: stateOf(waiting) })),
    })),
  };
}

const loss = ({ lateHours, instanceHours }: Drained): number =>
  dollarsALateHour * lateHours + dollarsAnInstanceHour * instanceHours;

/** How many workers a controller wants, told the minute's backlog and age; `undefined`: as many as there are. */
type Controller = (at: number, waiting: number, ageS: number, desired: number) => number | undefined;

/** CloudWatch shows a minute this much later. */
const lagMs = 90_000;

async function without(setting: QueueSetting, seed: number, controller: Controller): Promise<Drained> {
  const clock = new VirtualClock(Date.UTC(2026, 10, 22, 3, 0));
  const sim: Sim = createSim({ clock, seed });
  const startMs = clock.now();
  const { judge } = liveQueue({ clock, sim }, setting, seed, (at, [waiting, age]) => {
    clock.at(at + lagMs, () => {
      const wanted = controller(
        at + lagMs - startMs,
        waiting?.[1] ?? 0,
        age?.[1] ?? 0,
        sim.world.groups[names.group]?.desired ?? 0,
      );
      if (wanted === undefined) return;
      const DesiredCapacity = Math.max(setting.workers, Math.min(setting.workersMax, wanted));
      void sim.call("autoscaling", "SetDesiredCapacity", { AutoScalingGroupName: names.group, DesiredCapacity });
    });
  });
  // What a controller asks for is asked between two steps of the clock.
  for (
    ;
    (clock.next() ?? Infinity) <= startMs + lengthMs;
    await new Promise<void>((resolve) => void setImmediate(resolve))
  ) {
    clock.advanceTo(clock.next() ?? startMs);
  }
  sim.stop();
  return judge();
}

/** Knows of the flood in its first second and of its end: everything that may be there at once, and nothing when it is over. */
function knowing({ floodFromMs, floodMs, workers, workersMax }: QueueSetting): Controller {
  let isOver = false;
  return (at, waiting) => {
    if (at < floodFromMs) return undefined;
    isOver ||= at > floodFromMs + floodMs && waiting <= workers;
    return isOver ? workers : workersMax;
  };
}

/** Somebody on call gives the group all it may have, and takes it away when the queue is empty. */
function byPeople(random: Random): Controller {
  const state = alarmState(ageAlarm);
  let until = Infinity;
  return (at, waiting, ageS, desired) => {
    if (state(ageS) === "goes-off") until = Math.min(until, at + 1_000 * secondsToMend(random));
    if (at < until) return undefined;
    if (waiting > desired) return 40;
    until = Infinity;
    return 4;
  };
}

/** AWS's own: a target of so much backlog for each instance, out after three minutes above it, in after fifteen below nine tenths. */
function byTracking({ waitMs, secondsPerMessage, workers }: QueueSetting): Controller {
  const target = waitMs / 1_000 / secondsPerMessage;
  let above = 0;
  let below = 0;
  let lastAt = -Infinity;
  return (at, waiting, _, desired) => {
    const each = waiting / Math.max(1, desired);
    above = each > target ? above + 1 : 0;
    below = each < 0.9 * target ? below + 1 : 0;
    // New instances are not counted on for five minutes.
    if (above >= 3 && at - lastAt >= 300_000) {
      lastAt = at;
      return Math.ceil(waiting / target);
    }
    return below >= 15 ? Math.max(workers, Math.floor(desired * 0.9)) : undefined;
  };
}

async function withBot(setting: QueueSetting, seed: number, suppressed?: Suppressed) {
  const bot = createBot({
    seed,
    suppressed,
    settings: onItsOwn({
      services: [
        {
          name: "jobs",
          latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "jobs" } },
          latencyMs: { normal: 1_000, high: 2_000 },
          queue: {
            url,
            deadLetters: `${url}-dead`,
            workers: { kind: "group", group: names.group },
            secondsPerMessage: setting.secondsPerMessage,
            waitMinutes: setting.waitMs / 60_000,
            workersMax: setting.workersMax,
            // A queue that never stops never has nothing in flight: its workers see to it themselves.
            protectThemselves: true,
          },
        },
      ],
    }),
  });
  const state = alarmState(ageAlarm);
  const startMs = bot.clock.now();
  const { judge } = liveQueue(bot, setting, seed, (at, metrics) => {
    publish(bot, at, metrics);
    const ageS = metrics[1]?.[1] ?? 0;
    const turn = state(ageS);
    if (turn)
      bot.deliver(alarmEvent(bot, ageAlarm, turn === "goes-off" ? "ALARM" : "OK", at, ageS), {
        minMs: lagMs,
        maxMs: lagMs + 5_000,
      });
  });
  await bot.runTo(startMs + lengthMs);
  const drained = judge();
  const calls = [...bot.sim.calls];
  const [changes, prompts] = [bot.changes().length, bot.asked.length + bot.pages.length];
  bot.close();
  return { drained, calls, changes, prompts };
}
