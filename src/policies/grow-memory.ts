import { fargateSize, type Size } from "./fargate-size.ts";

/** How often a job's memory is grown. What needs more than that leaks, or needs a size that a person chooses. */
export const growthsMax = 2;

/**
 * The size with which to try a job again that was killed for want of memory: a fifth more and at least 100 MiB, or what is
 * known to have been enough for its family if that is more. On Fargate it is rounded up to a size that there is, which may
 * have more vCPUs. `undefined`: nothing as large may be had.
 *
 * A fifth and 100 MiB are what Kubernetes' Vertical Pod Autoscaler adds after the same event.
 *
 * @see https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/flags.md (oom-bump-up-ratio, oom-min-bump-up-bytes)
 */
export function grownSize(
  { vcpus, memoryMiB, fargate }: Size & { readonly fargate: boolean },
  { memoryMiBMax, learnedMiB = 0 }: { readonly memoryMiBMax: number; readonly learnedMiB?: number },
): Size | undefined {
  const more = learnedMiB > memoryMiB ? learnedMiB : Math.max(memoryMiB * 1.2, memoryMiB + 100);
  const wanted = { vcpus, memoryMiB: Math.ceil(more) };
  const size = fargate ? fargateSize(wanted) : wanted;
  return size && size.memoryMiB <= memoryMiBMax ? size : undefined;
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
