import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../../src/detect/random.ts";
import { seriesItem } from "../../src/engine/series-item.ts";
import { take } from "../../src/engine/take.ts";
import { type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
beforeEach(() => {
  s = stack();
});
afterEach(() => s.close());

type Frame = Readonly<Record<string, number>>;

/** Signals of the chat service, a frame a minute, as a workload sends them. */
const samples = (frames: readonly Frame[], fromMs: number, id: string) => ({
  version: "0",
  id,
  "detail-type": "Paramedic Metric Sample",
  source: "paramedic.client",
  account: "123456789012",
  time: new Date(fromMs).toISOString(),
  region: "us-east-2",
  resources: [],
  detail: {
    points: frames.flatMap((frame, i) =>
      Object.entries(frame).map(([name, value]) => ({
        name,
        value,
        dimensions: { Service: "chat" },
        timestamp: fromMs + i * 60_000,
      })),
    ),
  },
});

/** `count` ordinary minutes. Seed 7. */
function normal(count: number): Frame[] {
  const random = Random.fromSeed(7);
  return Array.from({ length: count }, () => ({
    LatencyMs: 600 + 200 * random.next(),
    Errors: random.next(),
    Tokens: 5_000 + 1_000 * random.next(),
  }));
}

const slow: Frame = { LatencyMs: 2_400, Errors: 9, Tokens: 5_500 };

describe("the signals of a service", () => {
  it("say together, in the incident, which of them are away from what is usual", async () => {
    await take(s.world, samples(normal(180), startMs - 180 * 60_000, "h"));

    for (let n = 0; n < 4; n++) await take(s.world, samples([slow], startMs + n * 60_000, `slow-${n}`));

    const [incident] = await s.world.incidents.recent(10);
    expect(incident?.root).toBe("service/chat");
    expect(JSON.stringify(incident)).toMatch(
      /of all its signals Errors 9 \(usually [\d.]+ to [\d.]+\) carried \d+ %, LatencyMs 2400 \(usually \d+\S* to \d+\S*\) \d+ %/,
    );
  });

  it("are not kept where only the latency is sent", async () => {
    const only = normal(5).map(({ LatencyMs }) => ({ LatencyMs: LatencyMs! }));
    const { scored } = await take(s.world, samples(only, startMs, "h"));

    expect(scored).toHaveLength(5);
    const from = { account: "123456789012", region: "us-east-2" };
    expect(await s.world.table.get({ ...seriesItem(from, "service chat"), sk: "together" })).toBeUndefined();
  });
});
