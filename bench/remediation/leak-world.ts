import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";
import type { Random } from "../../src/detect/random.ts";
import { mean } from "./interval.ts";
import { number, type Traces } from "./traces.ts";

const binS = 57;
/** Full days only: shorter ones do not say whether a pod leaks. */
const binsMin = 1_400;
/** What rises by more percentage points in a day is no cache that fills: a leak, and not among the healthy. */
const leaksPerDay = 10;

/** Memory of real pods over a day, in percent of their limit, each value 57 seconds after the last. */
export interface Pods {
  readonly healthy: readonly (readonly number[])[];
  /** Percentage points a day, of those that rise. */
  readonly slopes: readonly number[];
}

export function readPods(traces: Traces): Pods {
  const row = z.object({ bin57s: number, container: z.string(), mean: number });
  const rows = traces.find("genai-serving", /memory_util.*\.csv$/).flatMap((file) => traces.csv(file, row));
  const courses = [...Map.groupBy(rows, ({ container }) => container).values()]
    .filter((one) => one.length >= binsMin)
    .map((one) => one.toSorted((a, b) => a.bin57s - b.bin57s).map((bin) => 100 * bin.mean));
  const rise = (course: readonly number[]) => mean(course.slice(-60)) - mean(course.slice(0, 60));
  const healthy = courses.filter((course) => Math.abs(rise(course)) <= leaksPerDay && Math.max(...course) < 98);
  const slopes = courses
    .map((course) => (rise(course) * 86_400) / (course.length * binS))
    .filter((one) => one > leaksPerDay);
  if (healthy.length === 0 || slopes.length === 0)
    throw new BotError(
      "bad_input",
      `reading traces: ${traces.folder}/genai-serving has no day of pods that leak and of others`,
    );
  return { healthy, slopes };
}

/** An ECS service: what its tasks use when they are new, over time, and what they lose a day. */
export interface Leaky {
  readonly name: string;
  readonly course: readonly number[];
  /** How far into its course each of its tasks is. */
  readonly offset: number;
  readonly perDay: number;
}

export const days = 5;
export const tasksEach = 3;
export const stepMs = 300_000;
const services = 6;

/** Six services, of which one leaks as fast as a recorded one and one as fast as it takes to run out in 8 to 48 hours. */
export function drawServices({ healthy, slopes }: Pods, random: Random): Leaky[] {
  return Array.from({ length: services }, (_, place): Leaky => {
    const course = healthy[random.below(healthy.length)] ?? [];
    const offset = random.below(course.length);
    const hours = 8 * 6 ** random.next();
    const perDay = [slopes[random.below(slopes.length)] ?? 0, (24 * 60) / hours][place] ?? 0;
    // What leaks begins low enough to run for a while.
    const lower = perDay > 0 ? 40 / Math.max(40, mean(course)) : 1;
    return { name: `service-${place}`, course: course.map((value) => value * lower), offset, perDay };
  });
}

/** What a task uses, in percent of its limit; from 100 on it is killed. A course is lived back and forth, so that no day begins with a jump. */
export function memoryOf({ course, offset, perDay }: Leaky, slot: number, startedAt: number, now: number): number {
  const bin = Math.floor(now / 1_000 / binS) + offset + 97 * slot;
  const round = 2 * (course.length - 1);
  const at = bin % round < course.length ? bin % round : round - (bin % round);
  return (course[at] ?? 0) + (perDay * (now - startedAt)) / 86_400_000;
}

/** How a fleet fared. */
export interface Leaked {
  readonly kills: number;
  readonly restarts: number;
  /** Of services that do not leak. */
  readonly needless: number;
}

/** What a rule without an account restarts, each five minutes: the services of which all tasks are to be new. */
export type Restarts = (service: Leaky, now: number, percent: number) => boolean;

/** The fleet under a rule that needs no simulated AWS. All tasks are new an hour apart when it begins. */
export function live(all: readonly Leaky[], startMs: number, restarts: Restarts): Leaked {
  let [kills, restarted, needless] = [0, 0, 0];
  for (const service of all) {
    const since = Array.from({ length: tasksEach }, (_, slot) => startMs - slot * 3_600_000);
    for (let now = startMs; now < startMs + days * 86_400_000; now += stepMs) {
      const used = since.map((at, slot) => memoryOf(service, slot, at, now));
      for (const [slot, percent] of used.entries()) {
        if (percent < 100) continue;
        kills += 1;
        since[slot] = now;
      }
      if (!restarts(service, now, Math.min(100, Math.max(...used)))) continue;
      since.fill(now);
      restarted += tasksEach;
      needless += service.perDay > 0 ? 0 : tasksEach;
    }
  }
  return { kills, restarts: restarted, needless };
}
