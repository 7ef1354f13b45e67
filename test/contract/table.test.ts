import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createInFlight } from "../../src/aws/in-flight.ts";
import { change, type Table } from "../../src/aws/table.ts";
import { BotError } from "../../src/bot-error.ts";
import { createApprovals } from "../../src/engine/approvals.ts";
import { createJournal } from "../../src/engine/journal.ts";
import { createLedger } from "../../src/engine/ledger.ts";
import { createIncidents } from "../../src/incidents/incidents.ts";
import { brokenLine, createStories } from "../../src/incidents/story.ts";
import type { Json } from "../../src/json.ts";
import { settingsOf, startMs } from "../support/stack.ts";
import { givenDynamo, givenMemory, type GivenTable } from "../support/tables.ts";

const clock = { now: () => startMs };
const counter = z.object({ count: z.number() });
/** What TypeScript takes for nothing, because a field may be absent, and JavaScript for something. */
const undefinedToo: { none?: string } = { none: undefined };
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe.each([
  ["in memory", givenMemory],
  ["in DynamoDB", givenDynamo],
])("the table %s", (_, open) => {
  let given: GivenTable;
  let table: Table;
  let keys = 0;
  const key = () => ({ pk: `test#${(keys += 1)}`, sk: "item" });
  beforeAll(async () => {
    given = await open();
    ({ table } = given);
  });
  afterAll(() => given.close());

  describe("an item", () => {
    it("is not there until it is created, and then at version 1", async () => {
      const at = key();
      expect(await table.get(at)).toBeUndefined();
      expect(await table.create({ ...at, body: { a: 1 } })).toBe(true);
      expect(await table.get(at)).toStrictEqual({ ...at, version: 1, body: { a: 1 } });
    });

    it("is created once", async () => {
      const at = key();
      const created = await Promise.all(times(8, (i) => table.create({ ...at, body: i })));
      expect(created.filter(Boolean)).toHaveLength(1);
      expect((await table.get(at))?.body).toBe(created.indexOf(true));
    });

    it("is replaced over the version that was read, and no other", async () => {
      const at = key();
      await table.create({ ...at, body: "a" });
      expect(await table.replace({ ...at, body: "b", version: 1 })).toBe(true);
      expect(await table.replace({ ...at, body: "c", version: 1 })).toBe(false);
      expect(await table.replace({ ...at, body: "c", version: 3 })).toBe(false);
      expect(await table.get(at)).toStrictEqual({ ...at, version: 2, body: "b" });
    });

    it("counts up for any number of writers at once, and its version with it", async () => {
      const at = key();
      await table.create({ ...at, body: { seen: 1, other: "a" } });
      expect(await Promise.all(times(50, () => table.increment(at, "seen")))).toEqual(times(50, () => true));
      expect(await table.get(at)).toStrictEqual({ ...at, version: 51, body: { seen: 51, other: "a" } });
      expect(await table.increment(key(), "seen")).toBe(false);
    });

    it("that is not there is not replaced", async () => {
      const at = key();
      expect(await table.replace({ ...at, body: "b", version: 1 })).toBe(false);
      expect(await table.get(at)).toBeUndefined();
    });

    it("is replaced by one of those who do it at once", async () => {
      const at = key();
      await table.create({ ...at, body: "a" });
      const done = await Promise.all(times(8, (i) => table.replace({ ...at, body: i, version: 1 })));
      expect(done.filter(Boolean)).toHaveLength(1);
      expect(await table.get(at)).toMatchObject({ version: 2, body: done.indexOf(true) });
    });

    it("comes back as it was written, bytes included, without what is undefined", async () => {
      const at = key();
      const body = { text: "", list: [null, true, { deep: ["ü", "🚑"] }], far: 8.64e15, ...undefinedToo };
      await table.create({ ...at, body, bytes: new Uint8Array([0, 255, 7]) });
      const found = await table.get(at);
      expect(found?.body).toStrictEqual({ text: "", list: [null, true, { deep: ["ü", "🚑"] }], far: 8.64e15 });
      expect([...(found?.bytes ?? [])]).toEqual([0, 255, 7]);
    });

    it("is any JSON", async () => {
      const leaf = fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean(), fc.constant(null));
      const json = fc.letrec<{ json: Json }>((tie) => ({
        json: fc.oneof(
          { maxDepth: 3 },
          leaf,
          fc.array(tie("json")),
          fc.dictionary(fc.string({ minLength: 1 }), tie("json")),
        ),
      })).json;
      await fc.assert(
        fc.asyncProperty(json, async (body) => {
          const at = key();
          await table.create({ ...at, body });
          expect((await table.get(at))?.body).toEqual(body);
        }),
        { seed: 1, numRuns: 40 },
      );
    });

    it("is a copy: what is done to it afterwards is not stored", async () => {
      const at = key();
      const body = { list: [1] };
      await table.create({ ...at, body });
      body.list.push(2);
      const found = await table.get(at);
      z.object({ list: z.array(z.number()) })
        .parse(found?.body)
        .list.push(3);
      expect((await table.get(at))?.body).toEqual({ list: [1] });
    });
  });

  describe("a partition", () => {
    it("is read in order of its sort key, either way, as far as asked", async () => {
      const { pk } = key();
      for (const sk of ["00000002", "00000010", "00000001"]) await table.create({ pk, sk, body: sk });
      const read = async (options?: Parameters<Table["query"]>[1]) =>
        (await table.query(pk, options)).map(({ sk }) => sk);
      expect(await read()).toEqual(["00000001", "00000002", "00000010"]);
      expect(await read({ newestFirst: true })).toEqual(["00000010", "00000002", "00000001"]);
      expect(await read({ newestFirst: true, limit: 1 })).toEqual(["00000010"]);
      expect(await table.query("test#nothing")).toEqual([]);
    });

    it("larger than a page (1 MB) is read whole", async () => {
      const { pk } = key();
      const body = "x".repeat(150_000);
      for (const i of times(9, (i) => i)) await table.create({ pk, sk: `0${i}`, body });
      expect((await table.query(pk)).map(({ sk }) => sk)).toEqual(times(9, (i) => `0${i}`));
      expect(await table.query(pk, { limit: 8 })).toHaveLength(8);
    });
  });

  describe("a list", () => {
    it("has its items newest first, and no others", async () => {
      const list = `list-${keys}`;
      const [a, b, c] = [key(), key(), key()];
      await table.create({ ...a, body: "a", list, at: 1 });
      await table.create({ ...b, body: "b", list, at: 3 });
      await table.create({ ...c, body: "c", list: `${list}-other`, at: 2 });
      expect((await table.recent(list, { limit: 9 })).map(({ body }) => body)).toEqual(["b", "a"]);
      expect((await table.recent(list, { limit: 1 })).map(({ body }) => body)).toEqual(["b"]);

      await table.replace({ ...b, body: "b", version: 1 });
      await table.replace({ ...c, body: "c", version: 1, list, at: 9 });
      expect((await table.recent(list, { limit: 9 })).map(({ body }) => body)).toEqual(["c", "a"]);
    });
  });

  describe("a change", () => {
    it("of 50 writers at once loses none of them", async () => {
      const at = key();
      await Promise.all(
        times(50, () => change(table, at, counter, (was) => ({ body: { count: (was?.count ?? 0) + 1 } }))),
      );
      expect((await table.get(at))?.body).toEqual({ count: 50 });
    });

    it("keeps the list and the time of its item unless it gives others", async () => {
      const at = key();
      await table.create({ ...at, body: { count: 1 }, list: "counters", at: 7 });
      await change(table, at, counter, () => ({ body: { count: 2 } }));
      expect(await table.get(at)).toMatchObject({ list: "counters", at: 7 });
    });

    it("of nothing writes nothing and answers what is there", async () => {
      const at = key();
      await table.create({ ...at, body: { count: 1 } });
      expect(await change(table, at, counter, () => undefined)).toEqual({ count: 1 });
      expect((await table.get(at))?.version).toBe(1);
    });

    it("whose answer was lost finds its own write and leaves it alone", async () => {
      const at = key();
      const deaf: Table = {
        ...table,
        create: async (item) => {
          await table.create(item);
          return false;
        },
      };
      const once = await change(deaf, at, counter, (was) => (was ? undefined : { body: { count: 1 } }));
      expect(once).toEqual({ count: 1 });
      expect((await table.get(at))?.version).toBe(1);
    });

    it("of an item that is not what we write there is refused, and names it", async () => {
      const at = key();
      await table.create({ ...at, body: "nonsense" });
      const changing = change(table, at, counter, () => ({ body: { count: 1 } }));
      await expect(changing).rejects.toThrow(BotError);
      await expect(changing).rejects.toThrow(at.pk);
    });
  });

  describe("what is kept in it", () => {
    it("is one incident of 50 reports at once, which counts them", async () => {
      const incidents = createIncidents(table, clock);
      const trouble = {
        root: `instance/i-${keys}`,
        runbook: "r",
        trigger: "t",
        title: "x",
        signal: null,
        beganAt: startMs,
      };
      const reported = await Promise.all(times(50, () => incidents.report(trouble)));
      expect(reported.filter(({ isNew }) => isNew)).toHaveLength(1);
      const [id, ...others] = new Set(reported.map(({ incident }) => incident.id));
      expect(others).toEqual([]);
      expect(await incidents.get(id ?? "")).toMatchObject({ seen: 50, episode: 1 });
    });

    it("is one story of 20 tellers at once, chained without a gap, each moment told once", async () => {
      const stories = createStories(table, clock);
      const incident = `story-${keys}`;
      const told = await Promise.all(times(20, (i) => stories.tell(incident, `moment ${i % 10}`, `text ${i % 10}`)));
      const lines = await stories.read(incident);
      expect(lines).toHaveLength(10);
      expect(told.filter(({ isNew }) => isNew)).toHaveLength(10);
      expect(brokenLine(lines)).toBeUndefined();
    });

    it("is a limit that 35 incidents at once cannot exceed", async () => {
      const ledger = createLedger(table, clock, settingsOf().limits);
      const limit = { runs: 30, within: { minutes: 10 } };
      const runbook = `limited-${keys}`;
      const all = await Promise.all(times(35, (i) => ledger.countRun(runbook, limit, `incident-${i}`)));
      expect(all.filter(({ granted }) => granted)).toHaveLength(30);
      expect(all.filter((one) => !one.granted && one.page)).toHaveLength(1);
    });

    it("is a lock that one of many gets, and all of its targets or none", async () => {
      const ledger = createLedger(table, clock, settingsOf().limits);
      const targets = times(3, (i) => `instance/locked-${keys}-${i}`);
      const wanted = times(8, (i) => (i % 2 === 0 ? targets : [...targets].reverse()));
      const got = await Promise.all(wanted.map((all, i) => ledger.lock(all, `incident-${i}`, startMs + 1_000)));
      const winners = got.flatMap(({ granted }, i) => (granted ? i : []));
      expect(winners.length).toBeLessThanOrEqual(1);
      if (winners[0] !== undefined) await ledger.release(targets, `incident-${winners[0]}`);
      expect(await ledger.lock(targets, "somebody-else", startMs + 1_000)).toEqual({ granted: true });
    });

    it("is a journal whose first record of a step counts", async () => {
      const journal = createJournal(table);
      const incident = `journal-${keys}`;
      const entry = { step: 0, action: "a", params: {}, key: "k", does: "it" };
      const [one, two] = await Promise.all([
        journal.intend(incident, { ...entry, before: 1, leaseUntil: startMs }),
        journal.intend(incident, { ...entry, before: 2, leaseUntil: startMs }),
      ]);
      expect(one).toEqual(two);
      expect(await journal.read(incident)).toEqual([one.entry]);
      expect((await journal.leased(10)).map((found) => found.incident)).toContain(incident);
      await journal.settle(incident, 0, { state: "undone" });
      expect((await journal.leased(10)).map((found) => found.incident)).not.toContain(incident);
    });

    it("is one answer to a question that two people answer at once", async () => {
      const approvals = createApprovals(table, clock, settingsOf());
      const question = { incident: "i-1", runbook: "spot-interruption", planHash: "h", until: startMs + 1_000 };
      const ask = { ...question, callbackId: `callback-${keys}` };
      const [asked, again] = await Promise.all([approvals.ask(ask), approvals.ask(ask)]);
      expect(again.id).toBe(asked.id);
      const decided = await Promise.all([
        approvals.decide(asked.id, "approved", { id: "U0ALEX", team: "T0PARAMEDIC" }),
        approvals.decide(asked.id, "denied", { id: "U0SAM", team: "T0PARAMEDIC" }),
      ]);
      expect(decided.map(({ kind }) => kind).sort()).toEqual(["decided", "refused"]);
    });

    it("is what every worker on an instance has in hand", async () => {
      const inFlight = createInFlight(table);
      const instance = `i-worker-${keys}`;
      const message = (i: number) => ({
        queueUrl: "q",
        messageId: `m${i}`,
        receiptHandle: `r${i}`,
        visibleUntil: startMs + i,
      });
      await Promise.all(times(10, (i) => inFlight.take(instance, message(i + 1))));
      await Promise.all(times(5, (i) => inFlight.finish(instance, `m${i + 1}`)));
      expect((await inFlight.on(instance, startMs)).map(({ messageId }) => messageId).sort()).toEqual([
        "m10",
        "m6",
        "m7",
        "m8",
        "m9",
      ]);
      expect(await inFlight.on(instance, startMs + 9)).toHaveLength(1);
    });
  });
});
