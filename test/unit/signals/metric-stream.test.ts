import { describe, expect, it } from "vitest";
import { readMetricStream } from "../../../src/signals/metric-stream.ts";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { textOf } from "./fixture.ts";

const text = textOf("metric-stream.txt");
const [cpu, latency] = text.split("\n") as [string, string];
const at = Date.UTC(2026, 2, 4, 10, 20);

const changedLine = (line: string, change: Record<string, unknown>) =>
  JSON.stringify({ ...(JSON.parse(line) as Record<string, unknown>), ...change });

it("a record of Firehose that holds a metric stream is read line by line, however it arrives", () => {
  expect(readSignal(text)).toEqual(readMetricStream(text));
});

describe("a metric stream", () => {
  it("gives average, maximum and sum of each line, and each statistic it was asked for", () => {
    const ofCpu = {
      namespace: "AWS/EC2",
      name: "CPUUtilization",
      dimensions: { InstanceId: "i-0b662ef9931388ba0" },
      unit: "Percent",
    };
    const ofLatency = {
      namespace: "AWS/SageMaker",
      name: "ModelLatency",
      dimensions: { EndpointName: "chat", VariantName: "blue" },
      unit: "Microseconds",
    };

    expect(readMetricStream(text)).toStrictEqual({
      kind: "samples",
      eventId: expect.stringMatching(/^to-paramedic\/[0-9a-f]{32}$/),
      at: at + 60_000,
      account: "210987654321",
      region: "eu-west-1",
      points: [
        { series: { ...ofCpu, stat: "Average" }, at, value: 50 },
        { series: { ...ofCpu, stat: "Maximum" }, at, value: 80 },
        { series: { ...ofCpu, stat: "Sum" }, at, value: 200 },
        { series: { ...ofLatency, stat: "Average" }, at: at + 60_000, value: 450 },
        { series: { ...ofLatency, stat: "Maximum" }, at: at + 60_000, value: 600 },
        { series: { ...ofLatency, stat: "Sum" }, at: at + 60_000, value: 900 },
        { series: { ...ofLatency, stat: "p99" }, at: at + 60_000, value: 597 },
        { series: { ...ofLatency, stat: "TM(25%:75%)" }, at: at + 60_000, value: 450 },
      ],
      rejected: [],
    });
  });

  it("has the same id when it is delivered again, and another for another text", () => {
    const id = (text: string) =>
      readMetricStream(text).kind === "samples" && (readMetricStream(text) as { eventId: string }).eventId;

    expect(id(text)).toBe(id(`${text}\n`));
    expect(id(text)).not.toBe(id(cpu));
  });

  it("is read by readSignal too, an object at a time", () => {
    const expected = readMetricStream(cpu);

    expect(readSignal(JSON.parse(cpu))).toStrictEqual(expected);
    expect(readSignal(cpu)).toStrictEqual(expected);
  });

  it("loses only the lines that cannot be read, and says which", () => {
    const signal = readMetricStream([cpu, "{", "", changedLine(cpu, { timestamp: "soon" }), `${latency}\r`].join("\n"));

    expect(signal).toMatchObject({
      kind: "samples",
      rejected: [
        { index: 1, why: expect.stringContaining("not JSON") },
        { index: 3, why: expect.stringContaining("timestamp: ") },
      ],
    });
    expect(signal.kind === "samples" && signal.points).toHaveLength(8);
  });

  it.each([
    { count: 0, sum: 0, max: 0, min: 0 },
    { count: 1, sum: "NaN", max: 1, min: 1 },
    { count: 1, sum: 1, max: 1e300, min: 1 },
    { sum: 1, max: 1, min: 1 },
    { count: 1e-300, sum: 1e100, max: 1, min: 1 },
    { count: 1, sum: 1, max: 1, min: 1, p99: "high" },
    3,
  ])("rejects a line with the values %j", (value) => {
    expect(readMetricStream(`${cpu}\n${changedLine(cpu, { value })}`)).toMatchObject({
      rejected: [{ index: 1, why: expect.stringContaining("value") }],
    });
  });

  it("leaves out a statistic that has no value", () => {
    const signal = readMetricStream(changedLine(cpu, { value: { count: 1, sum: -1, max: -1, min: -1, p99: null } }));

    expect(signal.kind === "samples" && signal.points.map(({ series }) => series.stat)).toEqual([
      "Average",
      "Maximum",
      "Sum",
    ]);
  });

  it("does not mix two accounts", () => {
    expect(readMetricStream(`${cpu}\n${changedLine(cpu, { account_id: "111122223333" })}`)).toMatchObject({
      account: "210987654321",
      points: { length: 3 },
      rejected: [{ index: 1, why: "from 111122223333 eu-west-1, among lines from 210987654321 eu-west-1" }],
    });
  });

  it.each(["", "\n\n", "{", "null", '{"metric_stream_name":"x"}', "\0".repeat(2_000)])(
    "without one readable line is unreadable: %j",
    (text) => {
      expect(readMetricStream(text)).toMatchObject({ kind: "unreadable", why: expect.stringMatching(/^no line of/) });
    },
  );
});
