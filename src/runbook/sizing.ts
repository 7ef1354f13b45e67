import { rightsize, type Sized, type Use } from "../policies/rightsize.ts";
import { toMs } from "../clock.ts";
import { type FunctionSized, rightsizeFunction } from "../policies/rightsize-function.ts";
import type { FunctionSizeSettings, TaskSizeSettings } from "../settings/capacity.ts";
import type { FunctionSize, TaskSize } from "./look/capacity.ts";
import type { Look } from "./look.ts";

/** The size that an ECS service's tasks should have by what they used, seen from `now`. */
export async function sizeTask(
  look: Pick<Look, "taskSize" | "metric">,
  { cluster, service, days, memoryMayShrink }: TaskSizeSettings,
  now: number,
): Promise<Sized & { readonly found: TaskSize }> {
  const found = await look.taskSize(cluster, service);
  if (found.kind === "gone") return { kind: "abstain", why: `${service} in ${cluster} is gone`, found };
  const { cpu, memory, sizes } = found;
  if (cpu === undefined || memory === undefined)
    return { kind: "abstain", why: "its tasks have no size of their own", found };
  const percentOf = (name: string) =>
    look.metric(
      {
        namespace: "AWS/ECS",
        name,
        dimensions: { ClusterName: cluster, ServiceName: service },
        // Of all tasks, the one that used most: the average of a fleet hides the one that is killed.
        stat: "Maximum",
      },
      // Looked at again half a day later, it is still all there.
      { over: { days, hours: 12 }, every: { minutes: 5 } },
    );
  const [cpus, memories] = await Promise.all([percentOf("CPUUtilization"), percentOf("MemoryUtilization")]);
  const memoryAt = new Map(memories.map(({ at, value }) => [at, value]));
  const use = cpus.flatMap(({ at, value }): Use[] => {
    if (!isWithin(at, now, days)) return [];
    const percent = memoryAt.get(at);
    const size = sizes.find(({ since }) => since <= at);
    return percent === undefined || !size
      ? []
      : [{ at, cpu: (value / 100) * size.cpu, memory: (percent / 100) * size.memory }];
  });
  const other = sizes.findIndex((size) => size.cpu !== cpu || size.memory !== memory);
  const sizedAt = sizes[other < 0 ? sizes.length - 1 : other - 1]?.since ?? 0;
  const given = { now, size: { cpu, memory }, use, days, fargate: found.fargate, memoryMayShrink, sizedAt };
  return { ...rightsize(given), found };
}

/**
 * The memory that a Lambda function should have by what it used, seen from `now`. Only Lambda Insights says what that was: of
 * a function without it nothing is known.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Lambda-Insights-metrics.html
 */
export async function sizeFunction(
  look: Pick<Look, "functionSize" | "metric">,
  { function: name, days, memoryMayShrink }: FunctionSizeSettings,
  now: number,
): Promise<FunctionSized & { readonly found: FunctionSize }> {
  const found = await look.functionSize(name);
  if (found.kind === "gone") return { kind: "abstain", why: `the function ${name} is gone`, found };
  const points = await look.metric(
    { namespace: "LambdaInsights", name: "used_memory_max", dimensions: { function_name: name }, stat: "Maximum" },
    { over: { days, hours: 12 }, every: { minutes: 5 } },
  );
  const use = points.filter(({ at }) => isWithin(at, now, days)).map(({ at, value }) => ({ at, memory: value }));
  return {
    ...rightsizeFunction({ now, memory: found.memory, use, days, memoryMayShrink, sizedAt: found.changedAt }),
    found,
  };
}

/** The same window whenever it is looked at, so that what was approved is what is planned again. */
const isWithin = (at: number, now: number, days: number): boolean =>
  at >= now - toMs({ days }) && at < now - toMs({ minutes: 10 });
