import type { BatchJobFacts } from "../signals/batch-job.ts";
import { fargateSize, type Size } from "./fargate-size.ts";

/** How often a job's memory is grown. What needs more than that leaks, or needs a size that a person chooses. */
export const growthsMax = 2;

/** What a step adds at least, as Kubernetes' Vertical Pod Autoscaler does: half of very little is very little. */
const leastMiB = 100;

/** A run of this length costs more to lose than some memory too much costs in the next one. Tuned on the benchmark's S2. */
const costlyMs = 2 * 3_600_000;

/**
 * The size with which to try again what was killed for want of memory: half of its first size more each time, so half as much
 * again and then twice as much, and at least 100 MiB; or what is known of its family if that is more. On Fargate it is
 * rounded up to a size that there is, which may have more vCPUs. `undefined`: nothing as large may be had.
 *
 * A kill says only that the limit was too low, not by how much. Steps of a fifth (as the Vertical Pod Autoscaler takes them,
 * which tries for ever) end after two at 1.44 times the first size, each failure at the price of a run: see
 * docs/decisions/0008-memory-grows-by-halves.md.
 *
 * What ran for two hours before it was killed gets three quarters more at first: a second failure would cost more than memory.
 *
 * `growths`: how often it has been grown by now, under two. `ranMs`: how long it ran before it was killed, where that is known.
 */
export function grownSize(
  { vcpus, memoryMiB, fargate }: Size & { readonly fargate: boolean },
  {
    growths,
    ranMs = 0,
    memoryMiBMax,
    learnedMiB = 0,
  }: {
    readonly growths: number;
    readonly ranMs?: number;
    readonly memoryMiBMax: number;
    readonly learnedMiB?: number;
  },
): Size | undefined {
  const had = 2 + growths;
  const halves = growths === 0 && ranMs >= costlyMs ? 1.5 : 1;
  const more = learnedMiB > memoryMiB ? learnedMiB : Math.max((memoryMiB * (had + halves)) / had, memoryMiB + leastMiB);
  const wanted = { vcpus, memoryMiB: Math.ceil(more) };
  const size = fargate ? fargateSize(wanted) : wanted;
  return size && size.memoryMiB <= memoryMiBMax ? size : undefined;
}

/** How long a job's last attempt ran, in milliseconds; 0 where Batch does not say. */
export function lastRanMs({ attempts }: Pick<BatchJobFacts, "attempts">): number {
  const { startedAt, stoppedAt } = attempts.at(-1) ?? {};
  return startedAt === undefined || stoppedAt === undefined ? 0 : stoppedAt - startedAt;
}

/** How often the memory of a service's tasks has grown since then, by its revisions, newest first. */
export function growthsIn(
  sizes: readonly { readonly since: number; readonly memory: number }[],
  after: number,
): number {
  return sizes.filter(({ since, memory }, index) => {
    const before = sizes[index + 1];
    return before !== undefined && since >= after && memory > before.memory;
  }).length;
}
