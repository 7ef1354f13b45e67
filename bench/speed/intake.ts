import { VirtualClock } from "../../sim/clock.ts";
import { memoryTable } from "../../sim/memory-table.ts";
import { take } from "../../src/engine/take.ts";
import { Random } from "../../src/detect/random.ts";
import { createBot } from "./bot.ts";

export interface Intake {
  /** Events read, scored or correlated, and written to the table in memory, one after the other in one process. */
  readonly eventsPerSecond: number;
  readonly events: number;
  readonly pointsPerEvent: number;
  readonly anomalies: number;
}

export const startMs = Date.UTC(2026, 10, 22, 3, 0);
/** What a workload usually says about itself in one event. */
const metrics = ["LatencyMs", "QueueDepth", "TokensPerSecond", "GpuUtilization"];
/** So much of the past that detectors are at work and no longer warming up. */
const historyPoints = 200;

const event = (
  id: number,
  at: number,
  rest: { "detail-type": string; source: string; detail: unknown; resources?: string[] },
): string =>
  JSON.stringify({
    version: "0",
    id: `e-${id}`,
    account: "123456789012",
    time: new Date(at).toISOString(),
    region: "us-east-2",
    resources: [],
    ...rest,
  });

/** One sample of each metric, around a level of its own. */
const samples = (id: number, at: number, random: Random): string =>
  event(id, at, {
    "detail-type": "Paramedic Metric Sample",
    source: "bench",
    detail: {
      points: metrics.map((name, index) => ({
        name,
        value: (index + 1) * 200 * (0.9 + 0.2 * random.next()),
        dimensions: { Service: "chat" },
        timestamp: at,
      })),
    },
  });

/** An alarm of the chat service: the first opens an incident, the rest join it. */
export const alarm = (id: number, at: number): string =>
  event(id, at, {
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    resources: ["arn:aws:cloudwatch:us-east-2:123456789012:alarm:chat-latency-high"],
    detail: {
      alarmName: "chat-latency-high",
      configuration: { metrics: [] },
      previousState: { value: "OK", reason: "fine", timestamp: new Date(at - 60_000).toISOString() },
      state: { value: "ALARM", reason: "Threshold Crossed", timestamp: new Date(at).toISOString() },
    },
  });

/** Takes batches of samples and alarms in turn, for as long as it is told. Remediations are started, but do not run. */
export async function measureIntake({ seconds }: { seconds: number }): Promise<Intake> {
  const clock = new VirtualClock(startMs);
  const random = Random.fromSeed(1);
  const bot = createBot({ clock, seed: 1, table: memoryTable() });
  const started = () => Promise.resolve();
  const world = { ...bot.world, executions: { start: started, wake: started } };
  const one = (id: number): string => {
    clock.advance(10_000);
    return id % 2 === 0 ? samples(id, clock.now(), random) : alarm(id, clock.now());
  };
  for (let id = 0; id < historyPoints; id++)
    await take(world, samples(-id, clock.now() - (historyPoints - id) * 20_000, random));

  let events = 0;
  let anomalies = 0;
  const from = performance.now();
  const until = from + seconds * 1_000;
  for (; performance.now() < until; events++) {
    const { scored } = await take(world, one(events));
    anomalies += scored.filter(({ anomaly }) => anomaly).length;
  }
  const eventsPerSecond = Math.round(events / ((performance.now() - from) / 1_000));
  bot.close();
  return { eventsPerSecond, events, pointsPerEvent: metrics.length, anomalies };
}
