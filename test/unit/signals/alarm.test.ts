import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { seriesKey } from "../../../src/signals/signal.ts";
import { changed, eventOf } from "./fixture.ts";

const p99 = {
  namespace: "AWS/SageMaker",
  name: "ModelLatency",
  dimensions: { VariantName: "blue", EndpointName: "chat" },
  stat: "p99",
  unit: "Microseconds",
};

describe("an alarm", () => {
  it("tells what changed, when, on which metric, by which values, and that it is muted", () => {
    expect(readSignal(eventOf("alarm.json"))).toStrictEqual({
      kind: "alarm",
      eventId: "9f1c2a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at: Date.UTC(2026, 2, 4, 10, 20, 30, 989),
      account: "210987654321",
      region: "eu-west-1",
      name: "inference p99: too slow",
      arn: "arn:aws:cloudwatch:eu-west-1:210987654321:alarm:inference p99: too slow",
      state: "ALARM",
      previous: "OK",
      reason: "Threshold Crossed: 3 out of the last 3 datapoints were greater than the threshold (900000.0).",
      composite: false,
      metrics: [p99],
      children: [],
      threshold: 900_000,
      recent: [950_000, 1_200_000.5, 1_810_000],
      muted: {
        by: "arn:aws:cloudwatch:eu-west-1:210987654321:alarm-mute-rule:release-night",
        from: Date.UTC(2026, 2, 4, 10),
        until: Date.UTC(2026, 2, 4, 12),
      },
    });
  });

  it("over an expression names the metrics behind it", () => {
    expect(readSignal(eventOf("alarm.metric-math.json"))).toMatchObject({
      kind: "alarm",
      previous: "INSUFFICIENT_DATA",
      metrics: [
        {
          namespace: "AWS/SQS",
          name: "ApproximateNumberOfMessagesVisible",
          dimensions: { QueueName: "embeddings" },
          stat: "Maximum",
        },
        { namespace: "Fleet", name: "Workers", dimensions: {}, stat: "Average" },
      ],
      recent: [412],
      threshold: 100,
    });
  });

  it("over an anomaly band has no threshold", () => {
    const signal = readSignal(eventOf("alarm.anomaly-band.json"));

    expect(signal).toMatchObject({
      kind: "alarm",
      state: "OK",
      previous: "ALARM",
      recent: [61],
      metrics: [{ name: "gpu" }],
    });
    expect(signal).not.toHaveProperty("threshold");
  });

  it("over a query has no metrics and no values, and is an alarm all the same", () => {
    const signal = readSignal(eventOf("alarm.query.json"));

    expect(signal).toMatchObject({
      kind: "alarm",
      state: "ALARM",
      metrics: [],
      recent: [],
      children: [],
      composite: false,
    });
    expect(signal).not.toHaveProperty("muted");
    expect(signal).not.toHaveProperty("suppressed");
  });

  it("over other alarms names those that changed it, and who suppressed its actions", () => {
    expect(readSignal(eventOf("alarm.composite.json"))).toMatchObject({
      kind: "alarm",
      composite: true,
      metrics: [],
      recent: [],
      children: [
        "arn:aws:cloudwatch:eu-west-1:210987654321:alarm:chat is slow",
        "arn:aws:cloudwatch:eu-west-1:210987654321:alarm:chat fails",
      ],
      suppressed: { by: "WaitPeriod", why: "Actions suppressed by WaitPeriod" },
    });
  });

  it.each([
    undefined,
    null,
    "",
    "{",
    "[]",
    "3",
    '{"recentDatapoints":"many","threshold":"high","triggeringAlarms":{}}',
    {},
  ])("with %j as reasonData keeps its state, and has no values", (reasonData) => {
    const signal = readSignal(changed("alarm.json", "detail.state.reasonData", reasonData));

    expect(signal).toMatchObject({ kind: "alarm", state: "ALARM", recent: [], children: [], metrics: [p99] });
    expect(signal).not.toHaveProperty("threshold");
  });

  it("keeps the values it can read", () => {
    const reasonData = JSON.stringify({ recentDatapoints: [1, null, "2", 3], threshold: null });

    expect(readSignal(changed("alarm.json", "detail.state.reasonData", reasonData))).toMatchObject({ recent: [1, 3] });
  });

  it("may have a name as long as CloudWatch allows", () => {
    const arn = `arn:aws:cloudwatch:eu-west-1:210987654321:alarm:${"n".repeat(255)}`;
    const reasonData = JSON.stringify({ triggeringAlarms: [{ arn }] });

    expect(readSignal(changed("alarm.json", "resources", [arn]))).toMatchObject({ kind: "alarm", arn });
    expect(readSignal(changed("alarm.composite.json", "detail.state.reasonData", reasonData))).toMatchObject({
      children: [arn],
    });
  });

  it.each([
    ["detail.configuration", undefined],
    ["detail.configuration.metrics", "none"],
    ["detail.configuration.metrics.0.metricStat.metric", 3],
    ["detail.previousState", { value: "PANIC" }],
    ["detail.state.reason", undefined],
    ["detail.state.timestamp", "just now"],
  ])("is not lost for %s = %j", (path, value) => {
    expect(readSignal(changed("alarm.json", path, value))).toMatchObject({ kind: "alarm", state: "ALARM" });
  });

  it("without the moment of the change takes the event's own", () => {
    expect(readSignal(changed("alarm.json", "detail.state.timestamp", undefined))).toMatchObject({
      at: Date.UTC(2026, 2, 4, 10, 20, 30),
    });
  });

  it.each([
    ["detail.muteDetail.mutedByArn", undefined],
    ["detail.muteDetail.muteWindowStart", "soon"],
    ["detail.muteDetail.muteWindowEnd", undefined],
    ["detail.muteDetail", "yes"],
  ])("with an unreadable %s counts as muted", (path, value) => {
    const at = Date.UTC(2026, 2, 4, 10, 20, 30, 989);
    const signal = readSignal(changed("alarm.json", path, value));

    expect(signal).toMatchObject({ kind: "alarm", muted: { by: expect.any(String) } });
    expect(signal.kind === "alarm" && signal.muted && signal.muted.from <= at && at < signal.muted.until).toBe(true);
  });

  it("without a mute rule is not muted", () => {
    expect(readSignal(changed("alarm.json", "detail.muteDetail", null))).not.toHaveProperty("muted");
  });

  it.each([
    ["detail.state.value", "PANIC"],
    ["detail.alarmName", undefined],
    ["resources", []],
    ["resources", ["arn:aws:ec2:eu-west-1:210987654321:instance/i-1"]],
    ["time", "yyyy-mm-ddThh:mm:ssZ"],
  ])("with %s = %j is unreadable, and the answer says so", (path, value) => {
    expect(readSignal(changed("alarm.json", path, value))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining(path),
    });
  });

  it("from anybody but CloudWatch is not believed", () => {
    expect(readSignal(changed("alarm.json", "source", "cloudwatch"))).toMatchObject({ kind: "unknown" });
  });

  it("and a metric stream agree on the series, though only one prints the unit", () => {
    const { unit: _, ...withoutUnit } = p99;

    expect(seriesKey(withoutUnit)).toBe(seriesKey(p99));
  });
});

describe("what an alarm sends to a function directly", () => {
  it("is the same signal, identified by alarm and moment", () => {
    const arn = "arn:aws:cloudwatch:eu-west-1:210987654321:alarm:workers-idle";
    const at = Date.UTC(2026, 2, 4, 12, 36, 15, 490);

    expect(readSignal(eventOf("alarm-action.json"))).toStrictEqual({
      kind: "alarm",
      eventId: `${arn}@${at}`,
      at,
      account: "210987654321",
      region: "eu-west-1",
      name: "workers-idle",
      arn,
      state: "ALARM",
      previous: "INSUFFICIENT_DATA",
      reason: "tried by hand",
      composite: false,
      metrics: [{ namespace: "Fleet", name: "Idle", dimensions: { Group: "spot" }, stat: "Average", unit: "Percent" }],
      children: [],
      recent: [],
    });
  });

  it("is not believed from another source", () => {
    expect(readSignal(changed("alarm-action.json", "source", "my.app"))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining("source: "),
    });
  });
});
