import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { reading } from "../../src/aws/clients.ts";
import { metricLook } from "../../src/aws/look/metric.ts";
import type { ServiceSettings } from "../../src/settings.ts";
import { metric } from "../../src/settings/metric.ts";
import { type Series, seriesKey } from "../../src/signals/signal.ts";
import { readOnly } from "../replay/read-only.ts";
import { byWindow } from "./item.ts";
import type { Source } from "./source.ts";

/** A client that only looks, at the account or at whatever `AWS_ENDPOINT_URL` names. */
export function openCloudWatch(env: NodeJS.ProcessEnv): CloudWatchClient {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = env;
  const at = { ...reading, ...(region !== undefined && { region }), ...(endpoint !== undefined && { endpoint }) };
  return readOnly(new CloudWatchClient(at));
}

/** Every metric that the settings of a service name, wherever they name it, each once. */
export function metricsOf(service: ServiceSettings): Series[] {
  const found = new Map<string, Series>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { success, data } = metric.safeParse(value);
    if (success) found.set(seriesKey(data), data);
    else for (const inner of Object.values(value)) visit(inner);
  };
  visit(service);
  return [...found.values()];
}

/** How long CloudWatch keeps points of a minute and of five; after that it has hours. */
const minuteDays = 15;
const fiveMinuteDays = 63;
const dayMs = 86_400_000;

/** The finest period that CloudWatch still has at a time, in seconds. */
export function periodAt(from: number, now: number): 60 | 300 | 3600 {
  const days = (now - from) / dayMs;
  return days < minuteDays ? 60 : days < fiveMinuteDays ? 300 : 3600;
}

/**
 * What CloudWatch has of a metric, oldest first. Nothing is changed.
 *
 * @throws the SDK's error when it cannot be asked.
 */
export async function readMetric(
  cloudwatch: CloudWatchClient,
  { namespace, name, dimensions, stat = "Average" }: Series,
  { from, to, period }: { from: number; to: number; period: number },
): Promise<Source> {
  const look = metricLook({ cloudwatch, clock: { now: () => to } });
  const span = { over: { seconds: (to - from) / 1_000 }, every: { seconds: period } };
  const points = await look.metric({ namespace, name, dimensions, stat }, span);
  const series = { namespace, name, dimensions };
  const which = Object.entries(dimensions).map(([key, value]) => `, ${key}=${value}`);
  return {
    name: `CloudWatch ${namespace} ${name} ${stat}${which.join("")}`,
    async *items() {
      yield* byWindow(series, points);
    },
  };
}
