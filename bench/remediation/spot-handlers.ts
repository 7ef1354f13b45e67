import { z } from "zod";
import { onSchedule } from "../../src/engine/schedule.ts";
import { noteSupply, supplyTable } from "../../src/aws/spot-supply.ts";
import { deadlineTags } from "../../src/policies/job-deadline.ts";
import type { Seen } from "../../src/policies/spot-supply.ts";
import { createBot } from "./bot.ts";
import { onItsOwn } from "./settings.ts";
import type { Job, Rules } from "./spot-world.ts";

/** A V100 as the traces have it; what it is called matters to nobody. */
const type = "p3.2xlarge";
const queueArn = (name: string): string => `arn:aws:batch:us-east-2:123456789012:job-queue/${name}`;
/** EC2 warns so long before it takes an instance. */
const noticeMs = 120_000;
/** Of the simulated launch itself, on average. The rest of a restart comes after it. */
const launchMs = 67_500;
/** What is known of the supply when a job comes: a week of looks every five minutes. */
const knownH = 168;
const lookMs = 300_000;
/** Given up at so many times the deadline. */
const givenUpAt = 4;

const stateChange = z.object({ "instance-id": z.string(), state: z.string() });

/** How jobs fared through the handlers: together, since their instances are metered and not they. Cost in dollars. */
export interface Handled {
  readonly cost: number;
  readonly jobs: readonly { readonly isDone: boolean; readonly isLate: boolean }[];
  readonly changes: number;
  readonly prompts: number;
}

/**
 * Jobs that come at the same time in the same zones, through the bot's real handlers: events of Batch and EC2, the schedule of every five
 * minutes, `keep-deadline`, `retry-job` and `spot-interruption`. Each job keeps what it has done to the minute, as one does that saves
 * when it is told to stop.
 */
export async function throughHandlers(
  jobs: readonly Job[],
  { prices, restartH }: Rules,
  seed: number,
): Promise<Handled> {
  const [first] = jobs;
  if (!first) throw new RangeError("there is no job");
  const { zones, start } = first;
  const stepMs = (zones[0]?.stepS ?? 60) * 1_000;
  /** When each instance was launched and ended, for its price. */
  const hosts = new Map<string, { spot: boolean; fromMs: number; toMs?: number }>();
  const bot = createBot({
    seed,
    settings: onItsOwn({
      services: [],
      batch: {
        queues: [
          {
            spot: queueArn("spot"),
            onDemand: queueArn("on-demand"),
            instanceType: type,
            restartMinutes: restartH * 60,
          },
        ],
      },
      prices: { instances: { [type]: prices } },
    }),
    emit: (event, bus) => {
      const what = event["detail-type"];
      if (what === "EC2 Instance State-change Notification") meter(stateChange.parse(event.detail));
      // As the rules of the bot let through.
      if (bus === "default" && (event.source === "aws.batch" || what.startsWith("EC2 Spot"))) bot.deliver(event);
    },
  });
  const { sim, clock } = bot;
  const beganMs = clock.now();
  function meter({ "instance-id": id, state }: z.output<typeof stateChange>): void {
    const instance = sim.world.instances[id];
    if (!instance) return;
    const host = hosts.get(instance.id) ?? { spot: instance.spot, fromMs: instance.launchedAt };
    hosts.set(instance.id, host);
    if (state === "shutting-down") host.toMs = clock.now();
  }
  const isThere = (zone: number, step: number): boolean => zones[zone]?.available[step] === 1;
  const atStep = (step: number): number => beganMs + (step - start) * stepMs;
  for (const spot of [true, false]) {
    const name = spot ? "spot" : "on-demand";
    sim.seed.jobQueue({
      name,
      spot,
      type,
      zones: zones.map(({ name }) => name),
      startsAfterMs: restartH * 3_600_000 - launchMs,
    });
  }
  const lengthMs = Math.max(...jobs.map(({ lengthH }) => lengthH)) * 3_600_000 * givenUpAt;
  const lastStep = start + Math.ceil(lengthMs / stepMs);
  for (const [zone, { name }] of zones.entries()) {
    const have = (isHad: boolean): void =>
      sim.seed.pool({ type, zone: name, market: "spot", count: isHad ? 1_000 : 0 });
    have(isThere(zone, start));
    for (let step = start + 1; step <= lastStep; step++) {
      if (isThere(zone, step) === isThere(zone, step - 1)) continue;
      if (isThere(zone, step)) clock.at(atStep(step), () => have(true));
      else
        clock.at(atStep(step) - noticeMs, () => {
          have(false);
          for (const host of Object.values(sim.world.instances)) {
            if (host.spot && host.zone === name && host.state !== "terminated" && host.reclaimedAt === undefined)
              sim.spot.interrupt(host.id);
          }
        });
    }
  }
  const looks: Seen[] = [];
  for (let atMs = beganMs - knownH * 3_600_000; atMs < beganMs; atMs += lookMs) {
    const step = Math.floor(start + (atMs - beganMs) / stepMs);
    if (step < 0) continue;
    const there = zones.flatMap(({ name }, zone) => (isThere(zone, step) ? [`az-${name.at(-1)}`] : []));
    looks.push({ atH: atMs / 3_600_000, available: new Set(there) });
  }
  await noteSupply(supplyTable(bot.world.reading, bot.world.settings), type, looks);
  for (const [i, { workH, lengthH }] of jobs.entries()) {
    const name = `train-${i}`;
    sim.seed.jobDefinition({
      name,
      takes: { hours: workH },
      checkpointEvery: { minutes: 1 },
      retryStrategy: {
        attempts: 10,
        evaluateOnExit: [
          { onStatusReason: "Host EC2*", action: "RETRY" },
          { onReason: "*", action: "EXIT" },
        ],
      },
    });
    sim.seed.job({
      name,
      queue: "spot",
      definition: name,
      parameters: { checkpoint: name },
      tags: {
        [deadlineTags.deadline]: new Date(beganMs + lengthH * 3_600_000).toISOString(),
        [deadlineTags.work]: String(Math.ceil(workH * 60)),
        [deadlineTags.checkpoint]: "1",
        who: name,
      },
    });
  }
  bot.every({ minutes: 5 }, () => onSchedule(bot.world, sim.world));

  const doneAt = (name: string): number | undefined =>
    Object.values(sim.world.jobs).find(({ tags, status }) => tags["who"] === name && status === "SUCCEEDED")?.stoppedAt;
  const names = jobs.map((_, i) => `train-${i}`);
  for (let at = beganMs; at < beganMs + lengthMs && names.some((name) => doneAt(name) === undefined); at += 3_600_000) {
    await bot.runTo(at + 3_600_000);
  }
  const onHours = { spot: 0, onDemand: 0 };
  for (const { spot, fromMs, toMs = clock.now() } of hosts.values()) {
    onHours[spot ? "spot" : "onDemand"] += (toMs - fromMs) / 3_600_000;
  }
  const result: Handled = {
    cost: onHours.spot * prices.spot + onHours.onDemand * prices.onDemand,
    jobs: jobs.map(({ lengthH }, i) => {
      const at = doneAt(names[i] ?? "") ?? Infinity;
      return { isDone: at < Infinity, isLate: at > beganMs + lengthH * 3_600_000 };
    }),
    // What the bot keeps for itself is no change of the estate.
    changes: bot.changes().filter(({ service }) => service === "batch").length,
    prompts: bot.asked.length + bot.pages.length,
  };
  bot.close();
  return result;
}
