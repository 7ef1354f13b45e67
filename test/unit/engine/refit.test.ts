import { beforeEach, describe, expect, it } from "vitest";
import { s3ModelStore } from "../../../src/aws/model-store.ts";
import { modelFolder } from "../../../src/aws/models.ts";
import { BotError } from "../../../src/bot-error.ts";
import { ByteWriter } from "../../../src/detect/binary.ts";
import { detectorVersion, restoreDetector } from "../../../src/detect/detector.ts";
import { Random } from "../../../src/detect/random.ts";
import { createDetectors } from "../../../src/engine/detectors.ts";
import { type Learning, refit } from "../../../src/engine/refit.ts";
import { scoreSamples } from "../../../src/engine/score.ts";
import { modelName, seenItem, seriesItem } from "../../../src/engine/series-item.ts";
import { createIncidents } from "../../../src/incidents/incidents.ts";
import type { MetricLook } from "../../../src/runbook/look/metric.ts";
import type { Scoring } from "../../../src/engine/world.ts";
import { type Series, seriesKey } from "../../../src/signals/signal.ts";
import { memoryTable } from "../../../sim/memory-table.ts";
import { FakeS3 } from "../../support/fake-s3.ts";
import { settingsOf } from "../../support/settings.ts";

const from = { account: "123456789012", region: "us-east-2" };
const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const startMs = Date.UTC(2026, 10, 22, 3, 0);
const latency: Series = { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" }, stat: "Average" };
const queue = (name: string): Series => ({ namespace: "Shop", name: "Depth", dimensions: { Queue: name } });
const keyOf = (series: Series) => modelFolder + modelName(seriesItem(from, seriesKey(series)));

let now: number;
let bucket: FakeS3;
let logged: [string, Record<string, unknown> | undefined][];
let world: Learning & Scoring;

beforeEach(() => {
  now = startMs;
  bucket = new FakeS3(() => now);
  logged = [];
  const [table, clock, models] = [memoryTable(), { now: () => now }, s3ModelStore("models", bucket.client())];
  world = {
    settings: settingsOf(),
    runbooks: [],
    clock,
    table,
    incidents: createIncidents(table, clock),
    stories: { read: never, add: never } as never,
    executions: { start: never, wake: never },
    detectors: createDetectors(table, models),
    log: (_, message, facts) => void logged.push([message, facts]),
    models,
    metric: past(() => 700),
  };
});
const never = () => Promise.reject(new Error("nobody asks for it here"));

/** Four hours of minutes around a course, with noise of a tenth. Seed 7. */
function past(course: (at: number) => number, minutes = 240): MetricLook["metric"] {
  return (_, { every }) => {
    const random = Random.fromSeed(7);
    const stepMs = every?.seconds === undefined ? minuteMs : every.seconds * 1_000;
    return Promise.resolve(
      Array.from({ length: minutes }, (_, i) => {
        const at = now - (minutes - i) * stepMs;
        return { at, value: course(at) * (0.9 + 0.2 * random.next()) };
      }),
    );
  };
}
const see = (series: Series) => world.table.create(seenItem(from, series, now));
const learn = () => refit(world, from, Infinity);

/** Scores points of the latency, so many milliseconds apart, after now; a batch each. */
async function score(values: readonly number[], { stepMs = minuteMs, detectors = world.detectors } = {}) {
  const kinds: string[] = [];
  for (const [i, value] of values.entries()) {
    const points = [{ series: latency, at: now + i * stepMs, value }];
    const samples = { kind: "samples", eventId: "e", at: now, ...from, points, rejected: [] } as const;
    const [scored] = await scoreSamples({ ...world, detectors }, samples, () => Promise.resolve());
    kinds.push(scored?.verdict.kind === "abstained" ? scored.verdict.why : "scored");
  }
  return kinds;
}
const usual = (count: number) => Array.from({ length: count }, (_, i) => 690 + (i % 5) * 5);
const told = () => logged.filter(([message]) => message === "the model of a series").map(([, facts]) => facts);

describe("a round of learning", () => {
  it("makes a model of each latency in the settings and each series that was seen", async () => {
    await see(queue("a"));
    await see(queue("b"));

    expect(await learn()).toMatchObject({ written: 3, left: 0 });

    expect([...bucket.objects.keys()].sort()).toEqual([latency, queue("a"), queue("b")].map(keyOf).sort());
  });

  it("leaves a model alone for most of a day, and then makes it anew", async () => {
    await learn();
    now += 19 * 60 * minuteMs;
    expect(await learn()).toMatchObject({ written: 0 });

    now += 60 * minuteMs;
    expect(await learn()).toMatchObject({ written: 1 });
  });

  it("begins with those that have no model, and then takes the oldest", async () => {
    await see(queue("a"));
    await learn();
    now += dayMs;
    await see(queue("new"));
    const order: string[] = [];
    const { metric } = world;
    world = { ...world, metric: (one, window) => (order.push(one.dimensions["Queue"] ?? "chat"), metric(one, window)) };

    await learn();

    expect(order[0]).toBe("new");
    expect(order).toHaveLength(3);
  });

  it("ends in time, and the next one goes on where it ended", async () => {
    for (const name of ["a", "b", "c"]) await see(queue(name));
    const { metric } = world;
    const slow: typeof metric = (one, window) => ((now += minuteMs), metric(one, window));

    const first = await refit({ ...world, metric: slow }, from, now + 2 * minuteMs);
    expect(first).toMatchObject({ written: 2, left: 2 });
    expect(await learn()).toMatchObject({ written: 2, left: 0 });
  });

  it("goes on when it is killed anywhere: what was written is whole, and the rest comes next time", async () => {
    for (const name of ["a", "b", "c"]) await see(queue(name));
    const { metric } = world;
    let asked = 0;
    const dying: typeof metric = (one, window) =>
      ++asked > 2 ? Promise.reject(new Error("killed")) : metric(one, window);
    await expect(refit({ ...world, metric: dying }, from, Infinity)).rejects.toThrow("2 of 4 series failed");

    for (const { bytes } of bucket.objects.values()) expect(restoreDetector(bytes).isCold).toBe(false);
    expect(await learn()).toMatchObject({ written: 2, failed: 0 });
    expect(bucket.objects.size).toBe(4);
  });

  it("gives up a round in which everything fails, and says why", async () => {
    for (const name of "abcdefghij") await see(queue(name));
    const refused = new BotError("aws_failed", "throttled");
    const failing = { ...world, metric: () => Promise.reject(refused) };

    await expect(refit(failing, from, Infinity)).rejects.toThrow("5 of 5 series failed, first: BotError: throttled");
  });

  it("lets the faster of two rounds stand", async () => {
    const both = await Promise.all([learn(), learn()]);

    expect(both.map(({ written }) => written).toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect(both.map(({ beaten }) => beaten).toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  it("makes no model of a past that is too short, or that ends in trouble, and keeps the one that was", async () => {
    expect(await refit({ ...world, metric: past(() => 700, 239) }, from, Infinity)).toMatchObject({ unfit: 1 });
    await learn();
    const [was] = bucket.objects.values();
    now += dayMs;

    const troubled = { ...world, metric: past((at) => (at > now - 10 * minuteMs ? 7_000 : 700)) };
    expect(await refit(troubled, from, Infinity)).toMatchObject({ unfit: 1, written: 0 });

    expect([...bucket.objects.values()]).toEqual([was]);
  });

  it("does not learn what was going on during an incident of the service", async () => {
    const hour = 60 * minuteMs;
    const slow = (at: number) => (at > now - 2 * hour && at < now - hour ? 7_000 : 700);
    const high = async () => {
      bucket.objects.clear();
      await refit({ ...world, metric: past(slow) }, from, Infinity);
      const detector = restoreDetector([...bucket.objects.values()][0]!.bytes);
      for (let i = 0; i < 20; i++) detector.next(now + i * minuteMs, 700 + (i % 3));
      const verdict = detector.next(now + 20 * minuteMs, 7_000);
      return verdict.kind === "scored" ? verdict.severity : Number.NaN;
    };
    const careless = await high();
    const trouble = { service: "chat", runbook: "degrade", trigger: "latency-high", title: "chat is slow", signal: {} };
    const { incident } = await world.incidents.report({ root: "service/chat", ...trouble, beganAt: now - 2 * hour });
    await world.incidents.update(incident.id, (found) => ({
      ...found,
      phase: { state: "closed", outcome: "healed", why: "it worked", at: now - hour },
    }));

    expect(await high()).toBeGreaterThan(careless);
  });

  it("asks in the steps of the series: for minutes two weeks, for what is finer three hours", async () => {
    await score(usual(5), { stepMs: 10_000 });
    const windows: unknown[] = [];
    const { metric } = world;
    world = { ...world, metric: (one, window) => (windows.push(window), metric(one, window)) };
    await see(queue("a"));

    await learn();

    expect(windows).toEqual([
      { over: { hours: 3 }, every: { seconds: 10 } },
      { over: { days: 14 }, every: { minutes: 1 } },
    ]);
  });

  it("leaves series of other accounts alone", async () => {
    await world.table.create(seenItem({ ...from, account: "999999999999" }, queue("theirs"), now));

    expect(await learn()).toMatchObject({ written: 1, failed: 0 });
  });
});

describe("a series that is cold", () => {
  it("begins with its model: a dozen points instead of sixty, and it is said", async () => {
    await learn();

    const kinds = await score(usual(20));

    expect(kinds.slice(0, 2)).toEqual(["cold", "cold"]);
    expect(kinds.indexOf("scored")).toBeLessThan(16);
    expect(told()).toEqual([{ series: seriesKey(latency) }]);
  });

  it("goes on from the table afterwards, and asks for the model no more", async () => {
    await learn();
    await score(usual(20));
    bucket.isDown = true;
    now += 20 * minuteMs;

    expect(await score(usual(3), { detectors: createDetectors(world.table, world.models) })).toEqual(
      Array.from({ length: 3 }, () => "scored"),
    );
    expect(told()).toHaveLength(1);
  });

  it("is warm for all processes at once, also for one that has it cold in its memory", async () => {
    const other = createDetectors(world.table);
    await score(usual(2), { detectors: other });
    await learn();
    now += 2 * minuteMs;
    await score(usual(1));
    now += minuteMs;

    expect(await score(usual(15), { detectors: other })).toContain("scored");
  });

  it("is warm also when the process dies before it has scored with the model", async () => {
    await score(usual(2), { detectors: createDetectors(world.table) });
    await learn();
    now += 2 * minuteMs;
    const { detectors } = world;
    await expect(score(usual(1), { detectors: { ...detectors, append: never } })).rejects.toThrow("nobody");

    expect(await score(usual(15), { detectors: createDetectors(world.table) })).toContain("scored");
  });

  it("asks again after a while, and finds what has been learnt meanwhile", async () => {
    await score(usual(5));
    await learn();
    now += 5 * minuteMs;

    expect(await score(usual(30))).toContain("scored");
  });

  const refused = async (change: (bytes: Uint8Array) => Uint8Array | undefined, stepMs = minuteMs) => {
    await learn();
    const [key, { bytes }] = [...bucket.objects][0]!;
    const changed = change(bytes);
    if (changed) bucket.put(key, changed);
    expect(await score(usual(20), { stepMs })).not.toContain("scored");
    return told()[0]?.["refused"];
  };

  it("does not score with a damaged model", async () => {
    expect(await refused((bytes) => bytes.with(9_000, (bytes[9_000]! + 1) % 256))).toContain("damaged");
  });

  it("does not score with half a model", async () => {
    expect(await refused((bytes) => bytes.slice(0, bytes.length / 2))).toBeDefined();
  });

  it("does not score with a model of another version", async () => {
    const next = new ByteWriter({ magic: "PIDT", version: detectorVersion + 1, what: "a detector" });
    expect(await refused(() => next.finish())).toContain(`version ${detectorVersion + 1}`);
  });

  it("does not score with the model of another series", async () => {
    await see(queue("a"));
    expect(
      await refused(() => {
        bucket.put(keyOf(latency), bucket.objects.get(keyOf(queue("a")))!.bytes);
        return undefined;
      }),
    ).toBe("it is of another series");
  });

  it("does not score with a model whose points were further apart", async () => {
    expect(await refused(() => undefined, 10_000)).toBe("its points are 60 s apart, those of the series 10 s");
  });

  it("does not score with a model that nobody has renewed for three days", async () => {
    expect(
      await refused(() => {
        now += 4 * dayMs;
        return undefined;
      }),
    ).toBe("it ends more than three days ago");
  });

  it("warms up by itself while the models cannot be reached", async () => {
    bucket.isDown = true;

    const kinds = await score(usual(70));

    expect(kinds.indexOf("scored")).toBe(60);
    expect(String(told()[0]?.["refused"])).toContain("reading model");
  });
});
