import { Random } from "../../../src/detect/random.ts";
import { onSchedule } from "../../../src/engine/schedule.ts";
import { type Bot, createBot, type Suppressed } from "../bot.ts";
import { testHarm } from "../harm.ts";
import { quantile } from "../interval.ts";
import type { Run, Scenario, Trial } from "../scenario.ts";
import { onItsOwn } from "../settings.ts";
import {
  aDay,
  Bill,
  days,
  drawOversized,
  follow,
  historyDays,
  type Oversized,
  readUses,
  sizeFor,
  type SizeRule,
  stepMs,
} from "../size-world.ts";

const cluster = "apps";
const lagMs = 90_000;
const dayMs = 86_400_000;
const harmTried = 1;
/** What a kill and a minute of slow answers cost in dollars: assumptions, so that both and the bill can be added. */
const killCosts = 10;
const slowMinuteCosts = 0.05;

/** S7: services with several times what they use. */
export const oversized: Scenario = {
  id: "S7",
  title: "Oversized services",
  about:
    "Five services on Fargate with what recorded servers, virtual machines and accelerators had, who used little of it, for two weeks after " +
    `two that CloudWatch remembers. Lost are the dollars they cost, $${killCosts} for each time memory is too little, and $${slowMinuteCosts} ` +
    "for each minute in which a task uses more than 90 % of its CPU.",
  days,
  lossUnit: "dollars",
  against: "alarm and people",
  goals: [
    { metric: "savedPercent", atLeast: 50, says: "half the cost" },
    { metric: "outOfMemory", atMost: 0, says: "memory is never too little" },
    { metric: "slowPercent", atMost: 0.1, says: "slow in at most 0.1 % of the minutes" },
  ],
  atOdds: ["savedPercent", "slowPercent"],
  open(traces) {
    const uses = readUses(traces);
    return { run: (seed) => trial(drawOversized(uses, Random.fromSeed(seed)), seed) };
  },
};

async function trial(all: readonly Oversized[], seed: number): Promise<Trial> {
  const { bill, endUsdPercent, calls, changes, prompts } = await withBot(all, seed);
  const bot = toRun(bill);
  const rerun = async (suppressed: Suppressed) => toRun((await withBot(all, seed, suppressed)).bill).loss;
  const harm = await testHarm(calls, bot.loss, Random.fromSeed(seed), rerun, harmTried);
  return {
    bot: {
      ...bot,
      metrics: { ...bot.metrics, savedInTheEndPercent: 100 - endUsdPercent },
      actions: { taken: changes, wrong: 0, ...harm },
      prompts,
    },
    baselines: {
      nothing: toRun(follow(all, (_, __, has) => has)),
      "alarm and people": toRun(follow(all, byPeople)),
      "Compute Optimizer's rule": toRun(follow(all, byOptimizer)),
    },
    oracle: toRun(follow(all, knowing)),
  };
}

const toRun = (bill: Bill): Run => ({
  loss: bill.usd + killCosts * bill.outOfMemory + slowMinuteCosts * 5 * bill.breaches,
  metrics: {
    savedPercent: 100 * (1 - bill.usd / bill.usdGiven),
    outOfMemory: bill.outOfMemory,
    slowPercent: (100 * bill.breaches) / bill.steps,
  },
});

const usedOn = ({ use }: Oversized, from: number, to: number, share: number) => {
  const seen = use.slice((historyDays + from) * aDay, (historyDays + to) * aDay);
  return {
    cpu: quantile(
      seen.map(({ cpu }) => cpu),
      share,
    ),
    memory: quantile(
      seen.map(({ memory }) => memory),
      share,
    ),
  };
};

/** An alarm on less than a tenth of the CPU for a day: somebody halves what the tasks have, once. */
const byPeople: SizeRule = (service, day, has) => {
  const { cpu, memory } = usedOn(service, day - 1, day, 1);
  const isIdle = has === service.given && cpu < 0.1 * has.cpu && memory < 0.5 * has.memory;
  return isIdle ? sizeFor({ cpu: has.cpu / 2, memory: has.memory / 2 }) : has;
};

/** What AWS Compute Optimizer proposes by default, made at once: the 99.5th percentile of two weeks, and a fifth to spare. */
const byOptimizer: SizeRule = (service, day, has) => {
  if (day > 0) return has;
  const { cpu, memory } = usedOn(service, -historyDays, 0, 0.995);
  return sizeFor({ cpu: 1.2 * cpu, memory: 1.2 * memory });
};

/** Each day as little as the day takes. */
const knowing: SizeRule = (service, day) => {
  const { cpu, memory } = usedOn(service, day, day + 1, 1);
  return sizeFor({ cpu: cpu / 0.9, memory });
};

async function withBot(all: readonly Oversized[], seed: number, suppressed?: Suppressed) {
  const bot = createBot({ seed, suppressed, settings: settings(all) });
  const startMs = bot.clock.now();
  for (const { name, given, use } of all) {
    bot.sim.seed.service({ cluster, name, desired: 1, fargate: true, ...given });
    const first = bot.sim.world.definitions[`${name}:1`];
    if (first) first.registeredAt = startMs - 100 * dayMs;
    for (const step of Array.from({ length: historyDays * aDay }, (_, index) => index))
      show(bot, name, startMs + (step - historyDays * aDay) * stepMs, percents(given, use[step] ?? given));
  }
  const bill = new Bill();
  let step = historyDays * aDay;
  bot.every({ minutes: 5 }, async () => {
    const now = bot.clock.now();
    for (const { name, given, use } of all) {
      const used = use[step] ?? given;
      const task = Object.values(bot.sim.world.tasks).find(
        ({ group, last }) => group === `service:${name}` && last === "RUNNING",
      );
      if (!task) continue;
      const has = { cpu: task.cpu, memory: task.memory };
      if (bill.add(given, has, used)) bot.sim.tasks.outOfMemory(task.arn);
      bot.clock.at(now + lagMs, () => show(bot, name, now, percents(has, used)));
    }
    step += 1;
    if ((now % dayMs) - 9 * 3_600_000 < stepMs && now % dayMs >= 9 * 3_600_000)
      await onSchedule(bot.world, bot.sim.world);
  });
  await bot.runTo(startMs + days * dayMs);
  const end = new Bill();
  for (const { name, given } of all) {
    const { cpu = 0, memory = 0 } =
      bot.sim.world.definitions[bot.sim.world.services[`${cluster}/${name}`]?.definition ?? ""] ?? {};
    end.add(given, { cpu, memory }, { cpu: 0, memory: 0 });
  }
  const result = {
    bill,
    endUsdPercent: (100 * end.usd) / end.usdGiven,
    calls: [...bot.sim.calls],
    changes: bot.changes().length,
    prompts: bot.asked.length + bot.pages.length,
  };
  bot.close();
  return result;
}

type Units = Oversized["given"];

const percents = (has: Units, use: Units) => ({
  CPUUtilization: Math.min(100, (100 * use.cpu) / has.cpu),
  MemoryUtilization: Math.min(100, (100 * use.memory) / has.memory),
});

function show({ sim }: Bot, service: string, at: number, values: Readonly<Record<string, number>>): void {
  const dimensions = { ClusterName: cluster, ServiceName: service };
  for (const [name, value] of Object.entries(values))
    sim.seed.metric({ namespace: "AWS/ECS", name, dimensions, samples: [[at, value]] });
}

const settings = (all: readonly Oversized[]) =>
  onItsOwn({
    services: all.map(({ name }) => ({
      name,
      latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: name } },
      latencyMs: { normal: 500, high: 1_000 },
      size: { kind: "ecs", cluster, service: name, days: 14, memoryMayShrink: true, hourUtc: 9 },
    })),
    // A new size is a deployment: somebody approves it.
    autonomy: { rightsize: "approve", "grow-tasks": "auto" },
  });
