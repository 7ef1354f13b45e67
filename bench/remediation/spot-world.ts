import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";
import type { Choice, Standing } from "../../src/policies/keep-deadline.ts";
import type { Random } from "../../src/detect/random.ts";
import { number, type Traces } from "./traces.ts";

/** Whether a spot instance could be had in a zone, step by step. */
export interface Zone {
  readonly name: string;
  readonly region: string;
  readonly stepS: number;
  readonly available: Uint8Array;
}

/** A job that must be done by a time, in hours. It may run in any zone of one region. */
export interface Job {
  readonly zones: readonly Zone[];
  /** The step of the trace at which it is submitted. */
  readonly start: number;
  readonly workH: number;
  readonly lengthH: number;
}

export interface Prices {
  readonly spot: number;
  readonly onDemand: number;
}

/** How one job went under a policy. Times in hours, cost in dollars. */
export interface Ended {
  readonly cost: number;
  readonly isLate: boolean;
  readonly isDone: boolean;
  readonly lostH: number;
  readonly spotH: number;
  readonly onDemandH: number;
  readonly path: readonly Step[];
}

/** What a job ran on, step by step. */
export type Step = "spot" | "on-demand" | "nothing";

/** What decides: every step, while the job is not done. */
export type Policy = (standing: Standing, at: { readonly step: number }) => Choice;

export interface Rules {
  readonly prices: Prices;
  /** From a launch until work goes on: provisioning, set-up, loading the last checkpoint. */
  readonly restartH: number;
  /** How often the job writes a checkpoint; what came after the last one is lost with an instance. 0: it saves on the notice. */
  readonly checkpointH: number;
}

const trace = z.object({
  gap_s: z.number().positive(),
  n: z.int(),
  max: z.number(),
  rle: z.array(z.tuple([z.number(), z.int()])),
});

/** Zones whose single-node availability was recorded over the same time: the traces whose name matches. */
export function readZones(traces: Traces, name: RegExp): Zone[] {
  const zones = traces.find("spot", /^skypilot.*\.json$/).flatMap((file) =>
    Object.entries(traces.json(file, z.record(z.string(), trace)))
      .filter(([path]) => name.test(path))
      .map(([path, { gap_s: stepS, n, rle }]): Zone => {
        const available = new Uint8Array(n);
        let at = 0;
        for (const [count, times] of rle) available.fill(count > 0 ? 1 : 0, at, (at += times));
        const zone = path.split("/").at(-1)?.split("_")[0] ?? path;
        // Zones of one recording only: those of another time cannot stand in.
        const region = `${path.split("/").at(-2)} ${zone.replace(/[a-z]$/, "")}`;
        return { name: zone, region, stepS, available };
      }),
  );
  if (zones.length === 0)
    throw new BotError(
      "bad_input",
      `reading traces: no spot trace in ${traces.folder}/spot is called like ${name.source}`,
    );
  return zones;
}

/** Runtimes of real training jobs, in hours, of those that take between one and 48. */
export function readRuntimes(traces: Traces): number[] {
  const row = z.object({ runtime: number });
  return traces
    .find("gpu-jobs", /runtimes_s\.csv$/)
    .flatMap((file) => traces.csv(file, row).map(({ runtime }) => runtime / 3_600))
    .filter((hours) => hours >= 1 && hours <= 48);
}

/**
 * Jobs of real lengths at random times in random regions, each with every tightness: a deadline of so many times the work, on top of
 * the one launch that every job needs.
 */
export function drawJobs(
  zones: readonly Zone[],
  runtimes: readonly number[],
  {
    count,
    tightness,
    restartH,
    random,
  }: { count: number; tightness: readonly number[]; restartH: number; random: Random },
): Job[] {
  return Array.from({ length: count }, () => {
    const home = zones[random.below(zones.length)];
    // Its own zone first: those who know no other use that one alone.
    const others = zones.filter((zone) => zone !== home && zone.region === home?.region);
    const region = home ? [home, ...others] : [];
    const workH = runtimes[random.below(runtimes.length)] ?? 1;
    const steps = Math.min(...region.map(({ available }) => available.length));
    // Room for the loosest one at its worst, which is given up at four times its deadline.
    const room = Math.floor((workH * 8 * 3_600) / (region[0]?.stepS ?? 1));
    const start = random.below(Math.max(1, steps - room));
    return tightness.map((times): Job => ({ zones: region, start, workH, lengthH: restartH + workH * times }));
  }).flat();
}

/** Given up at so many times its deadline: a job that is late by days is of no use to anybody. */
const givenUpAt = 4;

/**
 * Runs a job under a policy. Every step the policy sees which zones have an instance, and chooses; EC2 takes an instance when its
 * zone has none. A launch costs from its first second, and the work goes on after the restart.
 */
export function runJob(job: Job, policy: Policy, { prices, restartH, checkpointH }: Rules): Ended {
  const { zones, workH, lengthH } = job;
  const stepH = (zones[0]?.stepS ?? 60) / 3_600;
  let done = 0;
  let saved = 0;
  let sinceSaveH = 0;
  let startingH = 0;
  let on: Standing["on"] = { kind: "nothing" };
  let lostH = 0;
  const hours = { spot: 0, "on-demand": 0, nothing: 0 };
  const path: Step[] = [];
  let finishedH = Infinity;
  for (let i = 0; i * stepH < lengthH * givenUpAt; i++) {
    const step = job.start + i;
    const seen = zones.map(({ name, available }) => ({
      zone: name,
      available: available[step] === 1,
      price: prices.spot,
    }));
    if (on.kind === "spot") {
      const { zone } = on;
      if (!seen.some((one) => one.zone === zone && one.available)) {
        lostH += checkpointH > 0 ? done - saved : 0;
        if (checkpointH > 0) done = saved;
        on = { kind: "nothing" };
      }
    }
    const choice = policy(
      {
        workH,
        lengthH,
        doneH: done,
        pastH: i * stepH,
        restartH,
        leavesH: 0,
        startingH,
        againH: stepH,
        on,
        zones: seen,
        onDemandPrice: prices.onDemand,
      },
      { step },
    );
    const isSame =
      choice.kind === "wait"
        ? on.kind === "nothing"
        : choice.kind === on.kind && !(choice.kind === "spot" && on.kind === "spot" && choice.zone !== on.zone);
    if (!isSame) {
      on = choice.kind === "wait" ? { kind: "nothing" } : choice;
      startingH = on.kind === "nothing" ? 0 : restartH;
      saved = done;
      sinceSaveH = 0;
    }
    path.push(on.kind);
    if (on.kind === "nothing") continue;
    const workedH = Math.max(0, stepH - startingH);
    startingH = Math.max(0, startingH - stepH);
    const left = workH - done;
    const isLast = workedH >= left;
    const paidH = isLast ? stepH - (workedH - left) : stepH;
    hours[on.kind] += paidH;
    done += Math.min(workedH, left);
    sinceSaveH += workedH;
    if (checkpointH > 0 && sinceSaveH >= checkpointH) {
      saved = done;
      sinceSaveH = 0;
    }
    if (isLast) {
      finishedH = i * stepH + paidH;
      break;
    }
  }
  return {
    cost: hours.spot * prices.spot + hours["on-demand"] * prices.onDemand,
    isLate: finishedH > lengthH + 1e-9,
    isDone: finishedH < Infinity,
    lostH,
    spotH: hours.spot,
    onDemandH: hours["on-demand"],
    path,
  };
}
