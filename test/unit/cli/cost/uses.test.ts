import { expect, it } from "vitest";
import { detectorKb, uses } from "../../../../cli/cost/uses.ts";
import { memoryTable } from "../../../../sim/memory-table.ts";
import type { Item, Table } from "../../../../src/aws/table.ts";
import { seriesItem } from "../../../../src/engine/series-item.ts";
import { take } from "../../../../src/engine/take.ts";
import { sweep } from "../../../../src/engine/watch.ts";
import { seriesKey } from "../../../../src/signals/signal.ts";
import { alarm, interruption, type Stack, stack } from "../../../support/stack.ts";

const sizeOf = (given: unknown): number =>
  JSON.stringify(given ?? "", (_, value: unknown) => (value instanceof Uint8Array ? "x".repeat(value.length) : value))
    .length;

/** A table that counts what DynamoDB would charge: a read for every 4 kB, a write for every 1 kB, twice where it is listed. */
function charging() {
  const table = memoryTable();
  const units = { reads: 0, writes: 0 };
  const read = async <T>(asked: Promise<T>): Promise<T> => {
    const found = await asked;
    units.reads += Math.max(1, Math.ceil(sizeOf(found) / 4_096));
    return found;
  };
  const write = (item: Omit<Item, "version">) =>
    void (units.writes += Math.ceil(sizeOf(item) / 1_024) * (item.list === undefined ? 1 : 2));
  const counting: Table = {
    ...table,
    get: (key) => read(table.get(key)),
    query: (pk, options) => read(table.query(pk, options)),
    recent: (list, options) => read(table.recent(list, options)),
    create: (item) => (write(item), table.create(item)),
    replace: (item) => (write(item), table.replace(item)),
    increment: async (key, field) => {
      write((await table.get(key)) ?? { ...key, body: null });
      return await table.increment(key, field);
    },
  };
  return { table: counting, units };
}

/** What a stretch of a story uses. */
async function used(units: { reads: number; writes: number }, story: () => Promise<void>) {
  const { reads, writes } = units;
  await story();
  return { reads: units.reads - reads, writes: units.writes - writes };
}

/** As much as is stated, and more than a quarter of it: else the statement is wrong one way or the other. */
function expectAbout(found: Readonly<Record<string, number>>, stated: Readonly<Record<string, number>>) {
  for (const [name, amount] of Object.entries(found)) {
    const most = stated[name] ?? 0;
    expect(amount, name).toBeLessThanOrEqual(most);
    expect(amount, name).toBeGreaterThan(most / 4);
  }
}

/** What the last execution of a story has used of the durable service. */
function durable(of: Stack) {
  const execution = of.service.describe(of.service.list().at(-1)?.arn ?? "");
  return { operations: execution.operations.length, writtenKb: sizeOf(execution) / 1_000 };
}

it("an interruption uses what the bill says", async () => {
  const { table, units } = charging();
  const story = stack({ table });
  const { instances } = story.sim.seed.group({
    name: "gpu",
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size: 4,
    max: 8,
    spot: true,
    cluster: "gpu",
    targetGroups: ["chat"],
  });

  const found = await used(units, async () => {
    await take(story.world, interruption(instances[0] ?? "", story.clock.now()));
    await story.runTo({ minutes: 30 });
  });

  expectAbout({ ...found, ...durable(story) }, uses.interruption);
  const { reads } = await used(units, async () => void (await sweep(story.world)));
  expectAbout({ reads }, uses.round);
  story.close();
});

it("an incident that people are asked about, and an alarm that joins it, use what the bill says", async () => {
  const { table, units } = charging();
  const story = stack({ table, people: () => ({ verdict: "approved", after: { minutes: 2 } }) });
  story.sim.seed.metric({
    namespace: "Paramedic",
    name: "LatencyMs",
    dimensions: { Service: "chat" },
    samples: [
      [story.clock.now() - 30_000, 2_400],
      [story.clock.now() + 240_000, 700],
    ],
  });

  const opened = await used(units, async () => void (await take(story.world, alarm(story.clock.now()))));
  const joined = await used(units, async () => void (await take(story.world, alarm(story.clock.now(), "a-2"))));
  const run = await used(units, () => story.runTo({ hours: 1 }));

  expectAbout(joined, uses.event);
  expectAbout(
    { reads: opened.reads + run.reads, writes: opened.writes + run.writes, ...durable(story) },
    uses.incident,
  );
  story.close();
});

it("a canary uses what the bill says", async () => {
  const story = stack();
  await story.world.executions.start("canary", { kind: "canary", sentAt: story.clock.now() });
  await story.runTo({ minutes: 1 });

  expectAbout({ operations: durable(story).operations }, uses.canary);
  story.close();
});

it("a sample of a series uses what the bill says, and a series is as large", async () => {
  const { table, units } = charging();
  const story = stack({ table });
  const latency = { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" } };
  const from = { account: "123456789012", region: "us-east-2" };
  const sample = (i: number) => ({
    "detail-type": "Paramedic Metric Sample",
    source: "test",
    id: `s-${i}`,
    ...from,
    time: new Date(story.clock.now()).toISOString(),
    detail: {
      points: [
        {
          ...latency,
          value: 100 + 20 * Math.sin(i / 200) + ((i * 7_919) % 13),
          timestamp: story.clock.now() + i * 60_000,
        },
      ],
    },
  });
  const days = 720;
  for (let i = 0; i < days; i++) await take(story.world, sample(i));

  // As many as it takes for the detector to be written four times.
  const more = 96;
  const found = await used(units, async () => {
    for (let i = 0; i < more; i++) await take(story.world, sample(days + i));
  });

  expectAbout({ reads: found.reads / more, writes: found.writes / more }, uses.sample);
  const stored = await table.query(seriesItem(from, seriesKey(latency)).pk);
  expectAbout({ kB: stored.reduce((sum, item) => sum + sizeOf(item) / 1_000, 0) }, { kB: detectorKb });
  story.close();
});
