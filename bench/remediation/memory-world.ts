import { z } from "zod";
import { secondsToMend } from "./people.ts";
import type { Random } from "../../src/detect/random.ts";
import { number, type Traces } from "./traces.ts";

/** Jobs of one definition: what they ask for, what they need, how long they take. */
export interface Family {
  readonly name: string;
  readonly memoryMiB: number;
  readonly needsMiB: number;
  readonly hours: number;
  /** Its own mistake: it fails whatever it is given. */
  readonly isBroken: boolean;
}

export interface MemoryJob {
  readonly name: string;
  readonly family: Family;
  /** Hours after the beginning. */
  readonly atH: number;
}

/** Memory of the largest instance that there is for them. */
export const memoryMiBMax = 240_000;

const pod = z.object({ memory_mib: number, num_gpu: number });

/** Memory that real GPU jobs ask for, in MiB. */
export function readMemory(traces: Traces): number[] {
  const pods = traces.find("gpu-jobs", /pods.*\.csv$/).flatMap((file) => traces.csv(file, pod));
  return pods
    .filter(({ num_gpu, memory_mib }) => num_gpu > 0 && memory_mib >= 2_048 && memory_mib <= memoryMiBMax / 2)
    .map(({ memory_mib }) => memory_mib);
}

/** Families of a day, of which one in ten is given too little: it needs between a tenth more and twice as much. */
const families = 30;
const tooLittle = 3;
const jobsEach = 6;

export function drawMemoryJobs(
  memory: readonly number[],
  hours: readonly number[],
  random: Random,
): { families: Family[]; jobs: MemoryJob[] } {
  const all = Array.from({ length: families }, (_, place): Family => {
    const memoryMiB = memory[random.below(memory.length)] ?? 2_048;
    const share = place < tooLittle ? 1.1 + 0.9 * random.next() : 0.5 + 0.45 * random.next();
    return {
      name: `family-${place}`,
      memoryMiB,
      needsMiB: Math.ceil(memoryMiB * share),
      hours: Math.min(4, hours[random.below(hours.length)] ?? 1),
      // Two more fail by their own mistake: nobody should try those again.
      isBroken: place >= tooLittle && place < tooLittle + 2,
    };
  });
  const jobs = all.flatMap((family) =>
    Array.from({ length: jobsEach }, (_, i): MemoryJob => ({
      name: `${family.name}-${i}`,
      family,
      atH: 36 * random.next(),
    })),
  );
  return { families: all, jobs };
}

/** How the jobs of a world fared. */
export interface Fared {
  readonly oomKills: number;
  /** Hours that instances worked for nothing. */
  readonly wastedHours: number;
  /** Jobs that could have been done and were not. */
  readonly undone: number;
  /** Chains in which the same job was tried a third time with what had killed it twice. */
  readonly thirdTimes: number;
  /** Memory that was given and not needed, of jobs that were given more than their definition says: a share of what they need. */
  readonly slackPercent: number;
}

/**
 * What users have: an alarm on failed jobs wakes somebody, who finds the cause, doubles the memory of the kind, and starts again by hand
 * what was killed until then.
 */
export function byPeople(jobs: readonly MemoryJob[], random: Random): Fared {
  const mendedAtH = new Map<string, number>();
  const submitted = ({ atH, family }: MemoryJob): number => {
    const { name, memoryMiB, needsMiB, hours, isBroken } = family;
    const isMendedAtH = mendedAtH.get(name) ?? Infinity;
    if (atH >= isMendedAtH) return 2 * memoryMiB;
    if (isBroken || needsMiB <= memoryMiB) return memoryMiB;
    const killedAtH = atH + (hours * memoryMiB) / needsMiB;
    mendedAtH.set(name, Math.min(isMendedAtH, killedAtH + secondsToMend(random) / 3_600));
    return memoryMiB;
  };
  // Each that was killed is started again by a person, which `undone` counts.
  return follow(
    jobs.toSorted((a, b) => a.atH - b.atH),
    () => undefined,
    submitted,
  );
}

/** What tries a job again: the size of the next try after so many that failed, or nothing. */
export type Rule = (job: MemoryJob, tries: readonly number[]) => number | undefined;

/**
 * The jobs under a rule that needs no simulation: each is tried with a size until it is done or nobody tries it again. `first`: with how
 * much it is submitted.
 */
export function follow(
  jobs: readonly MemoryJob[],
  rule: Rule,
  first: (job: MemoryJob) => number = ({ family }) => family.memoryMiB,
): Fared {
  let [oomKills, wastedHours, undone, thirdTimes] = [0, 0, 0, 0];
  const slack: number[] = [];
  for (const job of jobs) {
    const { needsMiB, memoryMiB, hours, isBroken } = job.family;
    const tries: number[] = [];
    for (let size: number | undefined = first(job); ; size = rule(job, tries)) {
      if (size === undefined) {
        undone += isBroken ? 0 : 1;
        break;
      }
      tries.push(size);
      const given = size;
      if (tries.filter((one) => one === given).length === 3) thirdTimes += 1;
      if (size >= needsMiB && !isBroken) {
        if (size > memoryMiB) slack.push(size / needsMiB - 1);
        break;
      }
      const isOom = size < needsMiB;
      oomKills += isOom ? 1 : 0;
      wastedHours += hours * (isOom ? size / needsMiB : 0.5);
    }
  }
  const slackPercent = slack.length === 0 ? 0 : (100 * slack.reduce((sum, one) => sum + one, 0)) / slack.length;
  return { oomKills, wastedHours, undone, thirdTimes, slackPercent };
}
