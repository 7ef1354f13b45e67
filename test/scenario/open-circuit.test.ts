import { afterEach, describe, expect, it } from "vitest";
import { createDynamo, reading } from "../../src/aws/clients.ts";
import { dynamoTable, type Table } from "../../src/aws/table.ts";
import { type Client, createClient } from "../../src/client/client.ts";
import type { ClientEvent } from "../../src/client/event.ts";
import { forceCircuit, lookAtCircuit } from "../../src/client/circuit/stored.ts";
import { take } from "../../src/engine/take.ts";
import { type Duration, toMs } from "../../src/clock.ts";
import { chatLatency, settingsOf, type Stack, stack, startMs } from "../support/stack.ts";

const name = "bedrock/claude";
const errors = { metric: { namespace: "Models", name: "Errors" }, high: 20 };
const settings = settingsOf({
  autonomy: { "open-circuit": "auto" },
  services: [
    {
      name: "chat",
      latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" } },
      latencyMs: { normal: 750, high: 1_500 },
      dependencies: [{ circuit: name, errors, alarms: ["claude-errors"], openMinutes: 5 }],
    },
  ],
});

let s: Stack;
let table: Table;
/** What workloads have asked the table and not been told yet. */
const asking = new Set<Promise<unknown>>();
afterEach(() => s.close());

/** A model that answers or does not, and processes that ask it once in a while each and fall back when they must. */
function chat({ processes = 10, everyMs = 1_000 } = {}) {
  const model = { isWell: false, calls: 0, fallbacks: 0 };
  const events: ClientEvent[] = [];
  const { clock } = s;
  const failing = Object.assign(new Error("503"), { name: "ServiceUnavailableException" });
  const timer = (ms: number, fn: () => void) => clock.at(clock.now() + ms, fn);
  const ask = (client: Client): void => {
    const answer = () => {
      model.calls += 1;
      return model.isWell ? Promise.resolve("an answer") : Promise.reject(failing);
    };
    const fallback = () => {
      model.fallbacks += 1;
      return "from the cache";
    };
    void client.circuit(name).call(answer, { fallback });
    timer(everyMs, () => ask(client));
  };
  return {
    model,
    events,
    /** From now on they ask. Slow to judge, so that the bot is the one who opens. */
    begin: (patience: { failuresInARow: number; minimumCalls: number }) => {
      for (let i = 0; i < processes; i++) {
        const parts = {
          table,
          readLevel: () => Promise.resolve(undefined),
          readMemory: () => Promise.resolve(undefined),
          facts: { tell: () => Promise.resolve() },
          bus: { send: () => Promise.resolve([]) },
          instanceId: () => Promise.resolve(undefined),
        };
        const onEvent = (event: ClientEvent) => void events.push(event);
        let chance = i / processes;
        const client = createClient(parts, {
          clock,
          timer,
          onEvent,
          circuits: { [name]: patience },
          chance: () => (chance = (chance + 0.37) % 1),
        });
        timer(i * 100, () => ask(client));
      }
    },
  };
}

function given(options: Partial<Parameters<typeof stack>[0]> = {}) {
  s = stack({ settings, ...options });
  s.sim.seed.table({ name: "paramedic-test" });
  const kept = dynamoTable(s.sim.attach(createDynamo({ ...reading, region: "us-east-2" })), "paramedic-test");
  const told = <T>(answer: Promise<T>): Promise<T> => {
    asking.add(answer);
    return answer.finally(() => asking.delete(answer));
  };
  table = {
    ...kept,
    get: (key) => told(kept.get(key)),
    create: (item) => told(kept.create(item)),
    replace: (item) => told(kept.replace(item)),
  };
}

/** Lets everything happen until then; time stands still while a workload waits for the table. */
async function runTo(length: Duration): Promise<void> {
  const until = startMs + toMs(length);
  for (let next = s.clock.next(); next !== undefined && next <= until; next = s.clock.next()) {
    await s.runTo({ seconds: (next - startMs) / 1_000 });
    while (asking.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await s.runTo(length);
}

/** The alarm on the model's errors goes off. */
const alarm = (at = startMs) => ({
  version: "0",
  id: "a-1",
  "detail-type": "CloudWatch Alarm State Change",
  source: "aws.cloudwatch",
  account: "123456789012",
  time: new Date(at).toISOString(),
  region: "us-east-2",
  resources: ["arn:aws:cloudwatch:us-east-2:123456789012:alarm:claude-errors"],
  detail: {
    alarmName: "claude-errors",
    configuration: { metrics: [] },
    previousState: { value: "OK", reason: "fine", timestamp: new Date(at - 60_000).toISOString() },
    state: { value: "ALARM", reason: "40 % of calls failed", timestamp: new Date(at).toISOString() },
  },
});

async function end(after: Duration = { hours: 2 }) {
  await runTo(after);
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return { ...incident, story: (await s.world.stories.read(incident.id)).map(({ text }) => text) };
}
const state = async () => (await lookAtCircuit(table, name, s.clock)).state;
const never = { failuresInARow: 1e9, minimumCalls: 1e9 };

describe("a dependency that fails", () => {
  it("is not called for five minutes, then probed once, and called by everybody again when it is well", async () => {
    given();
    chatLatency(s, [{ minutes: -5 }, 2_400], [{ minutes: 1 }, 800]);
    const { model, begin, events } = chat();
    begin(never);
    await take(s.world, alarm());
    await runTo({ minutes: 1 });
    expect(await state()).toMatchObject({ kind: "forced-open", by: "paramedic", until: startMs + 5 * 60_000 });
    model.isWell = true;
    const { calls } = model;
    await runTo({ minutes: 4, seconds: 59 });
    expect(model.calls).toBe(calls);

    const { phase, story } = await end({ minutes: 10 });
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(await state()).toMatchObject({ kind: "closed" });
    const ways = events.flatMap((event) => (event.kind === "circuit-changed" ? [`${event.to} ${event.share}`] : []));
    expect(ways).toEqual(["half-open 0", "ramping 0.01", "ramping 0.1", "ramping 0.5", "ramping 1", "closed 1"]);
    expect(story).toEqual([
      "Plan: open the circuit bedrock/claude.",
      "Done: open the circuit bedrock/claude.",
      "chat does without bedrock/claude: chat answers in 800 ms.",
      "the callers of bedrock/claude close it: bedrock/claude is closed.",
      "It helped. What was changed is given back by itself when its time is over.",
      "Undone: open the circuit bedrock/claude.",
      "Healed: every step was done.",
    ]);
    expect(s.pages).toEqual([]);
  });

  it("is called again at once when the service is no better without it, and people are paged", async () => {
    given();
    chatLatency(s, [{ minutes: -5 }, 2_400]);
    await take(s.world, alarm());
    const { phase } = await end();
    expect(phase).toMatchObject({
      outcome: "undone",
      why: expect.stringContaining("chat does without bedrock/claude"),
    });
    expect(await state()).toMatchObject({ kind: "open" });
    expect(s.pages).toHaveLength(1);
  });

  it("that does not come back is a matter for people after half an hour; its callers go on probing", async () => {
    given();
    chatLatency(s, [{ minutes: -5 }, 2_400], [{ minutes: 1 }, 800]);
    chat({ processes: 3, everyMs: 15_000 }).begin(never);
    await take(s.world, alarm());
    const { phase } = await end({ minutes: 33 });
    expect(phase).toMatchObject({ outcome: "undone", why: expect.stringContaining("close it: not within 30 min") });
    expect(s.pages).toHaveLength(1);
    expect((await state()).kind).toMatch(/^(open|half-open)$/);
  });
});

describe("a circuit is left alone", () => {
  it("that its callers have opened themselves", async () => {
    given();
    const { begin, model } = chat();
    begin({ failuresInARow: 3, minimumCalls: 10 });
    await runTo({ seconds: 10 });
    expect(model.calls).toBeGreaterThan(0);
    await take(s.world, alarm(startMs + 10_000));
    await runTo({ seconds: 12 });
    const [incident] = await s.world.incidents.recent(1);
    expect(incident?.phase).toMatchObject({
      outcome: "skipped",
      why: "the callers of bedrock/claude have opened it themselves (3 calls in a row failed) and probe it",
    });
  });

  it.each(["forced-open", "forced-closed", "metrics-only"] as const)("that a person holds %s", async (to) => {
    given();
    await forceCircuit(table, name, { to, lease: { hours: 3 }, by: "Alex", why: "I know better" }, s.clock);
    await take(s.world, alarm());
    const { phase } = await end();
    expect(phase).toMatchObject({ outcome: "skipped", why: `Alex holds bedrock/claude ${to} (I know better)` });
    expect(await state()).toMatchObject({ kind: to, by: "Alex" });
  });

  it("that a person has forced closed meanwhile", async () => {
    given();
    chatLatency(s, [{ minutes: -5 }, 2_400], [{ minutes: 1 }, 800]);
    await take(s.world, alarm());
    await runTo({ minutes: 2 });
    const will = { to: "forced-closed", lease: { hours: 3 }, by: "Alex", why: "I know better" } as const;
    await forceCircuit(table, name, will, s.clock);
    expect((await end({ minutes: 6 })).phase).toMatchObject({ outcome: "healed" });
    expect(await state()).toMatchObject({ kind: "forced-closed", by: "Alex" });
  });

  it("whose dependency is well by its own metrics, whatever the alarm says", async () => {
    given();
    s.sim.seed.metric({ ...errors.metric, samples: [[startMs - 60_000, 3]] });
    await take(s.world, alarm());
    const { phase } = await end();
    expect(phase).toMatchObject({ outcome: "skipped", why: "bedrock/claude is well by its own metrics" });
  });

  it("and told of no more, once nobody calls", async () => {
    given();
    chatLatency(s, [{ minutes: -5 }, 2_400], [{ minutes: 1 }, 800]);
    s.sim.seed.metric({ ...errors.metric, samples: [[startMs - 60_000, 30]] });
    await take(s.world, alarm());
    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(story.join("\n")).toContain("nobody calls bedrock/claude; the next call probes it");
    expect(s.pages).toEqual([]);
  });

  it("in observe mode", async () => {
    given({ settings: { ...settings, autonomy: {} } });
    chatLatency(s, [{ minutes: -5 }, 2_400]);
    await take(s.world, alarm());
    const { phase } = await end();
    expect(phase).toMatchObject({
      outcome: "skipped",
      why: expect.stringContaining("open the circuit bedrock/claude"),
    });
    expect(await state()).toMatchObject({ kind: "closed" });
  });
});
