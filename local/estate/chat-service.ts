import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { readLevel } from "../../src/aws/level.ts";
import { createLevels } from "../../src/client/level.ts";
import { systemTimer } from "../../src/client/timer.ts";
import type { Clock } from "../../src/clock.ts";
import type { Level } from "../../src/runbook/look/service.ts";
import { type Measure, measures, report, sampleEvent, sampleMs } from "./measures.ts";
import { estate } from "./seed.ts";
import type { IsOn } from "./troubles.ts";

/** How much of a full answer's work each level does. */
const work: Record<Level, number> = { full: 1, limited: 0.4, cached: 0.2, minimal: 0.1 };
const normalMs = 700;
/** What a brown-out of the model behind it does to its latency. */
const brownOut = 3.4;
/** Percent of its memory that the service uses, and how much more each sample while it leaks: full in six minutes. */
const normalMemory = 46;
const leakedEach = 1.4;

/** How many samples of the past a fresh stack is given, so that its detectors are not cold: three hours of what is acted on. */
const historyPoints = 1_000;
/** An hour of the rest. */
const shortHistoryPoints = 360;

/** One latency of the service: what its level and the model behind it make of it, with the scatter such services have. */
const latencyMs = (level: Level, isSlow: boolean, chance: () => number): number =>
  normalMs * (isSlow ? brownOut : 1) * work[level] * Math.exp(0.08 * gauss(chance));

/** Box–Muller: two even numbers make one from the bell curve. */
const gauss = (chance: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());

const memoryPercent = (leaked: number, chance: () => number): number =>
  Math.min(99, normalMemory + leaked + 1.5 * gauss(chance));

/** The past of the estate on good days, oldest first, as events that workloads would send. */
export function history(now: number, chance: () => number) {
  const past = (measure: Measure, points: number, value: () => number) =>
    sampleEvent(
      Array.from({ length: points }, (_, i) => ({
        measure,
        at: now - (points - i) * sampleMs,
        value: Math.round(value()),
      })),
    );
  return [
    past(measures.latency, historyPoints, () => latencyMs("full", false, chance)),
    past(measures.memory, shortHistoryPoints, () => memoryPercent(0, chance)),
    past(measures.failures, shortHistoryPoints, () => (chance() < 0.2 ? 1 : 0)),
    past(measures.waiting, shortHistoryPoints, () => Math.floor(4 * chance())),
  ];
}

/**
 * An inference service: every ten seconds it reads its level through the client, calls its model's provider, and reports how
 * long its answers took. While the model is browned out, only doing less makes it fast.
 */
export function startChatService(
  {
    cloudwatch,
    events,
    ssm,
    clock,
    chance,
    callProvider,
  }: {
    cloudwatch: CloudWatchClient;
    events: EventBridgeClient;
    ssm: SSMClient;
    clock: Clock;
    chance: () => number;
    /** Answers how many of its calls failed. */
    callProvider: () => Promise<number>;
  },
  every: (ms: number, work: () => Promise<void>) => void,
  isOn: IsOn,
): void {
  const { level } = createLevels({
    read: (service) => readLevel(ssm, service),
    clock,
    timer: systemTimer,
    report: ({ kind }) => process.emitWarning(`the chat service: ${kind}`),
  });
  let leaked = 0;
  every(sampleMs, async () => {
    leaked = isOn("leak") ? leaked + leakedEach : 0;
    const latency = latencyMs(await level(estate.service), isOn("slow"), chance);
    const failures = await callProvider();
    const at = clock.now();
    await report({ cloudwatch, events }, [
      { measure: measures.latency, at, value: Math.round(latency) },
      { measure: measures.memory, at, value: Math.round(memoryPercent(leaked, chance)) },
      { measure: measures.failures, at, value: failures },
    ]);
  });
}
