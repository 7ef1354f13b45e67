import type { Io } from "../command.ts";
import { showTime } from "../replay/time.ts";
import { type Fault, inWords } from "../replay/wrong-file.ts";
import type { Cleaning } from "./cleaning.ts";
import type { Deed } from "./deed.ts";
import type { Item } from "./item.ts";
import { toLines } from "./lines.ts";
import { merge } from "./merge.ts";
import { startPass } from "./pass.ts";
import type { Result } from "./result.ts";
import type { Note, Source } from "./source.ts";
import type { Version } from "./version.ts";

/** How often progress is told, in records: a month of twenty metrics of a minute is told nine times. */
const progressEvery = 100_000;
/** So many places that could not be read are told one by one; the rest is counted. */
const toldMax = 10;

/** What both versions made of a history, and what was read of it. */
export interface Replayed {
  readonly old: Result;
  readonly new: Result;
  readonly records: number;
  readonly from: number;
  readonly to: number;
  readonly unreadable: number;
  readonly late: number;
  readonly wrong: readonly Fault[];
  readonly deeds: readonly Deed[];
}

/** Reads a history once and gives it to both versions, line by line, as fast as the slower one takes it. */
export async function replayBoth(
  sources: readonly Source[],
  versions: { readonly old: Version; readonly new: Version },
  cleaning: Cleaning,
  io: Pick<Io, "err">,
): Promise<Replayed> {
  const deeds: Deed[] = [];
  const wrong: Fault[] = [];
  let [records, unreadable, late, told] = [0, 0, 0, 0];
  let [from, to] = [Infinity, -Infinity];
  const tell = (fault: Fault): void => {
    told += 1;
    if (told <= toldMax) io.err(`${inWords(fault)}\n`);
  };
  const aside = (note: Note): void => {
    switch (note.kind) {
      case "deed":
        deeds.push(note.deed);
        return;
      case "late":
        late += 1;
        return;
      case "unreadable":
        unreadable += 1;
        return tell(note.fault);
      case "wrong":
        wrong.push(note.fault);
        return tell(note.fault);
    }
  };
  async function* counted(items: AsyncIterable<Item>): AsyncGenerator<Item> {
    for await (const item of items) {
      const steps = Math.floor(records / progressEvery);
      records += item.kind === "points" ? item.points.length : 1;
      from = Math.min(from, item.at);
      to = Math.max(to, item.kind === "points" ? (item.points.at(-1)?.at ?? item.at) : item.at);
      if (Math.floor(records / progressEvery) > steps)
        io.err(`backtest: ${records.toLocaleString("en-US")} records, up to ${showTime(item.at)} UTC\n`);
      yield item;
    }
  }

  const [before, after] = [startPass(versions.old), startPass(versions.new)];
  for (const pass of [before, after]) cleaning.add(() => pass.stop());
  for await (const text of toLines(counted(merge(sources, aside)))) {
    await Promise.all([before.write(text), after.write(text)]);
  }
  if (told > toldMax) io.err(`and more places like these: ${(told - toldMax).toLocaleString("en-US")}\n`);
  if (late > 0)
    io.err(
      `backtest: ${late} records are more than 15 minutes older than what stood before them: sort their files by time\n`,
    );
  const about = { records, from, to, unreadable, late, wrong, deeds };
  if (records === 0) return { ...about, old: nothing, new: nothing };
  const [old, now] = await Promise.all([before.end(), after.end()]);
  return { ...about, old, new: now };
}

const nothing: Result = { events: 0, signals: 0, unreadable: 0, anomalies: [], incidents: [] };
