/** What a container asks for. */
export interface Size {
  readonly vcpus: number;
  readonly memoryMiB: number;
}

/**
 * The pairs that Fargate runs: for each number of vCPUs the least and the most memory, and the step between, in MiB. A
 * quarter of a vCPU alone has no steps but three sizes, each twice the one before.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
const pairs = [
  { vcpus: 0.25, memoriesMiB: [512, 1_024, 2_048] },
  { vcpus: 0.5, memoriesMiB: steps(1_024, 4_096, 1_024) },
  { vcpus: 1, memoriesMiB: steps(2_048, 8_192, 1_024) },
  { vcpus: 2, memoriesMiB: steps(4_096, 16_384, 1_024) },
  { vcpus: 4, memoriesMiB: steps(8_192, 30_720, 1_024) },
  { vcpus: 8, memoriesMiB: steps(16_384, 61_440, 4_096) },
  { vcpus: 16, memoriesMiB: steps(32_768, 122_880, 8_192) },
] satisfies readonly { vcpus: number; memoriesMiB: readonly number[] }[];

function steps(from: number, to: number, by: number): readonly number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, index) => from + index * by);
}

/** Whether Fargate runs a container of this size. */
export const isFargateSize = ({ vcpus, memoryMiB }: Size): boolean =>
  pairs.some((pair) => pair.vcpus === vcpus && pair.memoriesMiB.includes(memoryMiB));

/**
 * The smallest size that Fargate runs with at least as much of both: more memory may need more vCPUs with it.
 * `undefined`: Fargate has nothing as large.
 */
export function fargateSize({ vcpus, memoryMiB }: Size): Size | undefined {
  for (const pair of pairs) {
    const enough = pair.memoriesMiB.find((memory) => memory >= memoryMiB);
    if (pair.vcpus >= vcpus && enough !== undefined) return { vcpus: pair.vcpus, memoryMiB: enough };
  }
  return undefined;
}
