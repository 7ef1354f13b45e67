import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { byWindow, type Item, windowMs } from "../../../../cli/backtest/item.ts";
import { toLines } from "../../../../cli/backtest/lines.ts";
import { merge } from "../../../../cli/backtest/merge.ts";
import { fileSource, filesIn, looseSeries, type Note } from "../../../../cli/backtest/source.ts";
import { file, instance, spotWarning, start } from "../given.ts";
import { eventAt, sourceOf } from "./given.ts";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function read(...paths: string[]): Promise<{ items: Item[]; notes: Note[] }> {
  const notes: Note[] = [];
  const seriesOf = (name: string) => ({ series: looseSeries(name), times: 1 });
  const sources = (await filesIn(paths)).map((path) => fileSource(path, seriesOf));
  return { items: await all(merge(sources, (note) => void notes.push(note))), notes };
}

describe("sources", () => {
  it("are merged in the order of their times, and nothing is lost or said twice", async () => {
    const times = fc.array(fc.integer({ min: 0, max: 20 * windowMs }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.array(times, { maxLength: 6 }), async (each) => {
        const sources = each.map((some, index) => sourceOf(`${index}`, some.toSorted((a, b) => a - b).map(eventAt)));
        const merged = await all(merge(sources, (note) => expect.fail(note.kind)));
        expect(merged.map(({ at }) => at)).toEqual(each.flat().toSorted((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });

  it("may be out of order by a quarter of an hour; what is older than that is told, and is not lost", async () => {
    const notes: Note[] = [];
    const minutes = [0, 14, 3, 60, 50, 90, 1].map((minute) => eventAt(minute * 60_000));
    const merged = await all(merge([sourceOf("a", minutes)], (note) => void notes.push(note)));

    expect(merged.map(({ at }) => at / 60_000)).toEqual([0, 3, 14, 50, 60, 1, 90]);
    expect(notes).toEqual([{ kind: "late", file: "a" }]);
  });
});

describe("a history", () => {
  it("is read from a folder, packed or not, as Firehose writes it and as lines", async () => {
    const events = [3, 1, 2].map((n) => JSON.stringify(spotWarning(instance(n), start + n * 3_600_000)));
    const path = file("2026/03/a.gz", Buffer.concat([gzipSync(`${events[1]}${events[2]}`), gzipSync(events[0] ?? "")]));
    const { items, notes } = await read(path.replace("/2026/03/a.gz", ""));

    expect(items.map(({ at }) => (at - start) / 3_600_000)).toEqual([1, 2, 3]);
    expect(notes).toEqual([]);
  });

  it("tells of a file that cannot be read and reads the others", async () => {
    const good = file("a.json", JSON.stringify(spotWarning(instance(1))));
    const { items, notes } = await read(file("b.txt", "Dear customer\n"), good);

    expect(items).toHaveLength(1);
    expect(notes).toMatchObject([{ kind: "wrong", fault: { what: expect.stringContaining("neither JSON nor CSV") } }]);
  });

  it("tells of a bad line once, although the beginning of a file is read twice", async () => {
    const { items, notes } = await read(file("a.jsonl", `{oops}\n${JSON.stringify(spotWarning(instance(1)))}\n`));

    expect(items).toHaveLength(1);
    expect(notes.map(({ kind }) => kind)).toEqual(["unreadable"]);
  });

  it("is given window by window, in each the measurements first, as events of at most a thousand points", async () => {
    const points = Array.from({ length: 1_500 }, (_, i) => ({ at: i * 500, value: i }));
    const series = { namespace: "N", name: "M", dimensions: { Service: "chat" } };
    const items = [eventAt(1_000), ...byWindow(series, points), eventAt(windowMs + 1)];
    const lines = await all(
      toLines(
        (async function* () {
          yield* items;
        })(),
      ),
    );

    const shape = z.object({ detail: z.object({ points: z.array(z.object({ value: z.number() })) }).optional() });
    const sizes = lines.map((line) => shape.parse(JSON.parse(line)).detail?.points.length ?? 0);
    expect(sizes).toEqual([1_000, 500, 0, 0]);
  });
});
