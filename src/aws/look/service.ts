import { BotError } from "../../bot-error.ts";
import type { MetricLook } from "../../runbook/look/metric.ts";
import type { ServiceLook } from "../../runbook/look/service.ts";
import { levelNow, readLevel } from "../level.ts";
import type { Needs } from "./needs.ts";

export const serviceLookPermissions = ["ssm:GetParameter"] as const;

const hourMs = 3_600_000;

/** The services in the settings: the level they are at, and how they are doing by their own metrics. */
export function serviceLook({ aws, settings, clock }: Needs, metrics: MetricLook): ServiceLook {
  const find = (service: string) => {
    const found = settings.services.find(({ name }) => name === service);
    if (!found) throw new BotError("bad_setting", `reading the latency of ${service}: no such service in the settings`);
    return found;
  };
  return {
    level: async (service) => levelNow(await readLevel(aws.ssm, service), clock.now()),
    async latency(service) {
      const found = find(service);
      const latest = (await metrics.metric(found.latency, { over: { minutes: 5 } })).at(-1);
      return latest
        ? { kind: "seen", ms: latest.value, at: latest.at }
        : { kind: "no-data", why: `no ${found.latency.name} for ${service} in 5 minutes` };
    },
    async hoursHigh(service) {
      const { latency, latencyMs } = find(service);
      const points = await metrics.metric(latency, { over: { hours: 25 }, every: { minutes: 5 } });
      const ago = points.filter(({ value }) => value >= latencyMs.high).map(({ at }) => clock.now() - at);
      return new Set(ago.filter((ms) => ms >= hourMs).map((ms) => Math.floor(ms / hourMs))).size;
    },
  };
}
