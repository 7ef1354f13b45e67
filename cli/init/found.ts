import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { type ECSClient, paginateListClusters } from "@aws-sdk/client-ecs";
import type { SettingsInput } from "../../src/settings.ts";

type Service = SettingsInput["services"][number];

/** What an account has that settings can be made of. */
export interface Found {
  readonly clusters: readonly string[];
  readonly services: readonly Service[];
  /** What could not be looked at, in words. */
  readonly unseen: readonly string[];
}

export const nothing: Found = { clusters: [], services: [], unseen: [] };

/** Looks at an account without changing anything. What may not be looked at is left out and said. */
export async function findIn({ ecs, cloudwatch }: { ecs: ECSClient; cloudwatch: CloudWatchClient }): Promise<Found> {
  const unseen: string[] = [];
  const orNothing = async <T>(what: string, look: () => Promise<T[]>): Promise<T[]> =>
    await look().catch((error: unknown) => {
      unseen.push(`${what}: ${String(error)}`);
      return [];
    });
  const [clusters, alarms] = await Promise.all([
    orNothing("clusters", () => clustersOf(ecs)),
    orNothing("alarms", async () => {
      const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 100 }));
      return MetricAlarms;
    }),
  ]);
  return { clusters, services: servicesOf(alarms), unseen };
}

async function clustersOf(client: ECSClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { clusterArns = [] } of paginateListClusters({ client }, {}))
    names.push(...clusterArns.map((arn) => arn.split("/").at(-1) ?? arn));
  return names.sort();
}

/** Metrics that say how long somebody waits. */
const isLatency = /latency|duration|response.?time|time.?to.?first/i;
/** The dimension that most likely names the service. */
const naming = /^(service|servicename|endpointname|functionname|loadbalancer|targetgroup|apiname|apiid)$/i;

/** A service for every alarm on a latency: high is where the alarm goes off, normal is taken for half of it. */
function servicesOf(alarms: readonly MetricAlarm[]): Service[] {
  const services = new Map<string, Service>();
  for (const { AlarmName, Namespace, MetricName, Dimensions = [], Threshold, Statistic, ExtendedStatistic } of alarms) {
    if (!AlarmName || !Namespace || !MetricName || !Threshold || !isLatency.test(MetricName)) continue;
    const named = Dimensions.find(({ Name = "" }) => naming.test(Name))?.Value ?? AlarmName;
    const name = toName(named);
    const known = services.get(name);
    if (known) {
      services.set(name, { ...known, alarms: [...(known.alarms ?? []), AlarmName] });
      continue;
    }
    // Load balancers and SageMaker count otherwise: in seconds, and in microseconds.
    const times = Namespace === "AWS/ApplicationELB" ? 1_000 : Namespace === "AWS/SageMaker" ? 1 / 1_000 : 1;
    const high = Threshold * times;
    services.set(name, {
      name,
      latency: {
        namespace: Namespace,
        name: MetricName,
        dimensions: Object.fromEntries(Dimensions.map(({ Name = "", Value = "" }) => [Name, Value])),
        stat: ExtendedStatistic ?? Statistic ?? "Average",
      },
      latencyMs: { normal: high / 2, high },
      alarms: [AlarmName],
    });
  }
  return [...services.values()];
}

/** A service's name as the settings want it: lower-case letters, digits and dashes. */
export const toName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63) || "service";
