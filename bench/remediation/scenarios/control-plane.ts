import { toMs } from "../../../src/clock.ts";
import { Random } from "../../../src/detect/random.ts";
import { levelNow, readLevel } from "../../../src/aws/level.ts";
import { standing } from "../../../src/engine/journal.ts";
import { sweep } from "../../../src/engine/watch.ts";
import { isClosed } from "../../../src/incidents/incident.ts";
import { type Bot, createBot } from "../bot.ts";
import { alarmEvent } from "../cloudwatch.ts";
import { deliverBadly, makeUnwell, trouble } from "../control-plane.ts";
import { secondsToAnswer, secondsToMend } from "../people.ts";
import type { Run, Scenario, Trial } from "../scenario.ts";
import { onItsOwn } from "../settings.ts";

const interruptions = 6;
const service = "chat";
const latency = { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: service } };
const slowMs = toMs({ minutes: 8 });
/** EC2 warns so long before it takes an instance. */
const noticeSeconds = 120;
/** An hour of trouble, and three in which everything must come to its end. */
const troubleMs = toMs({ hours: 1 });
const overMs = toMs({ hours: 4 });

/**
 * S12: six instances are interrupted and a service is slow while AWS throttles, fails, loses answers, delivers events late and twice, and
 * sandboxes die. Counted is what must never happen: something done twice, something left behind, something never answered.
 */
export const controlPlaneTrouble: Scenario = {
  id: "S12",
  title: "Control-plane trouble",
  about:
    "Spot instances are interrupted and a service is slow while one call in six meets trouble, three events in ten come twice or late, and " +
    "sandboxes die in the middle. Lost is what was done twice, left behind or never answered.",
  days: overMs / 86_400_000,
  lossUnit: "changes made twice, left behind or never made",
  against: "script for each event",
  goals: [
    { metric: "doubleActions", atMost: 0, says: "nothing done twice" },
    { metric: "orphans", atMost: 0, says: "nothing left behind" },
    { metric: "unanswered", atMost: 0, says: "nothing lost" },
  ],
  open: () => ({ run: trial }),
};

async function trial(seed: number): Promise<Trial> {
  const nothing: Run = { loss: 0, metrics: { doubleActions: 0, orphans: 0, unanswered: 0 } };
  const { run, deliveries } = await runBot(seed);
  return {
    bot: run,
    baselines: { "alarms and people": runPeople(seed), "script for each event": runScript(seed, deliveries) },
    oracle: nothing,
  };
}

async function runBot(seed: number): Promise<{ run: Run; deliveries: readonly number[] }> {
  const random = Random.fromSeed(seed);
  const deliveries: number[] = [];
  const bot = createBot({
    seed,
    settings: onItsOwn({
      services: [{ name: service, latency, latencyMs: { normal: 750, high: 1_500 }, alarms: ["chat-slow"] }],
    }),
    emit: (event, bus) => {
      if (bus !== "default" || event["detail-type"] !== "EC2 Spot Instance Interruption Warning") return;
      deliveries.push(deliverBadly(bot, event, random));
    },
  });
  const startMs = bot.clock.now();
  const doomed = seedEstate(bot);
  const callOff = makeUnwell(bot, random);
  bot.clock.at(startMs + troubleMs, callOff);
  for (const instance of doomed) {
    bot.clock.at(startMs + Math.floor(random.next() * 0.8 * troubleMs), () => bot.sim.spot.interrupt(instance));
  }
  slowFor(bot, startMs + toMs({ minutes: 10 }), slowMs, random, deliveries);
  // A round that meets trouble is over; the next one comes in a minute.
  bot.every({ minutes: 1 }, () => sweep(bot.world).catch(() => undefined));
  await bot.runTo(startMs + overMs);
  const run = await judge(bot, doomed);
  bot.close();
  return { run, deliveries };
}

/** A group of ten with workers on each, behind a target group. Answers those that EC2 will take. */
function seedEstate(bot: Bot): string[] {
  const { instances } = bot.sim.seed.group({
    name: "workers",
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size: 12,
    max: 24,
    spot: true,
    cluster: "gpu",
    targetGroups: [service],
  });
  bot.sim.seed.service({ cluster: "gpu", name: "worker", desired: 12 });
  return instances.slice(0, interruptions);
}

function slowFor(bot: Bot, fromMs: number, lengthMs: number, random: Random, deliveries: number[]): void {
  const metric = { namespace: latency.namespace, name: latency.name, dimensions: latency.dimensions };
  const samples: [number, number][] = [];
  for (let at = fromMs; at < fromMs + overMs; at += 30_000) samples.push([at, at < fromMs + lengthMs ? 2_400 : 800]);
  bot.sim.seed.metric({ ...metric, samples });
  bot.clock.at(fromMs + 120_000, () => {
    const alarm = { name: "chat-slow", metric, above: 1_500, points: 3, of: 3 };
    deliveries.push(deliverBadly(bot, alarmEvent(bot, alarm, "ALARM", bot.clock.now(), 2_400), random));
  });
}

async function judge(bot: Bot, doomed: readonly string[]): Promise<Run> {
  const incidents = await bot.world.incidents.recent(1_000);
  const changes = bot.changes().map(({ operation, input }) => `${operation} ${JSON.stringify(input)}`);
  const doubleActions = changes.filter((change, place) => changes.indexOf(change) !== place).length;
  const level = levelNow(await readLevel(bot.world.reading.ssm, service), bot.clock.now());
  const left = await Promise.all(
    incidents.map(async ({ id, runbook }) =>
      runbook === "degrade" ? standing(await bot.world.journal.read(id)).length : 0,
    ),
  );
  const open = incidents.filter((incident) => !isClosed(incident)).length;
  const running = bot.service.list().filter(({ status }) => status === "RUNNING").length;
  const group = bot.sim.world.groups["workers"];
  const size = Object.keys(group?.members ?? {}).length;
  const orphans = open + running + left.reduce((sum, one) => sum + one, 0) + Number(level !== "full");
  const isGivenToPeople = incidents.some(({ phase }) => phase.state === "closed" && phase.outcome === "escalated");
  // What a person was woken for is not forgotten.
  const instancesOff = Math.abs(size - 12);
  const forgotten = isGivenToPeople ? 0 : instancesOff;
  const roots = new Set(incidents.map(({ root }) => root));
  const unanswered = [...doomed.map((id) => `instance/${id}`), `service/${service}`].filter(
    (root) => !roots.has(root),
  ).length;
  return {
    loss: doubleActions + orphans + unanswered + instancesOff,
    metrics: {
      doubleActions,
      orphans: orphans + forgotten,
      instancesLeftToPeople: instancesOff - forgotten,
      unanswered,
      healed: incidents.filter(({ phase }) => phase.state === "closed" && phase.outcome === "healed").length,
    },
    actions: { taken: changes.length, wrong: doubleActions, tested: 0, harmful: 0 },
    prompts: bot.asked.length + bot.pages.length,
  };
}

/** People change nothing twice and leave nothing, but they are seldom there in the two minutes of a notice, or in the eight of the slowness. */
function runPeople(seed: number): Run {
  const random = Random.fromSeed(seed);
  const late = Array.from({ length: interruptions }, () => secondsToAnswer(random) > noticeSeconds);
  const unanswered = late.filter(Boolean).length + Number(1_000 * secondsToMend(random) > slowMs);
  return { loss: unanswered, metrics: { doubleActions: 0, orphans: 0, unanswered }, prompts: interruptions + 1 };
}

/** What people write first: a function that, for each delivery, does its four calls in order, tries each three times, and forgets. */
function runScript(seed: number, deliveries: readonly number[]): Run {
  const random = Random.fromSeed(seed);
  let doubleActions = 0;
  let orphans = 0;
  let unanswered = 0;
  for (const times of deliveries) {
    let answered = false;
    for (let delivery = 0; delivery < times; delivery++) {
      let done = 0;
      for (let call = 0; call < 4 && done === call; call++) {
        if (random.next() < trouble.crashed) break;
        for (let attempt = 0; attempt < 3 && done === call; attempt++) {
          const chance = random.next();
          if (chance < trouble.throttled + trouble.broken + trouble.dropped) continue;
          // It was made; whoever hears nothing makes it again.
          if (chance < trouble.throttled + trouble.broken + trouble.dropped + trouble.answerLost) doubleActions += 1;
          else done += 1;
        }
      }
      if (done > 0 && done < 4) orphans += 1;
      if (answered) doubleActions += done;
      answered ||= done > 0;
    }
    if (!answered) unanswered += 1;
  }
  return { loss: doubleActions + orphans + unanswered, metrics: { doubleActions, orphans, unanswered } };
}
