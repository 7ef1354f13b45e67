import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryTable } from "../../../sim/memory-table.ts";
import type { Table } from "../../../src/aws/table.ts";
import { BotError } from "../../../src/bot-error.ts";
import { createModels, type Learning } from "../../../src/engine/models.ts";

/** A model that remembers all it was shown, in order: what it knows is what it was shown. */
const memory: Learning<{ seen: number[] }, number, null> = {
  entry: z.number(),
  body: z.null(),
  show: ({ seen }, entry) => void seen.push(entry),
  save: ({ seen }) => ({ body: null, bytes: Uint8Array.from(seen) }),
  restore({ bytes }) {
    if (bytes.includes(255)) throw new BotError("bad_input", "reading a model: it is damaged");
    return { seen: [...bytes] };
  },
};
const key = { pk: "series#1", sk: "detector" };
const none = () => ({ seen: [] });
const process = (table: Table) => createModels(table, memory, 4);

/** Shows a model some more until that is kept, as whoever scores does. */
async function learn(models: ReturnType<typeof process>, entries: readonly number[]): Promise<number[]> {
  for (;;) {
    const opened = await models.open(key, none);
    for (const entry of entries) memory.show(opened.model, entry);
    if (await models.append(opened, entries)) return opened.model.seen;
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** A table of which the nth call fails, before or after it was done. */
function dying(table: Table, at: number, when: "before" | "after"): Table {
  let calls = 0;
  const call = async <T>(does: () => Promise<T>): Promise<T> => {
    calls++;
    if (calls === at && when === "before") throw new Error("died");
    const answer = await does();
    if (calls === at && when === "after") throw new Error("died");
    return answer;
  };
  return {
    ...table,
    get: (k) => call(() => table.get(k)),
    create: (item) => call(() => table.create(item)),
    replace: (item) => call(() => table.replace(item)),
  };
}

describe("a model in the table", () => {
  let table = memoryTable();
  afterEach(() => {
    table = memoryTable();
  });

  it("has seen all that was ever appended, whoever appended it, and in one order for all", async () => {
    const [a, b] = [process(table), process(table)];
    for (const n of upTo(100)) await learn(n % 3 === 0 ? a : b, [n]);

    expect((await process(table).open(key, none)).model.seen).toEqual(upTo(100));
    expect((await a.open(key, none)).model.seen).toEqual(upTo(100));
    expect((await b.open(key, none)).model.seen).toEqual(upTo(100));
  });

  it("is written whole once in 24 entries, and otherwise a tail of at most as many and what comes", async () => {
    const models = process(table);
    const whole: unknown[] = [];
    const counting = process({
      ...table,
      replace: (item) => (item.bytes && whole.push(item), table.replace(item)),
      create: (item) => (item.bytes && whole.push(item), table.create(item)),
    });
    for (const n of upTo(240)) await learn(counting, [n]);

    expect(whole).toHaveLength(9);
    expect((await models.look(key))?.entries.length).toBeLessThanOrEqual(24);
  });

  it("takes one of two batches that are scored at once, and the other is scored again on top", async () => {
    const [a, b] = [process(table), process(table)];
    const [first, second] = [await a.open(key, none), await b.open(key, none)];
    memory.show(first.model, 1);
    memory.show(second.model, 2);

    expect([await a.append(first, [1]), await b.append(second, [2])]).toEqual([true, false]);
    expect(await learn(b, [2])).toEqual([1, 2]);
  });

  it("that is damaged begins anew and says so, and what came since is not lost", async () => {
    for (const n of upTo(30)) await learn(process(table), [n]);
    const item = await table.get(key);
    await table.replace({ ...item!, bytes: Uint8Array.of(255) });

    const opened = await process(table).open(key, none);

    expect(opened.lost).toBe("reading a model: it is damaged");
    expect(opened.model.seen).toEqual([25, 26, 27, 28, 29, 30]);
  });

  it("that has lost its tail goes on from its snapshot", async () => {
    for (const n of upTo(30)) await learn(process(table), [n]);
    const only = memoryTable();
    const item = await table.get(key);
    await only.create(item!);

    expect(await learn(process(only), [31])).toEqual([...upTo(24), 31]);
    expect(await learn(process(only), [32])).toEqual([...upTo(24), 31, 32]);
  });

  it("is what was appended however processes share it, in whatever batches, and wherever they die (seed 5)", async () => {
    const step = fc.record({
      by: fc.integer({ min: 0, max: 2 }),
      size: fc.integer({ min: 0, max: 30 }),
      death: fc.option(
        fc.record({
          at: fc.integer({ min: 1, max: 6 }),
          when: fc.constantFrom("before" as const, "after" as const),
        }),
        { nil: undefined },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const shared = memoryTable();
        const processes = [process(shared), process(shared), process(shared)];
        let next = 1;
        for (const { by, size, death } of steps) {
          const batch = upTo(size).map((n) => (next + n) % 200);
          next += size;
          const before = (await process(shared).open(key, none)).model.seen;
          if (death) {
            const dies = createModels(dying(shared, death.at, death.when), memory, 4);
            await learn(dies, batch).catch((error: unknown) => expect(String(error)).toContain("died"));
            const after = (await process(shared).open(key, none)).model.seen;
            // All of the batch, or nothing of it.
            expect([before, [...before, ...batch]]).toContainEqual(after);
          } else expect(await learn(processes[by]!, batch)).toEqual([...before, ...batch]);
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });
});
