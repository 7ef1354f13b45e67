import { describe, expect, it } from "vitest";
import { dependencyFailing } from "../../../../src/runbook/triggers/dependency.ts";
import type { Alarm, Anomaly, Series, Signal } from "../../../../src/signals/signal.ts";
import type { Health } from "../../../../src/signals/health.ts";
import { settingsOf } from "../../../support/settings.ts";

const dimensions = { Provider: "claude" };
const { services } = settingsOf({
  services: [
    {
      name: "chat",
      latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" } },
      latencyMs: { normal: 750, high: 1_500 },
      dependencies: [
        { circuit: "bedrock/titan", alarms: ["titan-errors"] },
        {
          circuit: "bedrock/claude",
          errors: { metric: { namespace: "Models", name: "Errors", dimensions, stat: "Sum" }, high: 20 },
          latencyMs: { metric: { namespace: "Models", name: "LatencyMs", dimensions }, high: 8_000 },
          alarms: ["claude-errors"],
          health: ["BEDROCK"],
        },
      ],
    },
  ],
});
const from = { eventId: "e", at: 1_000, account: "123456789012", region: "us-east-2" };
const errors: Series = { namespace: "Models", name: "Errors", dimensions, stat: "Sum" };

const match = (signal: Signal) => dependencyFailing.match(signal, services);
const alarm = (more: Partial<Alarm>): Alarm => ({
  ...from,
  kind: "alarm",
  name: "claude-errors",
  arn: "arn:aws:cloudwatch:us-east-2:123456789012:alarm:claude-errors",
  state: "ALARM",
  reason: "40 % failed",
  composite: false,
  metrics: [],
  children: [],
  recent: [],
  ...more,
});
const anomaly = (more: Partial<Anomaly>): Anomaly => ({
  ...from,
  kind: "anomaly",
  series: errors,
  value: 40,
  expected: { low: 0, high: 3 },
  severity: 0.99,
  why: "40 errors, at most 3 are expected",
  ...more,
});
const health = (more: Partial<Health>): Health => ({
  ...from,
  kind: "health",
  message: "m",
  backup: false,
  page: 1,
  pages: 1,
  service: "BEDROCK",
  type: "AWS_BEDROCK_OPERATIONAL_ISSUE",
  category: "issue",
  isPublic: true,
  affectedAccount: from.account,
  status: "open",
  personas: [],
  entities: [],
  description: "Increased error rates",
  ...more,
});

describe("a dependency fails", () => {
  it("by an alarm on it, by name or by metric, and is about its circuit", () => {
    expect(match(alarm({}))).toEqual({
      root: "circuit/bedrock/claude",
      service: "chat",
      signal: {
        service: "chat",
        circuit: "bedrock/claude",
        at: 1_000,
        why: "alarm claude-errors: 40 % failed",
        openMinutes: 1,
        wellMs: 1_125,
        signs: [
          { metric: errors, high: 20 },
          { metric: { namespace: "Models", name: "LatencyMs", dimensions, stat: "Average" }, high: 8_000 },
        ],
      },
    });
    expect(match(alarm({ name: "of another name", metrics: [errors] }))?.root).toBe("circuit/bedrock/claude");
    expect(match(alarm({ name: "titan-errors" }))?.root).toBe("circuit/bedrock/titan");
  });

  it("by an anomaly that is also high by the settings, of errors or of latency", () => {
    const slow = { namespace: "Models", name: "LatencyMs", dimensions };
    expect(match(anomaly({}))?.signal.why).toBe("40 errors, at most 3 are expected");
    expect(match(anomaly({ series: slow, value: 9_000, expected: { low: 500, high: 4_000 } }))).toBeDefined();
    expect(match(anomaly({ value: 19 }))).toBeUndefined();
    expect(match(anomaly({ value: 40, expected: { low: 100, high: 300 } }))).toBeUndefined();
    expect(match(anomaly({ series: { ...errors, dimensions: { Provider: "titan" } } }))).toBeUndefined();
  });

  it("by an open issue that AWS Health tells of, in this region", () => {
    expect(match(health({}))?.signal.why).toBe("AWS Health: Increased error rates");
    expect(match(health({ affectedRegion: "us-east-2" }))).toBeDefined();
    expect(match(health({ affectedRegion: "eu-west-1", backup: true }))).toBeUndefined();
    expect(match(health({ status: "closed" }))).toBeUndefined();
    expect(match(health({ category: "scheduledChange" }))).toBeUndefined();
    expect(match(health({ service: "EC2" }))).toBeUndefined();
  });

  it("not by an alarm that is over, or about something else", () => {
    expect(match(alarm({ state: "OK" }))).toBeUndefined();
    expect(match(alarm({ name: "chat-latency-high" }))).toBeUndefined();
  });
});
