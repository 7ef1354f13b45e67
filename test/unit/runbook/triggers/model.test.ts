import { expect, it } from "vitest";
import { modelTrouble } from "../../../../src/runbook/triggers/model.ts";
import type { Alarm, Anomaly } from "../../../../src/signals/signal.ts";
import { chat, settingsOf } from "../../../support/settings.ts";

const from = { eventId: "e", at: 1_000, account: "123456789012", region: "us-east-2" };
const drift = { namespace: "aws/sagemaker/Endpoints/data-metrics", name: "feature_baseline_drift_age", dimensions: {} };
const { services } = settingsOf({
  services: [{ ...chat, model: { prompt: "/chat/prompt", trouble: { metric: drift, high: 0.2 } } }],
});
const match = (signal: Parameters<typeof modelTrouble.match>[0]) => modelTrouble.match(signal, services);

const anomaly = (value: number): Anomaly => ({
  ...from,
  kind: "anomaly",
  series: { ...drift, stat: "Average" },
  value,
  expected: { low: 0, high: 0.1 },
  severity: 5,
  why: "it drifts",
});

it("drift beyond what is expected and beyond the bound is trouble; one of the two is none", () => {
  expect(match(anomaly(0.3))).toMatchObject({
    root: "model/chat",
    signal: { service: "chat", at: 1_000, high: 0.2, suspectHours: 24, why: "it drifts" },
  });
  expect(match(anomaly(0.15))).toBeUndefined();
  expect(match({ ...anomaly(0.3), expected: { low: 0, high: 0.5 } })).toBeUndefined();
});

it("an alarm on the metric is trouble even if nobody has named it", () => {
  const alarm: Alarm = {
    ...from,
    kind: "alarm",
    name: "drift",
    arn: "arn:aws:cloudwatch:us-east-2:123456789012:alarm:drift",
    state: "ALARM",
    reason: "0.3 was greater than 0.2",
    composite: false,
    metrics: [{ ...drift, stat: "Average" }],
    children: [],
    recent: [],
  };
  expect(match(alarm)?.signal.why).toBe("alarm drift: 0.3 was greater than 0.2");
  expect(match({ ...alarm, state: "INSUFFICIENT_DATA" })).toBeUndefined();
  expect(match({ ...alarm, metrics: [] })).toBeUndefined();
});
