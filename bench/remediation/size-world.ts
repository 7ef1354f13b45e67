import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";
import type { Random } from "../../src/detect/random.ts";
import { fargateSize } from "../../src/policies/fargate-size.ts";
import type { TaskUnits } from "../../src/policies/rightsize.ts";
import { publicPrices } from "../../src/prices.ts";
import { mean, quantile } from "./interval.ts";
import { readPods } from "./leak-world.ts";
import { gauss } from "./people.ts";
import { number, type Traces } from "./traces.ts";

/** Use of machines and pods, in percent of what they had, every five minutes. */
export interface Uses {
  readonly cpu: readonly (readonly number[])[];
  readonly memory: readonly (readonly number[])[];
}

/** What is used more than this at its 95th percentile is not idle. */
const idleBelow = 40;

/** CPU of rented servers and virtual machines, duty of accelerators, and memory of pods. */
export function readUses(traces: Traces): Uses {
  const nabSeries = z.record(z.string(), z.object({ v: z.array(z.number()) }));
  const nab = traces
    .find("nab", /\.json$/)
    .flatMap((file) =>
      Object.entries(traces.json(file, nabSeries)).flatMap(([name, { v }]) => (name.includes("ec2_cpu") ? [v] : [])),
    );
  const machines = traces.find("cpu-util", /\.csv$/).flatMap((file) => traces.numbers(file));
  const row = z.object({ bin57s: number, container: z.string(), mean: number });
  const duty = traces
    .find("genai-serving", /gpu_duty.*\.csv$/)
    .flatMap((file) =>
      [...Map.groupBy(traces.csv(file, row), ({ container }) => container).values()].map((bins) =>
        fives(bins.toSorted((a, b) => a.bin57s - b.bin57s).map((bin) => bin.mean)),
      ),
    );
  const cpu = [nab, machines, duty].map((all) =>
    all.filter((one) => one.length >= 280 && quantile(one, 0.95) < idleBelow && Math.max(...one) > 0),
  );
  if (cpu.some((all) => all.length === 0))
    throw new BotError(
      "bad_input",
      `reading traces: ${traces.folder} has no idle machine in each of nab, cpu-util and genai-serving`,
    );
  // As many of each kind: there are a thousand virtual machines and six servers.
  const most = Math.min(...cpu.map((all) => all.length));
  const memory = readPods(traces).healthy.map(fives);
  return { cpu: cpu.flatMap((all) => all.slice(0, Math.max(most, 5))), memory };
}

const fives = (values: readonly number[]): number[] =>
  Array.from({ length: Math.floor(values.length / 5) }, (_, i) => mean(values.slice(5 * i, 5 * i + 5)));

export const stepMs = 300_000;
export const aDay = 288;
export const historyDays = 14;
export const days = 14;
const services = 5;

/** A service on Fargate: what its tasks were given, and what they use, in CPU units and MiB, every five minutes of all the days. */
export interface Oversized {
  readonly name: string;
  readonly given: TaskUnits;
  readonly use: readonly TaskUnits[];
}

const sizes: readonly TaskUnits[] = [
  { cpu: 2_048, memory: 8_192 },
  { cpu: 4_096, memory: 16_384 },
  { cpu: 8_192, memory: 32_768 },
];

/** Services whose tasks were given as much as the recorded machines had; no day is quite like the one before. */
export function drawOversized({ cpu, memory }: Uses, random: Random): Oversized[] {
  return Array.from({ length: services }, (_, place): Oversized => {
    const [cpus, memories] = [cpu[random.below(cpu.length)] ?? [], memory[random.below(memory.length)] ?? []];
    const given = sizes[random.below(sizes.length)] ?? { cpu: 4_096, memory: 16_384 };
    const offset = random.below(cpus.length);
    // Pods of accelerators fill their memory; a service that is too large has a part of that.
    const fills = 0.3 + 0.3 * random.next();
    let today = 1;
    const use = Array.from({ length: (historyDays + days) * aDay }, (_, step): TaskUnits => {
      if (step % aDay === 0) today = 1 + 0.08 * gauss(random);
      const round = 2 * memories.length - 1;
      const back = Math.min(step % round, round - (step % round));
      return {
        cpu:
          (given.cpu *
            Math.max(
              0,
              Math.min(98, today * (1 + 0.03 * gauss(random)) * (cpus[(offset + step) % cpus.length] ?? 0)),
            )) /
          100,
        memory: (given.memory * fills * Math.min(98, memories[back] ?? 0)) / 100,
      };
    });
    return { name: `service-${place}`, given, use };
  });
}

/** What an hour of a task costs. */
export const usdPerHour = ({ cpu, memory }: TaskUnits): number =>
  (cpu / 1_024) * publicPrices.fargateVcpuHour + (memory / 1_024) * publicPrices.fargateGbHour;

/** From here on answers take more than twice as long at their 95th percentile: an assumption, of queues with several workers. */
const busyAbove = 0.9;

/** What became of a fleet. */
export class Bill {
  usd = 0;
  usdGiven = 0;
  outOfMemory = 0;
  breaches = 0;
  steps = 0;
  /** Five minutes of one task. Answers whether its memory was too little. */
  add(given: TaskUnits, has: TaskUnits, use: TaskUnits): boolean {
    this.steps += 1;
    this.usd += usdPerHour(has) / 12;
    this.usdGiven += usdPerHour(given) / 12;
    this.breaches += use.cpu > busyAbove * has.cpu ? 1 : 0;
    const isTooLittle = use.memory > has.memory;
    this.outOfMemory += isTooLittle ? 1 : 0;
    return isTooLittle;
  }
}

/** The least that Fargate runs with so much. */
export function sizeFor({ cpu, memory }: TaskUnits): TaskUnits {
  const found = fargateSize({ vcpus: cpu / 1_024, memoryMiB: memory });
  return found ? { cpu: found.vcpus * 1_024, memory: found.memoryMiB } : { cpu, memory };
}

/** A rule that needs no account: the size from now on, asked at nine each morning. `day` counts from the end of the history. */
export type SizeRule = (service: Oversized, day: number, has: TaskUnits) => TaskUnits;

export function follow(all: readonly Oversized[], rule: SizeRule): Bill {
  const bill = new Bill();
  for (const service of all) {
    let has = service.given;
    for (let day = 0; day < days; day++) {
      has = rule(service, day, has);
      const from = (historyDays + day) * aDay;
      for (const use of service.use.slice(from, from + aDay)) bill.add(service.given, has, use);
    }
  }
  return bill;
}
