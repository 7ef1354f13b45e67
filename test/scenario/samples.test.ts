import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../../src/detect/random.ts";
import { createDetectors } from "../../src/engine/detectors.ts";
import { detectorKey, recentPoints } from "../../src/engine/score.ts";
import { seriesKey } from "../../src/signals/signal.ts";
import { take } from "../../src/engine/take.ts";
import { unread } from "../../src/engine/unread.ts";
import { alarm, type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
beforeEach(() => {
  s = stack();
});
afterEach(() => s.close());

interface Point {
  readonly at: number;
  readonly ms: number;
}

/** Points of the chat service's latency, as a workload sends them. */
const samples = (points: readonly Point[], id: string) => ({
  version: "0",
  id,
  "detail-type": "Paramedic Metric Sample",
  source: "paramedic.client",
  account: "123456789012",
  time: new Date(points.at(-1)?.at ?? startMs).toISOString(),
  region: "us-east-2",
  resources: [],
  detail: {
    points: points.map(({ at, ms }) => ({
      name: "LatencyMs",
      value: ms,
      dimensions: { Service: "chat" },
      timestamp: at,
    })),
  },
});

/** `count` minutes up to `endMs`, around 700 ms. Seed 7. */
function normal(count: number, endMs: number): Point[] {
  const random = Random.fromSeed(7);
  return Array.from({ length: count }, (_, i) => ({ at: endMs - (count - i) * 60_000, ms: 600 + 200 * random.next() }));
}

const minute = (n: number, ms: number): Point => ({ at: startMs + n * 60_000, ms });

describe("metric samples", () => {
  it("that stay elsewhere for three hours become normal, and the log says so once", async () => {
    const logged: string[] = [];
    const world = { ...s.world, log: (_: string, message: string) => void logged.push(message) };
    await take(world, samples(normal(180, startMs), "h"));
    const fast = Array.from({ length: 240 }, (_, n) => minute(n, 60 + (n % 5)));

    await take(world, samples(fast, "f"));

    expect(logged).toEqual(["a lasting change is taken as normal from now on"]);
  });

  it("teach nothing while an incident of their service is open, whichever of its signals they are", async () => {
    const errors = {
      ...samples([minute(0, 9)], "e"),
      detail: { points: [{ name: "Errors", value: 9, dimensions: { Service: "chat" }, timestamp: startMs }] },
    };
    const series = { namespace: "Paramedic", name: "Errors", dimensions: { Service: "chat" } };
    await take(s.world, alarm(startMs));
    await take(s.world, errors);

    const from = { account: "123456789012", region: "us-east-2" };
    expect(await recentPoints(s.world.detectors, from, series)).toMatchObject([{ value: 9, held: true }]);
  });

  it("open one incident of the service when its latency leaves what is expected and is high", async () => {
    await take(s.world, samples(normal(180, startMs), "h"));

    const slow = [0, 1, 2, 3].map((n) => samples([minute(n, 2_400)], `slow-${n}`));
    for (const event of slow) await take(s.world, event);

    const incidents = await s.world.incidents.recent(10);
    expect(incidents.map(({ root, runbook, title }) => [root, runbook, title])).toEqual([
      ["service/chat", "degrade", "chat answers in 2400 ms (normal: 750 ms)"],
    ]);
  });

  it("open nothing while the detector has seen too little", async () => {
    const { scored } = await take(s.world, samples(normal(20, startMs), "h"));

    expect(scored.map(({ verdict }) => verdict.kind === "abstained" && verdict.why)).toEqual(Array(20).fill("cold"));
    expect(await s.world.incidents.recent(10)).toEqual([]);
  });

  it("open nothing for an anomaly that is not high by the service's own settings", async () => {
    await take(s.world, samples(normal(180, startMs), "h"));

    const taken = await take(
      s.world,
      samples(
        [0, 1, 2, 3].map((n) => minute(n, 1_300)),
        "odd",
      ),
    );

    expect(taken.received.map(({ kind }) => kind)).toEqual(["not-ours"]);
    expect(await s.world.incidents.recent(10)).toEqual([]);
  });

  it("are scored the same however they are batched, delivered twice or out of order", async () => {
    await take(s.world, samples(normal(180, startMs), "h"));
    const batch = samples(
      [3, 1, 0, 2].map((n) => minute(n, 2_400)),
      "slow",
    );

    for (let i = 0; i < 3; i++) await take(s.world, batch);

    const [incident, ...others] = await s.world.incidents.recent(10);
    expect(others).toEqual([]);
    expect(incident?.seen).toBe(1);
  });

  it("of a series whose stored detector is damaged are learnt anew, and nothing is lost", async () => {
    await take(s.world, samples(normal(180, startMs - 60_000), "h"));
    // Another point, so that the model of all the others is written.
    await take(s.world, samples([minute(-1, 700)], "one more"));
    const series = { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" } };
    const from = { account: "123456789012", region: "us-east-2" };
    const item = await s.world.table.get(detectorKey(from, seriesKey(series)));
    if (!item?.bytes) throw new Error("the detector was not stored");
    await s.world.table.replace({ ...item, bytes: item.bytes.slice(0, 100) });

    // Another process: this one still has it in memory.
    const elsewhere = { ...s.world, detectors: createDetectors(s.world.table) };
    const { scored } = await take(elsewhere, samples([minute(0, 700)], "next"));

    expect(scored.map(({ verdict }) => verdict)).toMatchObject([{ kind: "abstained", why: "cold" }]);
  });

  it("of a series whose stored points cannot be read are learnt anew, too", async () => {
    await take(s.world, samples(normal(180, startMs - 60_000), "h"));
    await take(s.world, samples([minute(-1, 700)], "one more"));
    const series = { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" } };
    const from = { account: "123456789012", region: "us-east-2" };
    const item = await s.world.table.get(detectorKey(from, seriesKey(series)));
    if (!item) throw new Error("the detector was not stored");
    await s.world.table.replace({ ...item, body: { seen: 180, body: [{ at: "noon" }] } });

    const elsewhere = { ...s.world, detectors: createDetectors(s.world.table) };
    const { scored } = await take(elsewhere, samples([minute(0, 700)], "next"));

    expect(scored.map(({ verdict }) => verdict)).toMatchObject([{ kind: "abstained", why: "cold" }]);
  });

  it("that cannot be read are kept and counted, and their neighbours are scored", async () => {
    const event = samples([minute(0, 700)], "mixed");
    const points = [...event.detail.points, { name: "LatencyMs", value: "fast" }, { value: 3 }];

    const { scored } = await take(s.world, { ...event, detail: { points } });

    expect(scored).toHaveLength(1);
    expect((await unread(s.world.table, 10)).reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });
});

describe("what cannot be used", () => {
  it("is kept once and counted, whatever it is", async () => {
    const rubbish = [{ hello: "world" }, "{ not json", null, 42, { ...alarm(startMs), "detail-type": "Something New" }];
    for (const event of [...rubbish, ...rubbish]) await take(s.world, event);

    const kept = await unread(s.world.table, 20);

    expect(kept.reduce((sum, { count }) => sum + count, 0)).toBe(10);
    expect(kept.map(({ why }) => why)).toContainEqual("no reader for Something New from aws.cloudwatch");
  });

  it("includes an alarm that is muted or suppressed: it is told, and nothing is done", async () => {
    const event = alarm(startMs);
    const muted = {
      ...event,
      detail: {
        ...event.detail,
        muteDetail: {
          mutedByArn: "arn:rule",
          muteWindowStart: "2026-11-22T00:00:00.000+0000",
          muteWindowEnd: "2026-11-23T00:00:00.000+0000",
        },
      },
    };

    const { received } = await take(s.world, muted);

    expect(received).toEqual([{ kind: "muted", why: "muted by arn:rule" }]);
    expect(await s.world.incidents.recent(10)).toEqual([]);
  });
});
