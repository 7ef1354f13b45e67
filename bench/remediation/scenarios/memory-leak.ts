import { z } from "zod";
import { onSchedule } from "../../../src/engine/schedule.ts";
import { Random } from "../../../src/detect/random.ts";
import { type Bot, createBot, type Suppressed } from "../bot.ts";
import { type Alarm, alarmEvent, alarmState } from "../cloudwatch.ts";
import { testHarm } from "../harm.ts";
import {
  days,
  drawServices,
  type Leaked,
  type Leaky,
  live,
  memoryOf,
  readPods,
  type Restarts,
  stepMs,
  tasksEach,
} from "../leak-world.ts";
import { secondsToMend } from "../people.ts";
import type { Run, Scenario, Trial } from "../scenario.ts";
import { onItsOwn } from "../settings.ts";

const cluster = "apps";
const lagMs = 90_000;
const harmTried = 1;
/** A restart that need not be costs warm caches: an assumption, in kills. */
const needlessCosts = 0.1;
const day = 86_400_000;

/** S8: two services in six leak memory, slowly; their tasks are killed when they have none left. */
export const memoryLeak: Scenario = {
  id: "S8",
  title: "Slow memory leak",
  about:
    `Six services of ${tasksEach} tasks for ${days} days. One leaks as fast as a recorded pod, one runs out in 8 to 48 hours, the others ` +
    "wander as recorded pods do. Lost are tasks that are killed for want of memory, and a tenth of one for each restart of a service that " +
    "does not leak.",
  days,
  lossUnit: "kills",
  against: "alarm and people",
  goals: [
    { metric: "avertedPercent", atLeast: 95, says: "95 % of the kills averted" },
    { metric: "needlessRestarts", atMost: 0, says: "no restart of what does not leak" },
    { metric: "recoveredShare", atLeast: 0.7, says: "0.7 of what can be recovered" },
  ],
  atOdds: ["kills", "restarts"],
  open(traces) {
    const pods = readPods(traces);
    return { run: (seed) => trial(drawServices(pods, Random.fromSeed(seed)), seed) };
  },
};

async function trial(all: readonly Leaky[], seed: number): Promise<Trial> {
  const { leaked, calls, changes, wrong, prompts, startMs } = await withBot(all, seed);
  const nothing = live(all, startMs, () => false);
  const run = (one: Leaked) => toRun(one, nothing.kills);
  const rerun = async (suppressed: Suppressed) => run((await withBot(all, seed, suppressed)).leaked).loss;
  const bot = run(leaked);
  const harm = await testHarm(calls, bot.loss, Random.fromSeed(seed), rerun, harmTried);
  return {
    bot: { ...bot, actions: { taken: changes, wrong, ...harm }, prompts },
    baselines: {
      nothing: run(nothing),
      "alarm and people": run(live(all, startMs, byPeople(Random.fromSeed(seed)))),
      "everything every night": run(live(all, startMs, (_, now) => now % day === 0)),
    },
    // Whoever knows restarts in time what leaks.
    oracle: run({ kills: 0, restarts: 0, needless: 0 }),
  };
}

const toRun = ({ kills, restarts, needless }: Leaked, killsOfNothing: number): Run => ({
  loss: kills + needlessCosts * needless,
  metrics: {
    kills,
    restarts,
    needlessRestarts: needless,
    avertedPercent: killsOfNothing === 0 ? 100 : 100 * (1 - kills / killsOfNothing),
  },
});

const metricOf = (service: string) => ({
  namespace: "AWS/ECS",
  name: "MemoryUtilization",
  dimensions: { ClusterName: cluster, ServiceName: service },
});

/** The usual alarm, on the fullest task for a quarter of an hour. */
const alarmOf = ({ name }: Leaky): Alarm => ({
  name: `${name}-memory`,
  metric: metricOf(name),
  above: 80,
  points: 3,
  of: 3,
});

/** Somebody on call sees whether it rises, and restarts what leaks. */
function byPeople(random: Random): Restarts {
  const states = new Map<string, ReturnType<typeof alarmState>>();
  const due = new Map<string, number>();
  return (service, now, percent) => {
    const state = states.get(service.name) ?? alarmState(alarmOf(service));
    states.set(service.name, state);
    if (state(percent) === "goes-off" && service.perDay > 0) due.set(service.name, now + 1_000 * secondsToMend(random));
    const isDue = now >= (due.get(service.name) ?? Infinity);
    if (isDue) due.delete(service.name);
    return isDue;
  };
}

async function withBot(all: readonly Leaky[], seed: number, suppressed?: Suppressed) {
  const bot = createBot({ seed, suppressed, settings: settings(all) });
  const startMs = bot.clock.now();
  for (const service of all) {
    const { name } = service;
    bot.sim.seed.service({ cluster, name, desired: tasksEach, fargate: true });
    for (const [slot, task] of tasksOf(bot, name).entries()) task.startedAt = startMs - slot * 3_600_000;
    // What CloudWatch has seen since the oldest of them began.
    const oldest = tasksEach - 1;
    const since = startMs - oldest * 3_600_000;
    const samples = Array.from({ length: oldest * 12 }, (_, index) => since + index * stepMs).map(
      (at) => [at, memoryOf(service, oldest, since, at)] as const,
    );
    bot.sim.seed.metric({ ...metricOf(name), samples });
  }
  const alarms = all.map((service) => alarmState(alarmOf(service)));
  let kills = 0;
  /** By task: ECS forgets those that have ended. */
  const serviceOf = new Map<string, string>();
  bot.every({ minutes: 5 }, () => {
    const now = bot.clock.now();
    for (const [place, service] of all.entries()) {
      const tasks = tasksOf(bot, service.name);
      const used = tasks.map(({ startedAt = now }, slot) => memoryOf(service, slot, startedAt, now));
      for (const [slot, { arn }] of tasks.entries()) {
        serviceOf.set(arn, service.name);
        if ((used[slot] ?? 0) < 100) continue;
        kills += 1;
        bot.sim.tasks.outOfMemory(arn);
      }
      const fullest = Math.min(100, Math.max(0, ...used));
      const metric = metricOf(service.name);
      bot.clock.at(now + lagMs, () => bot.sim.seed.metric({ ...metric, samples: [[now, fullest]] }));
      const turn = alarms[place]?.(fullest);
      if (turn)
        bot.deliver(alarmEvent(bot, alarmOf(service), turn === "goes-off" ? "ALARM" : "OK", now, fullest), {
          minMs: lagMs,
          maxMs: lagMs + 5_000,
        });
    }
    return Promise.resolve();
  });
  // The schedule comes every minute; the second of an hour sees as much as the first, and more.
  bot.clock.at(startMs + 120_000, () =>
    bot.every({ hours: 1 }, async () => void (await onSchedule(bot.world, bot.sim.world))),
  );
  await bot.runTo(startMs + days * day);
  const changes = bot.changes();
  const leaking = all.filter(({ perDay }) => perDay > 0).map(({ name }) => name);
  const wrong = changes.filter(({ input }) => !leaking.includes(serviceOf.get(taskIn(input)) ?? "")).length;
  const result = {
    startMs,
    leaked: { kills, restarts: changes.length, needless: wrong },
    calls: [...bot.sim.calls],
    changes: changes.length,
    wrong,
    prompts: bot.asked.length + bot.pages.length,
  };
  bot.close();
  return result;
}

const stopping = z.object({ task: z.string() });
/** The task that a change is about; of the changes here only `StopTask` is about one. */
const taskIn = (input: unknown): string => stopping.safeParse(input).data?.task ?? "";

const tasksOf = ({ sim }: Bot, service: string) =>
  Object.values(sim.world.tasks).filter(({ group, last }) => group === `service:${service}` && last === "RUNNING");

const settings = (all: readonly Leaky[]) =>
  onItsOwn({
    services: all.map((service) => ({
      name: service.name,
      latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: service.name } },
      latencyMs: { normal: 500, high: 1_000 },
      memory: { cluster, service: service.name, alarms: [alarmOf(service).name] },
    })),
    // As the design has it: said beforehand, and done unless somebody objects.
    autonomy: { "restart-leaky": "veto" },
  });
