import { describe, expect, it } from "vitest";
import { deadLettersWaiting, queueBehind } from "../../../../src/runbook/triggers/queue.ts";
import { readSignal } from "../../../../src/signals/read-signal.ts";
import type { Anomaly } from "../../../../src/signals/signal.ts";
import { alarmEvent } from "../../../support/alarm-event.ts";
import { queueSettings } from "../../../support/queue-story.ts";

const { services } = queueSettings({}, { alarms: ["jobs-composite"], deadLetterAlarms: ["dead-composite"] });
const url = services[0]?.queue?.url;
const dead = services[0]?.queue?.deadLetters;
const alarm = (name: string, more: Parameters<typeof alarmEvent>[2] = {}) =>
  readSignal(alarmEvent(name, 1_780_000_000_000, more));
const about = (queue: string, name = "ApproximateNumberOfMessagesVisible") => ({ metric: { name, queue } });
const anomaly = (queue: string, value: number): Anomaly => ({
  kind: "anomaly",
  eventId: "e",
  at: 1,
  account: "123456789012",
  region: "us-east-2",
  series: {
    namespace: "AWS/SQS",
    name: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: queue },
    stat: "Maximum",
  },
  value,
  expected: { low: 0, high: 60 },
  severity: 5,
  why: "it is old",
});

describe("a queue is behind", () => {
  it.each([
    ["by an alarm on how deep it is", alarm("any", about("jobs"))],
    ["by an alarm on how old it is", alarm("any", about("jobs", "ApproximateAgeOfOldestMessage"))],
    ["by an alarm that the settings name", alarm("jobs-composite")],
    ["when the detector finds it older than it expects", anomaly("jobs", 900)],
  ])("%s", (_, signal) => {
    expect(queueBehind.match(signal, services)).toMatchObject({ root: `queue/${url}`, signal: { service: "chat" } });
  });

  it.each([
    ["of another queue", alarm("any", about("jobs-2"))],
    ["on what says nothing of it", alarm("any", about("jobs", "NumberOfEmptyReceives"))],
    ["that is OK again", alarm("jobs-composite", { state: "OK" })],
    ["about its dead letters", alarm("any", about("jobs-dead"))],
    ["about less than expected", anomaly("jobs", -1)],
  ])("not by word %s", (_, signal) => {
    expect(queueBehind.match(signal, services)).toBeUndefined();
  });
});

describe("dead letters are looked at", () => {
  it.each([
    ["when an alarm says that there are some", alarm("any", about("jobs-dead"))],
    ["when an alarm of the settings does", alarm("dead-composite")],
    ["when the detector finds more than it expects", anomaly("jobs-dead", 900)],
    ["when an alarm of the service is OK again", alarm("chat-latency-high", { state: "OK" })],
    ["when an alarm of the queue is", alarm("jobs-composite", { state: "OK" })],
  ])("%s", (_, signal) => {
    expect(deadLettersWaiting.match(signal, services)).toMatchObject({
      root: `queue/${dead}`,
      signal: { causes: ["chat-latency-high", "jobs-composite"] },
    });
  });

  it.each([
    ["when their own alarm is OK again", alarm("dead-composite", { state: "OK" })],
    ["when the cause begins", alarm("chat-latency-high")],
    ["for a service that has none", alarm("any", about("jobs-dead"))],
  ])("not %s", (what, signal) => {
    const without = queueSettings({}, { deadLetters: undefined }).services;
    expect(deadLettersWaiting.match(signal, what.startsWith("for") ? without : services)).toBeUndefined();
  });
});
