import { fargateSize, isFargateSize } from "./fargate-size.ts";
import { needed, percentile, shrinking, step, tooLittle, worstDay } from "./usage.ts";

/** CPU units (1,024 are one vCPU) and MiB of a task. */
export interface TaskUnits {
  readonly cpu: number;
  readonly memory: number;
}

/** What a task used at its most within five minutes, in the same units. */
export interface Use extends TaskUnits {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Sizing {
  readonly now: number;
  readonly size: TaskUnits;
  /** Oldest first. */
  readonly use: readonly Use[];
  /** How many days of it a decision rests on. */
  readonly days: number;
  readonly fargate: boolean;
  readonly memoryMayShrink: boolean;
  /** When it got the size it has. */
  readonly sizedAt: number;
}

/** The size that it should have. `abstain`: there is not enough to go by; `keep`: what it has will do. */
export type Sized =
  | { readonly kind: "abstain"; readonly why: string }
  | { readonly kind: "keep"; readonly why: string }
  | { readonly kind: "resize"; readonly to: TaskUnits; readonly why: string };

/** So much of the time the CPU has to do: in the rest answers are slow. With 95 % that was an hour a week (`bench:remediation`, S7). */
const busiest = 0.999;
/** Steps of a fifth take a week and more to what two weeks have shown, and are no safer: the look after each is the same. */
const downToHalf = 0.5;
/** Of five minutes each. */
const valuesADay = 288;
/** What CloudWatch loses, and a deployment. */
const coverageMin = 0.9;

/**
 * The size of a task by what it used: what CPU it used 99.9 % of the time and the highest daily 99th percentile of memory, plus 15 %.
 *
 * Up at once; down to half, or one step of Fargate's table where that is coarser, once a day, and not within 72 hours of
 * memory running out. Memory goes down only where that was allowed. It abstains without a full window. Pure.
 *
 * @see https://github.com/kubernetes/autoscaler/tree/master/vertical-pod-autoscaler for the headroom and the bump after an OOM
 */
export function rightsize({ now, size, use, days, fargate, memoryMayShrink, sizedAt }: Sizing): Sized {
  const why = tooLittle(use, now, days, Math.ceil(days * valuesADay * coverageMin));
  if (why !== undefined) return { kind: "abstain", why };

  const cpuUsed = percentile(
    use.map(({ cpu }) => cpu),
    busiest,
  );
  const memoryUsed = worstDay(use, now);
  const { allowed, ranOut } = shrinking(use, size.memory, now, sizedAt);
  const needs = {
    cpu: needed(cpuUsed, size.cpu, 0),
    memory: needed(memoryUsed, size.memory, 100),
  };
  const wanted = {
    cpu: step(needs.cpu, size.cpu, allowed, downToHalf),
    memory: step(needs.memory, size.memory, allowed && memoryMayShrink, downToHalf),
  };
  const to = fargate
    ? fit(needs, wanted, size)
    : { cpu: rounded(wanted.cpu, size.cpu), memory: rounded(wanted.memory, size.memory) };
  const numbers =
    `in ${days} days 99.9 % of the time at most ${Math.round(cpuUsed)} of ${size.cpu} CPU units, and 99 % of the worst day ` +
    `at most ${Math.round(memoryUsed)} of ${size.memory} MiB; with 15 % to spare ${Math.round(needs.cpu)} and ${Math.round(needs.memory)}`;
  if (!to) return { kind: "keep", why: `Fargate has nothing as large: ${numbers}` };
  if (to.cpu === size.cpu && to.memory === size.memory) {
    return { kind: "keep", why: ranOut ? `memory ran out within 72 hours: ${numbers}` : numbers };
  }
  return { kind: "resize", to, why: numbers };
}

/** The pair that Fargate runs: large enough for where to go now, or one step smaller where that is still enough. */
function fit(needs: TaskUnits, wanted: TaskUnits, size: TaskUnits): TaskUnits | undefined {
  const found = fargateSize({ vcpus: wanted.cpu / 1024, memoryMiB: wanted.memory });
  if (!found) return undefined;
  const to = { cpu: found.vcpus * 1024, memory: found.memoryMiB };
  const floor = {
    cpu: wanted.cpu < size.cpu ? needs.cpu : wanted.cpu,
    memory: wanted.memory < size.memory ? needs.memory : wanted.memory,
  };
  const smaller = [
    { cpu: to.cpu / 2, memory: to.memory },
    { cpu: to.cpu, memory: memoryBelow(to) },
  ];
  const isSame = to.cpu === size.cpu && to.memory === size.memory;
  return (isSame && smaller.find((one) => isPair(one) && one.cpu >= floor.cpu && one.memory >= floor.memory)) || to;
}

const isPair = ({ cpu, memory }: TaskUnits): boolean => isFargateSize({ vcpus: cpu / 1024, memoryMiB: memory });

/** The next smaller memory that Fargate runs with this CPU; all of them are multiples of 512 MiB. 0: there is none. */
function memoryBelow({ cpu, memory }: TaskUnits): number {
  for (let less = memory - 512; less > 0; less -= 512) if (isPair({ cpu, memory: less })) return less;
  return 0;
}

/** On instances any size will do; multiples of 64 are what people write. What is not changed stays as it was written. */
const rounded = (wanted: number, has: number): number => (wanted === has ? has : Math.ceil(wanted / 64) * 64);
