import { z } from "zod";
import { defineCondition } from "../runbook/condition.ts";

/** The service's latency is back under a bound. No data is not "under": it is no evidence. Nor is what was measured before `since`. */
export const latencyBelow = defineCondition({
  id: "service.latency-below",
  params: z.object({ service: z.string(), ms: z.number().positive(), since: z.number().optional() }),
  permissions: ["cloudwatch:GetMetricData"],
  summary: ({ service, ms }) => `${service} answers within ${ms} ms`,
  holds: async ({ params: { service, ms, since = 0 }, look }) => {
    const seen = await look.latency(service);
    if (seen.kind === "no-data") return { holds: false, saw: `no evidence: ${seen.why}` };
    if (seen.at < since) return { holds: false, saw: `no evidence: nothing of ${service} since the trouble began` };
    const saw = `${service} answers in ${Math.round(seen.ms)} ms`;
    return { holds: seen.ms < ms, saw: seen.ms < ms ? saw : `${saw}, more than ${ms} ms` };
  },
});

/** ECS runs nothing on the instance any more: everything has moved, or the instance is gone. */
export const nothingRunsOn = defineCondition({
  id: "ecs.nothing-runs-on",
  params: z.object({ cluster: z.string(), containerInstance: z.string(), instance: z.string() }),
  permissions: ["ecs:ListTasks"],
  summary: ({ instance }) => `nothing runs on ${instance}`,
  holds: async ({ params: { cluster, containerInstance, instance }, look }) => {
    const tasks = await look.tasksOn(cluster, containerInstance);
    return tasks === 0
      ? { holds: true, saw: `nothing runs on ${instance} any more` }
      : { holds: false, saw: `${tasks} task${tasks === 1 ? "" : "s"} still on ${instance}` };
  },
});
