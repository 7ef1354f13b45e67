import { describe, expect, it } from "vitest";
import { spendHigh } from "../../../../src/runbook/triggers/spend.ts";
import type { Budget } from "../../../../src/signals/budget.ts";
import type { CostAnomaly } from "../../../../src/signals/cost-anomaly.ts";
import type { Alarm, Anomaly, Series } from "../../../../src/signals/signal.ts";
import { tokenSeries } from "../../../../src/signals/token-series.ts";
import { chat, settingsOf } from "../../../support/settings.ts";

const from = { eventId: "e", at: 1_000, account: "123456789012", region: "us-east-2" };
const scanned = { namespace: "AWS/Athena", name: "ProcessedBytes", dimensions: { WorkGroup: "research" } };
const monitor = "arn:aws:ce::123456789012:anomalymonitor/1";
const { services } = settingsOf({
  services: [
    chat,
    {
      ...chat,
      name: "research",
      spend: {
        spenders: [
          { name: "agent", usdPerHour: 5, agent: { name: "researcher", models: { claude: { input: 3, output: 15 } } } },
          { name: "queries", usdPerHour: 1, uses: [{ ...scanned, usd: 5e-12 }] },
        ],
        budgets: ["research"],
        monitors: [monitor],
        alarms: ["research-spend"],
      },
    },
  ],
});
const match = (signal: Parameters<typeof spendHigh.match>[0]) => spendHigh.match(signal, services);
const ours = { root: "budget/research", signal: { service: "research", account: "123456789012", at: 1_000 } };

describe("a budget", () => {
  const budget: Budget = {
    ...from,
    kind: "budget",
    budget: "research",
    type: "Cost",
    alert: "actual",
    currency: "USD",
    budgeted: 1_000,
    comparison: ">",
    threshold: 800,
    amount: 1_250,
  };

  it("at 120 % is a reason to look", () => {
    expect(match(budget)).toMatchObject({ ...ours, signal: { why: "budget research is at 125 %" } });
    expect(match({ ...budget, alert: "forecasted" })?.signal.why).toBe("budget research will be at 125 %");
  });

  it.each<[string, Partial<Budget>]>([
    ["below that", { amount: 1_199 }],
    ["of somebody else", { budget: "sales" }],
    ["of hours, not of money", { type: "Usage" }],
    ["that is told when it falls short", { comparison: "<" }],
    ["of nothing", { budgeted: 0 }],
  ])("%s is none", (_, other) => {
    expect(match({ ...budget, ...other })).toBeUndefined();
  });
});

describe("a cost anomaly", () => {
  const anomaly: CostAnomaly = {
    ...from,
    kind: "cost-anomaly",
    anomaly: "a",
    monitor,
    dimension: "Amazon Bedrock",
    spend: { impact: 151.4 },
    causes: [],
  };

  it("of a monitor of the service is a reason to look, of another is none", () => {
    expect(match(anomaly)).toMatchObject({ signal: { why: "$151 more than expected for Amazon Bedrock" } });
    expect(match({ ...anomaly, monitor: `${monitor}2` })).toBeUndefined();
  });
});

describe("an alarm", () => {
  const alarm: Alarm = {
    ...from,
    kind: "alarm",
    name: "research-spend",
    arn: "arn:aws:cloudwatch:us-east-2:123456789012:alarm:research-spend",
    state: "ALARM",
    reason: "too much",
    composite: false,
    metrics: [],
    children: [],
    recent: [],
  };

  it("that the service names is a reason to look while it is one", () => {
    expect(match(alarm)).toMatchObject(ours);
    expect(match({ ...alarm, state: "OK" })).toBeUndefined();
    expect(match({ ...alarm, name: "chat-latency-high" })).toBeUndefined();
  });

  it("that looks at what a spender uses is one, by whatever name and statistic", () => {
    expect(match({ ...alarm, name: "athena", metrics: [{ ...scanned, stat: "Maximum" }] })).toMatchObject(ours);
    expect(match({ ...alarm, name: "athena", metrics: [{ ...scanned, name: "EngineTime" }] })).toBeUndefined();
  });
});

describe("an anomaly", () => {
  const anomaly = (series: Series, value = 9_000): Anomaly => ({
    ...from,
    kind: "anomaly",
    series,
    value,
    expected: { low: 10, high: 500 },
    severity: 5,
    why: "far above",
  });
  const used = (name: string) =>
    tokenSeries({ name, operation: "chat", provider: "aws.bedrock", model: "claude", type: "output" });

  it("of an agent's tokens, or of what else is counted, is a reason to look", () => {
    expect(match(anomaly(used("researcher")))).toMatchObject({
      signal: { why: expect.stringContaining("agent uses 9000") },
    });
    expect(match(anomaly(scanned))?.signal.why).toMatch(/^queries uses 9000 ProcessedBytes/);
  });

  it("of somebody else's tokens, or of too few, is none", () => {
    expect(match(anomaly(used("stranger")))).toBeUndefined();
    expect(match(anomaly(used("researcher"), 2))).toBeUndefined();
  });
});
