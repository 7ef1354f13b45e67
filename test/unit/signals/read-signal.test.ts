import { readdirSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMetricStream } from "../../../src/signals/metric-stream.ts";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { readers } from "../../../src/signals/readers.ts";
import type { Signal } from "../../../src/signals/signal.ts";
import { changed, eventOf, textOf } from "./fixture.ts";

const fixtures = readdirSync(new URL("../../fixtures/events/", import.meta.url)).filter((name) =>
  name.endsWith(".json"),
);

/** Every kind that something from outside can be read as: without one that is new, this does not compile. */
const kinds: Record<Exclude<Signal["kind"], "anomaly" | "due" | "unknown">, true> = {
  "spot-interruption": true,
  rebalance: true,
  "capacity-interruption": true,
  "capacity-block": true,
  "capacity-reclaimed": true,
  "asg-instance": true,
  "lifecycle-action": true,
  "ecs-task": true,
  "ecs-container-instance": true,
  "ecs-service-action": true,
  "batch-job": true,
  "batch-queue-blocked": true,
  "batch-preemption": true,
  "sagemaker-training": true,
  "sagemaker-endpoint": true,
  "hyperpod-node-health": true,
  alarm: true,
  "alarm-contributor": true,
  health: true,
  budget: true,
  "cost-anomaly": true,
  "parameter-change": true,
  "change-calendar": true,
  samples: true,
  unreadable: true,
};

describe("readSignal", () => {
  it("takes an event as a value and as its text", () => {
    for (const name of fixtures)
      expect(readSignal(JSON.stringify(eventOf(name)))).toStrictEqual(readSignal(eventOf(name)));
  });

  it("keeps the name, the id and the time of an event it does not know", () => {
    expect(readSignal(changed("alarm.json", "detail-type", "CloudWatch Alarm Deleted"))).toStrictEqual({
      kind: "unknown",
      eventId: "9f1c2a34-0d5e-4b6f-8a7b-1c2d3e4f5a6b",
      at: Date.UTC(2026, 2, 4, 10, 20, 30),
      source: "aws.cloudwatch",
      detailType: "CloudWatch Alarm Deleted",
    });
  });

  it("reads the name and id of Capacity Block events, which spell both in another way", () => {
    expect(
      readSignal(changed("capacity-block-expiring.json", "detail_type", "Capacity Block Reservation Active")),
    ).toStrictEqual({
      kind: "unknown",
      eventId: "cr-0a1b2c3d4e5f60718-approaching-expiry",
      at: Date.UTC(2026, 2, 4, 10, 20, 30),
      source: "aws.ec2",
      detailType: "Capacity Block Reservation Active",
    });
  });

  it("reads the epoch milliseconds that SageMaker writes as text", () => {
    expect(
      readSignal(changed("endpoint-in-service.json", "detail-type", "SageMaker Model State Change")),
    ).toMatchObject({ kind: "unknown", at: 1_772_619_630_050 });
  });

  it("does without id and time in an event it does not know", () => {
    expect(readSignal({ source: "my.app", "detail-type": "Hello", time: "[Current time]" })).toStrictEqual({
      kind: "unknown",
      source: "my.app",
      detailType: "Hello",
    });
  });

  it.each(["__proto__", "constructor", "toString", "anomaly"])("knows no event named %s", (detailType) => {
    expect(readSignal({ source: "my.app", "detail-type": detailType })).toMatchObject({ kind: "unknown", detailType });
  });

  it("lets nobody outside claim an anomaly", () => {
    const series = { namespace: "Paramedic", name: "latency", dimensions: {} };
    const anomaly = {
      kind: "anomaly",
      eventId: "1",
      at: 1_772_619_630_000,
      account: "1",
      region: "r",
      series,
      value: 1,
    };

    expect(readSignal(anomaly)).toMatchObject({ kind: "unreadable", why: expect.stringContaining("source: ") });
    expect(readSignal({ source: "paramedic", "detail-type": "anomaly", detail: anomaly })).toMatchObject({
      kind: "unknown",
    });
  });

  it.each([
    [undefined, "not an event: Invalid input: expected object, received undefined", "undefined"],
    [null, "not an event: Invalid input: expected object, received null", "null"],
    [[], "not an event: Invalid input: expected object, received array", "[]"],
    ["", "not JSON (Unexpected end of JSON input)", ""],
    ["3", "not an event: Invalid input: expected object, received number", "3"],
    [{ source: "aws.ec2" }, "not an event: detail-type: missing", '{"source":"aws.ec2"}'],
  ])("answers %j with why it cannot be read", (event, why, excerpt) => {
    expect(readSignal(event)).toStrictEqual({ kind: "unreadable", why, excerpt });
  });

  it("does not take records apart: each is for the entry point to succeed or fail with", () => {
    const sns = eventOf("budget.sns.json");

    for (const record of [{ body: textOf("alarm.json") }, { EventSource: "aws:sns", Sns: sns }])
      expect(readSignal({ Records: [record] })).toMatchObject({ kind: "unreadable" });
    expect(readSignal(sns)).toMatchObject({ kind: "budget" });
  });

  it("believes nobody but AWS about what happens in AWS", () => {
    for (const [detailType, { source }] of readers)
      if (source !== undefined)
        expect(readSignal({ source: "my.app", "detail-type": detailType })).toMatchObject({
          kind: "unknown",
          detailType,
        });
  });

  it("is shown an event of each kind here", () => {
    const shown = new Set(fixtures.map((name) => readSignal(textOf(name)).kind));

    expect([...shown].sort()).toEqual(Object.keys(kinds).sort());
  });

  it("shows at most 500 characters, and no half of a character", () => {
    const signal = readSignal(`${"x".repeat(499)}😀`);

    expect(signal).toMatchObject({ kind: "unreadable", excerpt: `${"x".repeat(499)}\ufffd` });
  });

  it("does not look into a text longer than SQS can carry", () => {
    expect(readSignal(`${JSON.stringify(eventOf("alarm.json"))}${" ".repeat(1_048_576)}`)).toMatchObject({
      kind: "unreadable",
      why: expect.stringMatching(/^\d+ characters, more than an event can have$/),
    });
  });

  it("shows the type of a value that has no text", () => {
    const circle: Record<string, unknown> = { metric_stream_name: "x" };
    circle["self"] = circle;

    for (const value of [circle, new Map([[1, 10n]]), { source: 10n }])
      expect(readSignal(value)).toMatchObject({
        kind: "unreadable",
        excerpt: expect.stringMatching(/^(object|\{\})$/),
      });
  });

  it("says so when a value cannot even be looked at", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const trap = {
      get source(): string {
        throw new Error("no");
      },
    };

    for (const hostile of [proxy, trap])
      expect(readSignal(hostile)).toMatchObject({
        kind: "unreadable",
        why: expect.stringMatching(/^cannot be looked at/),
      });
  });
});

/** Holds for the answer to anything that was ever JSON. */
function expectSound(signal: Signal): void {
  expect(JSON.parse(JSON.stringify(signal))).toStrictEqual(signal);
  expect(signal.kind).not.toBe("anomaly");
  if (signal.kind === "unreadable") {
    expect(signal.why).not.toMatch(/^cannot be looked at/);
    expect(signal.why.length).toBeLessThanOrEqual(300);
    expect(signal.excerpt.length).toBeLessThanOrEqual(500);
  } else if (signal.kind !== "unknown") {
    expect(signal.at).toBeGreaterThanOrEqual(Date.UTC(2000, 0));
    expect(signal.at).toBeLessThan(Date.UTC(2100, 0));
  }
}

function pathsOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [`${path}${key}`, ...pathsOf(inner, `${path}${key}.`)]);
}

// JSON as it arrives: no -0, and keys that pollute prototypes among the others.
const json = fc
  .anything({
    maxDepth: 3,
    key: fc.oneof(
      fc.string(),
      fc.constantFrom("__proto__", "constructor", "prototype", "source", "detail-type", "detail"),
    ),
  })
  .map((value): unknown => JSON.parse(JSON.stringify(value) ?? "null"));

const mutated = fc
  .constantFrom(...fixtures)
  .chain((name) =>
    fc.tuple(fc.constant(name), fc.constantFrom(...pathsOf(eventOf(name))), fc.option(json, { nil: undefined })),
  );

describe("readSignal, whatever arrives,", () => {
  const runs = { seed: 20260304, numRuns: 2_000 };

  it("answers any value", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        (value) => {
          expect(readSignal(value).kind).toBeTypeOf("string");
        },
      ),
      runs,
    );
  });

  it("answers any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.json(),
          json.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expectSound(readSignal(text));
          expectSound(readMetricStream(text));
        },
      ),
      runs,
    );
  });

  it("answers any event with one thing wrong", () => {
    fc.assert(
      fc.property(mutated, ([name, path, value]) => {
        expectSound(readSignal(changed(name, path, value)));
      }),
      runs,
    );
  });

  it("answers any event cut short", () => {
    fc.assert(
      fc.property(fc.constantFrom(...fixtures, "budget.txt"), fc.nat(3_000), (name, length) => {
        expectSound(readSignal(textOf(name).slice(0, length)));
      }),
      runs,
    );
  });

  it("answers texts that are very long or very deep", () => {
    const deep = "[".repeat(400_000) + "]".repeat(400_000);

    for (const text of ["x".repeat(5_000_000), deep, `{"metric_stream_name":${deep}}`]) expectSound(readSignal(text));
    expect(readSignal(JSON.parse(deep))).toMatchObject({ kind: "unreadable", excerpt: "object" });
  });

  it.each([
    ["spot-interruption.json", "spot-interruption", ["instance-id"]],
    ["capacity-interruption.json", "capacity-interruption", ["instance-id"]],
    [
      "ecs-task.fargate-spot-warning.json",
      "ecs-task",
      ["taskArn", "clusterArn", "lastStatus", "desiredStatus", "stopCode"],
    ],
  ])("never loses the deadline in %s for what is said beside", (name, kind, needed) => {
    const optional = pathsOf(eventOf(name)).filter(
      (path) => path === "resources" || (path.startsWith("detail.") && !needed.includes(path.slice("detail.".length))),
    );

    fc.assert(
      fc.property(fc.constantFrom(...optional), fc.option(json, { nil: undefined }), (path, value) => {
        expect(readSignal(changed(name, path, value))).toMatchObject({ kind, deadlineAt: expect.any(Number) });
      }),
      { ...runs, numRuns: 500 },
    );
  });

  it("never loses an alarm for what it says beside its name and its state", () => {
    const needed = ["id", "account", "region", "time", "source", "detail-type", "detail", "resources", "resources.0"];
    const optional = ["alarm.json", "alarm.composite.json", "alarm.metric-math.json"].flatMap((name) =>
      pathsOf(eventOf(name))
        .filter(
          (path) =>
            !needed.includes(path) && !["detail.alarmName", "detail.state", "detail.state.value"].includes(path),
        )
        .map((path) => ({ name, path })),
    );

    fc.assert(
      fc.property(fc.constantFrom(...optional), fc.option(json, { nil: undefined }), ({ name, path }, value) => {
        expect(readSignal(changed(name, path, value))).toMatchObject({ kind: "alarm", state: "ALARM" });
      }),
      runs,
    );
  });

  it("does not pollute prototypes", () => {
    readSignal(
      '{"__proto__":{"polluted":true},"source":"a","detail-type":"b","detail":{"__proto__":{"polluted":true}}}',
    );
    readSignal(textOf("metric-samples.json").replace('"Service"', '"__proto__"'));

    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});
