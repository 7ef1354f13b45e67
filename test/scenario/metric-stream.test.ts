import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { metricStream } from "../../infra/metric-stream.ts";
import { firehoseRecords } from "../../src/aws/firehose-records.ts";
import { recentPoints } from "../../src/engine/score.ts";
import { takeStream } from "../../src/engine/take-stream.ts";
import { unread } from "../../src/engine/unread.ts";
import { namedMetrics } from "../../src/settings/named-metrics.ts";
import { deployed } from "../unit/infra/given.ts";
import { settingsOf, type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
beforeEach(() => {
  s = stack();
});
afterEach(() => s.close());

const wanted = namedMetrics(settingsOf({}));

/** A minute of a metric, as CloudWatch streams it. */
const line = (name: string, at: number, ms: number, namespace = "Paramedic") =>
  JSON.stringify({
    metric_stream_name: "paramedic-test-metrics",
    account_id: "123456789012",
    region: "us-east-2",
    namespace,
    metric_name: name,
    dimensions: { Service: "chat" },
    timestamp: at,
    unit: "Milliseconds",
    value: { count: 10, sum: ms * 10, max: ms * 2, min: ms / 2 },
  });

const batch = (...texts: string[]) => ({
  records: texts.map((text, i) => ({
    recordId: `r-${i}`,
    approximateArrivalTimestamp: startMs,
    data: Buffer.from(text).toString("base64"),
  })),
});
const handOver = (texts: readonly string[]) =>
  firehoseRecords(batch(...texts), async (text) => void (await takeStream(s.world, text, wanted)));

describe("a metric stream", () => {
  it("opens an incident as samples of a workload do, and Firehose keeps nothing of it", async () => {
    const minutes = (from: number, to: number, ms: number) =>
      Array.from({ length: to - from }, (_, i) =>
        line("LatencyMs", startMs + (from + i) * 60_000, ms + ((i * 7_919) % 97)),
      );
    await handOver([minutes(-180, 0, 600).join("\n")]);

    const answer = await handOver(minutes(0, 5, 2_400));

    expect(answer.records.map(({ recordId, result }) => [recordId, result])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [`r-${i}`, "Dropped"]),
    );
    expect((await s.world.incidents.recent(10)).map(({ root }) => root)).toEqual(["service/chat"]);
  });

  it("is scored only in the statistic of a metric that the settings name", async () => {
    const text = [line("LatencyMs", startMs, 600), line("Memory", startMs, 1), line("LatencyMs", startMs, 1, "Other")];

    const { scored } = await takeStream(s.world, text.join("\n"), wanted);

    expect(scored.map(({ sample: { series, value } }) => [series.name, series.stat, value])).toEqual([
      ["LatencyMs", "Average", 600],
    ]);
  });

  it("whose lines cannot be read is kept as unread and not handed over again", async () => {
    const { records } = await handOver(["rubbish", `${line("LatencyMs", startMs, 600)}\n{"half":`]);

    expect(records.map(({ result }) => result)).toEqual(["Dropped", "Dropped"]);
    expect(await unread(s.world.table, 10)).toHaveLength(2);
  });

  it("comes again whole when the table fails, and nothing is scored twice", async () => {
    const broken = {
      ...s.world,
      table: s.world.table,
      incidents: { ...s.world.incidents, isOpen: () => Promise.reject(new Error("throttled")) },
    };
    const texts = [line("LatencyMs", startMs, 600)];

    await expect(
      firehoseRecords(batch(...texts), async (text) => void (await takeStream(broken, text, wanted))),
    ).rejects.toThrow("throttled");
    await handOver(texts);

    const from = { account: "123456789012", region: "us-east-2" };
    const series = {
      namespace: "Paramedic",
      name: "LatencyMs",
      dimensions: { Service: "chat" },
      stat: "Average",
      unit: "Milliseconds",
    };
    expect((await recentPoints(s.world.detectors, from, series)).map(({ value }) => value)).toEqual([600]);
  });
});

describe("the stream that is deployed", () => {
  it("has the metrics that the settings name, and is there only where it is asked for", () => {
    const { MetricStream } = metricStream(deployed({ metricStream: "on" }));

    expect(MetricStream?.Properties["IncludeFilters"]).toEqual([{ Namespace: "Chat", MetricNames: ["Latency"] }]);
    expect(metricStream(deployed())).toEqual({});
  });

  it("is asked for percentiles that the settings name, each metric once", () => {
    const at = deployed({ metricStream: "on" });
    const [chat] = at.settings.services;
    const p95 = { ...chat!, latency: { ...chat!.latency, stat: "p95" } };
    const settings = { ...at.settings, services: [p95, { ...p95, name: "search" }] };

    expect(metricStream({ ...at, settings }).MetricStream?.Properties["StatisticsConfigurations"]).toEqual([
      { AdditionalStatistics: ["p95"], IncludeMetrics: [{ Namespace: "Chat", MetricName: "Latency" }] },
    ]);
  });

  it("of settings that name no metric fails the packaging", () => {
    const at = deployed({ metricStream: "on" });

    expect(() => metricStream({ ...at, settings: { ...at.settings, services: [] } })).toThrow(/names no metric/);
  });
});
