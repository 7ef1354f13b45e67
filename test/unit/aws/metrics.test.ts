import { afterEach, expect, it, vi } from "vitest";
import { emitMetrics, type Measured, metricLines, ownMetrics } from "../../../src/aws/metrics.ts";

afterEach(() => vi.restoreAllMocks());

it("says values in CloudWatch's embedded format, with the installation and what they are told apart by", () => {
  const lines = metricLines("prod", 1_000, [
    { name: "NoticeToAction", value: 812 },
    { name: "NoticeToAction", value: 1_430 },
    { name: "Incidents", value: 1, by: { Outcome: "healed" } },
  ]);

  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    {
      _aws: {
        Timestamp: 1_000,
        CloudWatchMetrics: [
          {
            Namespace: "Paramedic/Bot",
            Dimensions: [["Stage"]],
            Metrics: [{ Name: "NoticeToAction", Unit: "Milliseconds" }],
          },
        ],
      },
      Stage: "prod",
      NoticeToAction: [812, 1_430],
    },
    {
      _aws: {
        Timestamp: 1_000,
        CloudWatchMetrics: [
          {
            Namespace: "Paramedic/Bot",
            Dimensions: [["Stage", "Outcome"]],
            Metrics: [{ Name: "Incidents", Unit: "Count" }],
          },
        ],
      },
      Stage: "prod",
      Outcome: "healed",
      Incidents: [1],
    },
  ]);
});

it("puts no more than a hundred values into a line, and loses none", () => {
  const many = Array.from({ length: 250 }, (_, value): Measured => ({ name: "TimeToDetect", value }));
  const lines = metricLines("prod", 1, many).map((line) => JSON.parse(line) as { TimeToDetect: number[] });

  expect(lines.map(({ TimeToDetect }) => TimeToDetect.length)).toEqual([100, 100, 50]);
  expect(lines.flatMap(({ TimeToDetect }) => TimeToDetect)).toEqual(many.map(({ value }) => value));
});

it("writes them in Lambda, and nowhere else", () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  emitMetrics({}, "prod", 1, [{ name: "Prompts", value: 1 }]);
  emitMetrics({ AWS_LAMBDA_FUNCTION_NAME: "watch" }, "prod", 1, [{ name: "Prompts", value: 1 }]);
  vi.restoreAllMocks();

  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(/"Prompts":\[1\]\}\n$/);
});

it("has a unit that CloudWatch knows for each", () => {
  expect(new Set(Object.values(ownMetrics))).toEqual(new Set(["Milliseconds", "Count"]));
});
