import { describe, expect, it } from "vitest";
import { readSignal } from "../../../src/signals/read-signal.ts";
import type { Samples } from "../../../src/signals/signal.ts";
import { changed, eventOf } from "./fixture.ts";

const eventAt = Date.UTC(2026, 2, 4, 10, 20, 30);
const good = { name: "latency", value: 1 };

function readPoints(points: readonly unknown[]): Samples {
  const signal = readSignal(changed("metric-samples.json", "detail.points", points));
  if (signal.kind !== "samples") throw new Error(`read as ${signal.kind}`);
  return signal;
}

describe("metric samples", () => {
  it("are read with their series, time and value", () => {
    expect(readSignal(eventOf("metric-samples.json"))).toStrictEqual({
      kind: "samples",
      eventId: "ee1c2a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at: eventAt,
      account: "210987654321",
      region: "eu-west-1",
      points: [
        {
          series: {
            namespace: "Paramedic",
            name: "latency",
            dimensions: { Service: "chat", Model: "small" },
            unit: "Milliseconds",
          },
          at: eventAt - 750,
          value: 412.5,
        },
        {
          series: { namespace: "Paramedic", name: "latency", dimensions: { Service: "rank" } },
          at: eventAt - 1000,
          value: 97,
        },
        { series: { namespace: "Paramedic", name: "waiting", dimensions: {} }, at: eventAt, value: 0 },
      ],
      rejected: [],
    });
  });

  it("may come from any source, and in a namespace of their own", () => {
    const event = {
      ...eventOf("metric-samples.json"),
      source: "my.app",
      detail: { namespace: "My/App", points: [good] },
    };

    expect(readSignal(event)).toMatchObject({ kind: "samples", points: [{ series: { namespace: "My/App" } }] });
  });

  it("are rejected one by one, by their place, and the others kept", () => {
    const signal = readPoints([good, { name: "latency" }, good, null, { value: 2 }, good]);

    expect(signal.points).toHaveLength(3);
    expect(signal.rejected).toStrictEqual([
      { index: 1, why: expect.stringContaining("value: ") },
      { index: 3, why: expect.stringContaining("expected object") },
      { index: 4, why: expect.stringContaining("name: ") },
    ]);
  });

  it.each(["NaN", "Infinity", "-Infinity", "12", NaN, Infinity, null, true, 1e300, -1e300])(
    "with the value %s are rejected",
    (value) => {
      expect(readPoints([{ ...good, value }])).toMatchObject({
        points: [],
        rejected: [{ index: 0, why: expect.stringContaining("value: ") }],
      });
    },
  );

  it.each([
    ["2026-03-04T10:20:30Z", eventAt],
    ["2026-03-04T10:20:30.5Z", eventAt + 500],
    ["2026-03-04T12:20:30.000+02:00", eventAt],
    ["2026-03-04T12:20:30.000+0200", eventAt],
    ["2026-03-04T04:50:30-0530", eventAt],
    [eventAt, eventAt],
    [`${eventAt}`, eventAt],
    [eventAt + 0.75, eventAt],
    [null, eventAt],
  ])("at %j are read as that moment", (timestamp, at) => {
    expect(readPoints([{ ...good, timestamp }])).toMatchObject({ points: [{ at }] });
  });

  it.each([
    "yesterday",
    "2026-03-04",
    "2026-03-04T10:20:30",
    "2026-02-30T10:20:30Z",
    "1999-12-31T23:59:59Z",
    "2100-01-01T00:00:00Z",
    "",
    "1",
    0,
    -1,
    Number.MAX_VALUE,
    {},
    true,
  ])("at %j are rejected", (timestamp) => {
    expect(readPoints([{ ...good, timestamp }])).toMatchObject({
      points: [],
      rejected: [{ index: 0, why: expect.stringContaining("timestamp: ") }],
    });
  });

  it("in epoch seconds are rejected with advice", () => {
    expect(readPoints([{ ...good, timestamp: eventAt / 1000 }]).rejected[0]?.why).toMatch(
      /epoch seconds\? send milliseconds$/,
    );
  });

  it("have at most 30 dimensions, as in CloudWatch", () => {
    const dimensions = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`d${i}`, "x"]));

    expect(readPoints([{ ...good, dimensions: dimensions(30) }]).points).toHaveLength(1);
    expect(readPoints([{ ...good, dimensions: dimensions(31) }]).rejected).toStrictEqual([
      { index: 0, why: "dimensions: more than 30 dimensions" },
    ]);
  });

  it.each([
    [{ dimensions: { Service: 3 } }, "dimensions.Service: "],
    [{ dimensions: { Service: "" } }, "dimensions.Service: "],
    [{ dimensions: { "": "x" } }, "dimensions"],
    [{ dimensions: ["Service"] }, "dimensions: "],
    [{ dimensions: JSON.parse('{"__proto__":"x"}') as unknown }, "dimensions: __proto__"],
    [{ name: "n".repeat(256) }, "name: "],
    [{ unit: 3 }, "unit: "],
  ])("with %j are rejected", (wrong, why) => {
    expect(readPoints([{ ...good, ...wrong }])).toMatchObject({
      points: [],
      rejected: [{ index: 0, why: expect.stringContaining(why) }],
    });
  });

  it("keep dimensions that are named like parts of JavaScript", () => {
    expect(
      readPoints([{ ...good, dimensions: { constructor: "a", toString: "b" } }]).points[0]?.series.dimensions,
    ).toStrictEqual({ constructor: "a", toString: "b" });
  });

  it("beyond a thousand are rejected together", () => {
    const signal = readPoints(Array.from({ length: 1_500 }, () => good));

    expect(signal.points).toHaveLength(1_000);
    expect(signal.rejected).toStrictEqual([{ index: 1_000, why: "500 more than the 1000 points an event may have" }]);
  });

  it("without a list of points are unreadable", () => {
    expect(readSignal(changed("metric-samples.json", "detail.points", { 0: good }))).toMatchObject({
      kind: "unreadable",
      why: expect.stringContaining("detail.points: "),
    });
  });
});
