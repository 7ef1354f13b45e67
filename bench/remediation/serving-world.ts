import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";
import { Random } from "../../src/detect/random.ts";
import { onSchedule } from "../../src/engine/schedule.ts";
import { type Bot, createBot, type Suppressed } from "./bot.ts";
import { gauss } from "./people.ts";
import { onItsOwn } from "./settings.ts";
import { type TargetTracking, trackTarget } from "./target-tracking.ts";
import { number, type Traces } from "./traces.ts";

/** What is asked of a fleet minute by minute, in replicas that are busy with nothing else; at its peak it takes all of them. */
export interface Stretch {
  readonly demand: Float64Array;
  /** The minute with which what is measured begins; what was before is in CloudWatch. */
  readonly from: number;
}

export const replicasMax = 16;
/** Few enough for seconds: the bot looks ahead every ten minutes, and a forecast takes its time. */
export const measuredDays = 3;
const measuredMinutes = measuredDays * 1_440;
const binMinutes = 10;
/** Requests a replica serves in a minute: only to have a number that CloudWatch counts. */
const perMinute = 600;
/** The scatter of a minute around its ten minutes: several times what chance alone makes of hundreds of requests a second. */
const scatter = 0.03;

/** Recorded request rates of services over two weeks, by ten minutes. */
export function readDemands(traces: Traces): number[][] {
  const row = z.object({ total_rps: number });
  const all = traces
    .find("llm-arrivals", /_600s\.csv$/)
    .map((file) => traces.csv(file, row).map(({ total_rps }) => total_rps))
    .filter((rates) => rates.length * binMinutes >= 14 * 1_440);
  if (all.length === 0)
    throw new BotError("bad_input", `reading traces: ${traces.folder}/llm-arrivals has nothing of two weeks`);
  return all;
}

/** The rate so many bins after the beginning of a recording: the mean of a bin is that of its middle. */
export function rateAt(rates: readonly number[], bins: number): number {
  const at = Math.max(0, bins - 0.5);
  const [before = 0, after = before] = rates.slice(Math.floor(at), Math.floor(at) + 2);
  return before + (at % 1) * (after - before);
}

/** Three days that begin somewhere from the fifth to the eleventh day of a recording. */
export function drawStretch(demands: readonly (readonly number[])[], seed: number): Stretch {
  const random = Random.fromSeed(seed);
  const rates = demands[seed % demands.length] ?? [];
  const peak = Math.max(...rates);
  const from = (4 * 144 + random.below(7 * 144)) * binMinutes;
  const demand = Float64Array.from({ length: from + measuredMinutes }, (_, minute) => {
    const usual = rateAt(rates, (minute + 0.5) / binMinutes);
    return Math.max(0, (replicasMax * usual * (1 + scatter * gauss(random))) / peak);
  });
  return { demand, from };
}

/** Replicas paid for, busy and missing, in replica-minutes. */
export interface Served {
  readonly paid: number;
  readonly asked: number;
  readonly missing: number;
  readonly bot: Pick<Bot, "changes" | "asked" | "pages">;
  readonly sizes: readonly number[];
}

/** After its instance runs, a replica loads its image and its model. */
const loadMinutes = 2;
/** CloudWatch has a minute's count one to two minutes later. */
const lagMs = 90_000;
const fleet = "replicas";
const requests = { namespace: "AWS/ApplicationELB", name: "RequestCount", dimensions: { LoadBalancer: "app/llm/1" } };

/** A fleet in an Auto Scaling group with a target-tracking policy of its own, with the bot's look ahead or without it. */
export async function serve(
  { demand, from }: Stretch,
  seed: number,
  { policy, isAhead, suppressed }: { policy: TargetTracking; isAhead: boolean; suppressed?: Suppressed },
): Promise<Served> {
  const bot = createBot({ seed, suppressed, emit: () => {}, settings: settings() });
  const startMs = bot.clock.now();
  const at = (minute: number) => startMs + (minute - from) * 60_000;
  const askedIn = (minute: number) => demand[minute] ?? 0;
  bot.sim.seed.group({
    name: fleet,
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size: Math.ceil(askedIn(from) / policy.target),
    min: 1,
    max: replicasMax,
    spot: false,
    policies: ["load"],
  });
  const history = [...demand.subarray(0, from).entries()];
  bot.sim.seed.metric({ ...requests, samples: history.map(([minute, value]) => [at(minute), perMinute * value]) });

  const since = new Map(membersOf(bot).map((id) => [id, -Infinity]));
  const scale = trackTarget(policy);
  let [paid, asked, missing] = [0, 0, 0];
  const sizes: number[] = [];
  bot.every({ minutes: 1 }, async () => {
    const minute = from + sizes.length;
    const running = membersOf(bot);
    for (const id of running) if (!since.has(id)) since.set(id, minute);
    const serving = running.filter((id) => minute - (since.get(id) ?? minute) >= loadMinutes).length;
    sizes.push(running.length);
    paid += running.length;
    asked += askedIn(minute);
    missing += Math.max(0, askedIn(minute) - serving);
    bot.clock.at(bot.clock.now() + lagMs, () =>
      bot.sim.seed.metric({ ...requests, samples: [[at(minute), perMinute * askedIn(minute)]] }),
    );
    await followPolicy(
      bot,
      scale({ demand: askedIn(minute), serving, desired: bot.sim.world.groups[fleet]?.desired ?? 0 }),
    );
    // The schedule comes every minute; the third of ten sees as much as the first two, and more.
    if (isAhead && sizes.length % 10 === 2) await onSchedule(bot.world, bot.sim.world);
  });
  await bot.runTo(at(demand.length));
  bot.close();
  return { paid, asked, missing, bot, sizes };
}

const membersOf = ({ sim }: Bot): string[] =>
  Object.entries(sim.world.groups[fleet]?.members ?? {}).flatMap(([id, { lifecycle }]) =>
    lifecycle === "InService" ? [id] : [],
  );

/** What AWS does for the group's policy: never beyond the bounds that the group has at that time. */
async function followPolicy({ sim }: Bot, wanted: number | undefined): Promise<void> {
  const group = sim.world.groups[fleet];
  if (wanted === undefined || !group) return;
  const DesiredCapacity = Math.min(group.max, Math.max(group.min, wanted));
  if (DesiredCapacity === group.desired) return;
  await sim.call("autoscaling", "SetDesiredCapacity", { AutoScalingGroupName: fleet, DesiredCapacity });
}

const settings = () =>
  onItsOwn({
    services: [
      {
        name: "llm",
        latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "llm" } },
        latencyMs: { normal: 750, high: 1_500 },
        ahead: {
          workers: { kind: "group", group: fleet },
          demand: requests,
          perWorker: perMinute * binMinutes,
          floorMax: replicasMax,
          // A launch takes one to two minutes and the load two: the least that a forecast of ten minutes can say.
          leadMinutes: 10,
        },
      },
    ],
    prices: { instances: { "g5.xlarge": { onDemand: 1.006 } } },
  });

/** What it takes for somebody who knows every minute beforehand: as many as are needed, asked for in time. */
export function leastReplicas({ demand, from }: Stretch): number {
  const aheadMinutes = loadMinutes + 1;
  let paid = 0;
  for (let minute = from; minute < demand.length; minute++) {
    paid += Math.ceil(Math.max(...demand.subarray(minute, minute + aheadMinutes)));
  }
  return Math.min(paid, replicasMax * measuredMinutes);
}
