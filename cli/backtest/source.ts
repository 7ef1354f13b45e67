import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Series } from "../../src/signals/signal.ts";
import { moment } from "../../src/signals/moment.ts";
import { type Piece, readFile } from "../replay/read-file.ts";
import { type Fault, wrongFile } from "../replay/wrong-file.ts";
import { type Deed, isTrail, readTrail } from "./deed.ts";
import { byWindow, type Item } from "./item.ts";

/** What is found beside the items of a history. */
export type Note =
  /** A place that could not be read; the rest goes on. */
  | { readonly kind: "unreadable"; readonly fault: Fault }
  /** A file that could not be read at all, or no further. */
  | { readonly kind: "wrong"; readonly fault: Fault }
  /** An item far older than what came before it. */
  | { readonly kind: "late"; readonly file: string }
  | { readonly kind: "deed"; readonly deed: Deed };

/** A file, or whatever else items come from. It can be read again from its beginning. */
export interface Source {
  readonly name: string;
  items(aside: (note: Note) => void): AsyncIterable<Item>;
}

/** What a series of this name in a file of points measures. */
export type SeriesOf = (name: string) => { readonly series: Series; readonly times: number };

const nobody = { stdin: (async function* () {})() };

/** A file of events or metrics. What CloudTrail recorded there is set aside: it is what people did, and no runbook answers to it. */
export const fileSource = (file: string, seriesOf: SeriesOf): Source => ({
  name: file,
  async *items(aside) {
    let last = 0;
    for await (const piece of readFile(file, nobody)) {
      for (const item of itemsOf(piece, last, seriesOf, aside)) {
        last = item.at;
        yield item;
      }
    }
  },
});

function* itemsOf(piece: Piece, last: number, seriesOf: SeriesOf, aside: (note: Note) => void): Generator<Item> {
  switch (piece.kind) {
    case "unreadable":
      return aside(piece);
    case "late":
      return piece.fault && aside({ kind: "unreadable", fault: piece.fault });
    case "points": {
      const { series, times } = seriesOf(piece.series);
      return yield* byWindow(
        series,
        piece.points.map(({ at, value }) => ({ at, value: value * times })),
      );
    }
    case "stream":
      for (const { value } of piece.objects)
        yield { kind: "object", at: timeOf(value) ?? last, text: JSON.stringify(value) };
      return;
    case "event":
      if (isTrail(piece.value)) return readTrail(piece.value).forEach((deed) => aside({ kind: "deed", deed }));
      yield { kind: "event", at: timeOf(piece.value) ?? last, text: JSON.stringify(piece.value) };
  }
}

/** When something happened, wherever it says so: an event, an object of a metric stream, a record of SNS. */
function timeOf(value: unknown): number | undefined {
  const get = (of: unknown, name: string): unknown =>
    typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
  const record: unknown = get(get(value, "Records"), "0");
  return [get(value, "time"), get(value, "timestamp"), get(get(record, "Sns"), "Timestamp")]
    .map((said) => moment.safeParse(said).data)
    .find((at) => at !== undefined);
}

/**
 * The files that are meant: those that are named, and all in the folders that are named. Hidden ones are passed over.
 *
 * @throws BotError `bad_input` for what is not there, and for a folder without a file.
 */
export async function filesIn(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (is) => is.isDirectory(),
      (error: unknown) => {
        throw wrongFile({ file: path, what: "there is no such file or folder", wayOut: "Check the path." }, error);
      },
    );
    if (!isFolder) {
      found.push(path);
      continue;
    }
    const inside = (await readdir(path, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && !isHidden(join(entry.parentPath, entry.name).slice(path.length)))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    if (inside.length === 0)
      throw wrongFile({
        file: path,
        what: "is a folder without a file",
        wayOut: "Name one with events or series in it.",
      });
    found.push(...inside);
  }
  return [...new Set(found)];
}

const isHidden = (path: string): boolean => /(^|[\\/])\.[^\\/]/.test(path);

/** A series that belongs to nothing: it is judged, and no runbook answers to it. */
export const looseSeries = (name: string): Series => ({
  namespace: "backtest",
  name: basename(name).slice(0, 255) || "series",
  dimensions: { File: name.slice(-1024) },
});
