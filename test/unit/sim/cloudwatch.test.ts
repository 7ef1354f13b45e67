import { GetMetricDataCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { describe, expect, it } from "vitest";
import { given, only, start } from "./given.ts";

const minute = 60_000;
const latency = { Namespace: "app", MetricName: "latency", Dimensions: [{ Name: "service", Value: "embed" }] };

const ask = (Stat: string, scan?: "TimestampAscending") =>
  new GetMetricDataCommand({
    MetricDataQueries: [{ Id: "m1", MetricStat: { Metric: latency, Period: 60, Stat } }],
    StartTime: new Date(start - 10 * minute),
    EndTime: new Date(start + 10 * minute),
    ScanBy: scan,
  });

describe("CloudWatch in the simulation", () => {
  it("answers statistics per period, newest first unless asked otherwise", async () => {
    const { cloudwatch, sim } = given();
    const samples = [1, 2, 3, 4].map((value) => [start - minute + value, value * 10] as const);
    sim.seed.metric({
      namespace: "app",
      name: "latency",
      dimensions: { service: "embed" },
      samples: [...samples, [start, 99]],
    });
    const values = async (stat: string) => only((await cloudwatch.send(ask(stat))).MetricDataResults).Values;

    expect(only((await cloudwatch.send(ask("Average", "TimestampAscending"))).MetricDataResults)).toMatchObject({
      Id: "m1",
      Timestamps: [new Date(start - minute), new Date(start)],
      Values: [25, 99],
      StatusCode: "Complete",
    });
    expect(await values("Sum")).toEqual([99, 100]);
    expect(await values("Maximum")).toEqual([99, 40]);
    expect(await values("Minimum")).toEqual([99, 10]);
    expect(await values("SampleCount")).toEqual([1, 4]);
    expect(await values("p50")).toEqual([99, 20]);
    expect(await values("p99")).toEqual([99, 40]);
    await expect(values("TM(10%:90%)")).rejects.toThrow(/not simulated: statistic/);
  });

  it("keeps metrics apart by dimensions, in any order", async () => {
    const { cloudwatch, sim } = given();
    sim.seed.metric({ namespace: "app", name: "latency", dimensions: { service: "rank" }, samples: [[start, 1]] });
    expect(only((await cloudwatch.send(ask("Sum"))).MetricDataResults).Values).toEqual([]);
  });

  it("shows what was put only after a delay, when there is one", async () => {
    const { cloudwatch, clock } = given({ metricDelay: { seconds: 90 } });
    const { Namespace, ...metric } = latency;
    const values = async () => only((await cloudwatch.send(ask("Sum"))).MetricDataResults).Values;

    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace,
        MetricData: [
          { ...metric, Timestamp: new Date(start), Values: [2, 5], Counts: [3, 1] },
          { ...metric, Timestamp: new Date(start - minute), Value: 1 },
        ],
      }),
    );
    expect(await values()).toEqual([]);
    clock.advance(90_000);
    expect(await values()).toEqual([11, 1]);
  });

  it("reads what the SDK compresses", async () => {
    const { cloudwatch } = given();
    const { Namespace, ...metric } = latency;
    const MetricData = Array.from({ length: 500 }, () => ({ ...metric, Value: 1, Timestamp: new Date(start) }));
    await cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
    expect(only((await cloudwatch.send(ask("Sum"))).MetricDataResults).Values).toEqual([500]);
  });
});
