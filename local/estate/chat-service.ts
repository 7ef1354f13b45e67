import { type CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { readLevel } from "../../src/aws/level.ts";
import { createLevels } from "../../src/client/level.ts";
import { systemTimer } from "../../src/client/timer.ts";
import type { Clock } from "../../src/clock.ts";
import type { Level } from "../../src/runbook/look/service.ts";
import { estate } from "./seed.ts";

/** How much of a full answer's work each level does. */
const work: Record<Level, number> = { full: 1, limited: 0.4, cached: 0.2, minimal: 0.1 };
const normalMs = 700;
/** What a brown-out of the model behind it does to its latency. */
const brownOut = 3.4;
const sampleMs = 10_000;

/** How many samples of the past a fresh stack is given, so that its detector is not cold: three hours. */
export const historyPoints = 1_000;

/** One latency of the service: what its level and the model behind it make of it, with the scatter such services have. */
const latencyMs = (level: Level, isSlow: boolean, chance: () => number): number =>
  normalMs * (isSlow ? brownOut : 1) * work[level] * Math.exp(0.08 * gauss(chance));

/** Box–Muller: two even numbers make one from the bell curve. */
const gauss = (chance: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());

const point = (at: number, value: number) => ({
  name: "LatencyMs",
  value: Math.round(value),
  unit: "Milliseconds",
  dimensions: { Service: estate.service },
  timestamp: at,
});

/** The last three hours of the service as it runs on a good day, oldest first, as an event that a workload would send. */
export function history(now: number, chance: () => number) {
  const points = Array.from({ length: historyPoints }, (_, i) =>
    point(now - (historyPoints - i) * sampleMs, latencyMs("full", false, chance)),
  );
  return {
    Source: "paramedic.client",
    DetailType: "Paramedic Metric Sample",
    Detail: JSON.stringify({ namespace: "Paramedic", points }),
  };
}

/**
 * An inference service: every ten seconds it reads its level through the client and reports how long its
 * answers took. While the model behind it is browned out, only doing less makes it fast.
 */
export function startChatService(
  {
    cloudwatch,
    events,
    ssm,
    clock,
    chance,
  }: { cloudwatch: CloudWatchClient; events: EventBridgeClient; ssm: SSMClient; clock: Clock; chance: () => number },
  every: (ms: number, work: () => Promise<void>) => void,
  isSlow: () => boolean,
): void {
  const { level } = createLevels({
    read: (service) => readLevel(ssm, service),
    clock,
    timer: systemTimer,
    report: ({ kind }) => process.emitWarning(`the chat service: ${kind}`),
  });
  every(sampleMs, async () => {
    const value = latencyMs(await level(estate.service), isSlow(), chance);
    const at = clock.now();
    await Promise.all([
      cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: "Paramedic",
          MetricData: [
            {
              MetricName: "LatencyMs",
              Dimensions: [{ Name: "Service", Value: estate.service }],
              Timestamp: new Date(at),
              Value: Math.round(value),
              Unit: "Milliseconds",
            },
          ],
        }),
      ),
      events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: "paramedic",
              Source: "paramedic.client",
              DetailType: "Paramedic Metric Sample",
              Detail: JSON.stringify({ namespace: "Paramedic", points: [point(at, value)] }),
            },
          ],
        }),
      ),
    ]);
  });
}
