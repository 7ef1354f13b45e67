import { type Leak, leakOf } from "../policies/leak-slope.ts";
import type { Look } from "./look.ts";
import type { MetricRef } from "./look/metric.ts";
import type { ServiceTasks } from "./look/task.ts";

/** What was measured of a service's memory, and of which tasks. */
export type Leaking =
  | { readonly found: Extract<ServiceTasks, { kind: "gone" }> }
  | { readonly found: Extract<ServiceTasks, { kind: "found" }>; readonly leak: Leak };

/** Whether the memory of an ECS service's tasks leaks, by what was seen of it in a day and since the last of them began. */
export async function leakOfTasks(
  look: Pick<Look, "tasksOfService" | "metric">,
  { cluster, service, metric, limit }: { cluster: string; service: string; metric: MetricRef; limit: number },
): Promise<Leaking> {
  const found = await look.tasksOfService(cluster, service);
  if (found.kind === "gone") return { found };
  const youngest = found.tasks.at(-1)?.startedAt ?? 0;
  const seen = await look.metric(metric, { over: { hours: 24 }, every: { minutes: 5 } });
  const since = seen.filter(({ at }) => at > youngest);
  return { found, leak: leakOf(since, { limit }) };
}

/** More than a day away is no night's work: people can mend the leak instead. */
export const hurryHours = 24;
/** Where no load says which hour is quiet, a restart gains nothing by being early, and each one is a risk. */
export const lastHours = 4;
