import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import { createSim } from "../../../sim/sim.ts";
import type { EventBridgeEvent } from "../../../sim/ground.ts";
import { eventBridgeSamples, type Point } from "../../../src/aws/sample-bus.ts";
import { readSignal } from "../../../src/signals/read-signal.ts";
import { givenWorkload, startMs } from "./given.ts";

const model = "anthropic.claude-sonnet-5";

describe("tokens that an agent uses", () => {
  it("are summed up and reported every ten seconds under OpenTelemetry's names", async () => {
    const { process, sent, advance } = givenWorkload();
    const { tokens } = process().meter("researcher");

    tokens({ model, input: 1_000, output: 200 });
    tokens({ model, input: 500 });
    tokens({ model, provider: "openai", operation: "embeddings", input: 7 });
    await advance(9_999);
    expect(sent).toEqual([]);
    await advance(1);

    const point = (value: number, type: string, provider = "aws.bedrock", operation = "chat") => ({
      name: "gen_ai.client.token.usage",
      unit: "{token}",
      value,
      timestamp: startMs + 10_000,
      dimensions: {
        "gen_ai.agent.name": "researcher",
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.token.type": type,
      },
    });
    expect(sent).toEqual([[point(1_500, "input"), point(200, "output"), point(7, "input", "openai", "embeddings")]]);
    await advance(60_000);
    expect(sent).toHaveLength(1);
  });

  it("are sent at once when the workload says so", async () => {
    const { process, sent } = givenWorkload();
    const { meter, flush } = process();

    meter("researcher").tokens({ model, input: 1 });
    await flush();

    expect(sent).toMatchObject([[{ value: 1 }]]);
  });

  it("are in the next report when the bus has certainly not taken them", async () => {
    const { process, sent, busAnswers, advance } = givenWorkload();
    const { tokens } = process().meter("researcher");
    tokens({ model, input: 100 });
    await advance(10_000);
    const back = sent[0] ?? [];
    busAnswers.push([{ kind: "kept", why: "ThrottlingException", points: back }]);

    tokens({ model, input: 5 });
    await advance(10_000);
    await advance(10_000);

    // 5 were sent in vain; the bus hands back what it says it has not taken, here the first 100.
    expect(sent.map(([first]) => first?.value)).toEqual([100, 5, 100]);
  });

  it("are given up, and told, when nobody knows whether they arrived, and no call ever throws or waits", async () => {
    const { process, sent, busAnswers, advance, ofKind } = givenWorkload();
    const { tokens } = process().meter("researcher");
    busAnswers.push("hanging");

    tokens({ model, input: 100 });
    await advance(14_999);
    tokens({ model, input: 1 });
    await advance(20_000);

    expect(ofKind("points-lost")).toMatchObject([{ points: 1, value: 100 }]);
    expect(sent.map(([first]) => first?.value)).toEqual([100, 1]);
  });

  it("are bounded in memory: beyond 256 series they are lost and told", async () => {
    const { process, sent, advance, ofKind } = givenWorkload();
    const { meter } = process();

    for (let i = 0; i < 300; i++) meter(`agent-${i}`).tokens({ model, input: 1 });
    await advance(10_000);

    expect(sent[0]).toHaveLength(256);
    expect(ofKind("points-lost")).toHaveLength(44);
  });

  it.each([NaN, -1, Infinity])("of %d are no tokens", async (input) => {
    const { process, sent, advance, ofKind } = givenWorkload();

    process().meter("researcher").tokens({ model, input });
    await advance(10_000);

    expect({ sent, lost: ofKind("points-lost").length }).toEqual({ sent: [], lost: 1 });
  });
});

describe("points on their way to the bus", () => {
  function given() {
    const { clock } = givenWorkload();
    const events: EventBridgeEvent[] = [];
    const sim = createSim({ clock, seed: 1, emit: (event) => events.push(event) });
    const client = sim.attach(new EventBridgeClient({ region: "us-east-2", maxAttempts: 1 }));
    return { sim, events, bus: eventBridgeSamples(client, "paramedic") };
  }
  const points = (count: number, length = 10): Point[] =>
    Array.from({ length: count }, (_, i) => ({
      name: "gen_ai.client.token.usage",
      unit: "{token}",
      value: i,
      timestamp: startMs,
      dimensions: { "gen_ai.agent.name": "é".repeat(length) },
    }));

  it("are read by the bot without a rejection, in events below 256 kB and requests of ten at most", async () => {
    const { bus, events } = given();

    expect(await bus.send(points(3_000, 200))).toEqual([]);

    const read = events.map((event) => readSignal(event));
    expect(
      read.flatMap((signal) => (signal.kind === "samples" ? signal.points : [])).map(({ value }) => value),
    ).toEqual(points(3_000).map(({ value }) => value));
    expect(read.filter((signal) => signal.kind !== "samples" || signal.rejected.length > 0)).toEqual([]);
    expect(Math.max(...events.map((event) => Buffer.byteLength(JSON.stringify(event))))).toBeLessThan(25_600);
  });

  it.each([
    ["throttle", "kept"],
    ["denied", "lost"],
    ["server-error", "lost"],
    ["lost-response", "lost"],
  ] as const)("are, after %s, %s", async (fault, kind) => {
    const { bus, sim, events } = given();
    sim.faults.add({ service: "events", operation: "PutEvents", kind: fault });

    expect(await bus.send(points(2))).toMatchObject([{ kind, points: points(2) }]);
    expect(events.length).toBe(fault === "lost-response" ? 1 : 0);
  });
});
