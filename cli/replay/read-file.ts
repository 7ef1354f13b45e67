import type { Io } from "../command.ts";
import { type Point, readCsv } from "./csv.ts";
import { elementLines, readDocuments } from "./documents.ts";
import { type Line, readLines } from "./lines.ts";
import { isMetricData, readMetricData } from "./metric-data.ts";
import { type Fault, wrongFile } from "./wrong-file.ts";

/** What a file holds, piece by piece. */
export type Piece =
  | { readonly kind: "event"; readonly value: unknown; readonly line: number }
  /** Objects of a metric stream that stand together, as Firehose puts many into one record. */
  | { readonly kind: "stream"; readonly objects: readonly { readonly value: object; readonly line: number }[] }
  /** The next points of a series, oldest first. */
  | { readonly kind: "points"; readonly series: string; readonly points: readonly Point[] }
  /** A place that could not be read; the rest goes on. */
  | { readonly kind: "unreadable"; readonly fault: Fault }
  /** A point too old to be used. Of several in a row only the first says so. */
  | { readonly kind: "late"; readonly fault?: Fault };

/** As many as a metric sample event may have, so that a series arrives as it would from a workload. */
const pointsMax = 1_000;
/** A detector is read and written once a batch and series (some milliseconds), so batches are large. */
const objectsMax = 5_000;

/**
 * Reads a file of events or metrics and says what is in it, piece by piece, however large it is.
 *
 * @throws BotError `bad_input` with file, line and the way out, when the file as a whole cannot be used.
 */
export async function* readFile(file: string, io: Pick<Io, "stdin">): AsyncGenerator<Piece> {
  const lines = readLines(file, io);
  const before: Line[] = [];
  for (;;) {
    const { done, value } = await lines.next();
    if (done) throw wrongFile({ file, what: "is empty", wayOut: "Give an event, or a series of at least two points." });
    before.push(value);
    if (value.text.trim() !== "") break;
  }
  const opening = before.at(-1)?.text.trimStart()[0];
  const all = again(before, lines);
  yield* opening === "{" || opening === "[" ? jsonPieces(file, all) : csvPieces(file, all);
}

async function* again(before: readonly Line[], after: AsyncIterable<Line>): AsyncGenerator<Line> {
  yield* before;
  yield* after;
}

async function* jsonPieces(file: string, lines: AsyncIterable<Line>): AsyncGenerator<Piece> {
  let objects: { value: object; line: number }[] = [];

  for await (const document of readDocuments(file, lines)) {
    if (document.kind === "fault") {
      yield { kind: "unreadable", fault: document.fault };
      continue;
    }
    for (const { value, line } of eventsOf(document)) {
      if (isOfStream(value)) objects.push({ value, line });
      const over = objects.length >= objectsMax || !isOfStream(value);
      if (over && objects.length > 0) {
        yield { kind: "stream", objects };
        objects = [];
      }
      if (isMetricData(value)) yield* metricDataPieces(file, line, value);
      else if (!isOfStream(value)) yield { kind: "event", value, line };
    }
  }
  if (objects.length > 0) yield { kind: "stream", objects };
}

/** A JSON array is its elements, each on its own line. */
function eventsOf({ value, text, line }: { value: unknown; text: string; line: number }) {
  if (!Array.isArray(value)) return [{ value, line }];
  const lines = elementLines(text);
  return value.map((element: unknown, index) => ({ value: element, line: line + (lines[index] ?? 0) }));
}

const isOfStream = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "metric_stream_name");

function* metricDataPieces(file: string, line: number, value: unknown): Generator<Piece> {
  const found = readMetricData(file, line, value);
  if (found.length === 0) throw tooFew(file, "no series");
  for (const { name, points } of found) {
    const series = `${file} ${name}`;
    if (points.length < 2) {
      const { what, wayOut } = few(`${points.length === 0 ? "no point" : "one point"} in ${name}`);
      yield { kind: "unreadable", fault: { file, line, what, wayOut } };
      continue;
    }
    for (let from = 0; from < points.length; from += pointsMax) {
      yield { kind: "points", series, points: points.slice(from, from + pointsMax) };
    }
  }
}

async function* csvPieces(file: string, lines: AsyncIterable<Line>): AsyncGenerator<Piece> {
  let points: Point[] = [];
  let count = 0;
  let late = 0;
  let lateBefore = false;
  for await (const row of readCsv(file, lines)) {
    if (row.kind === "late") {
      late += 1;
      yield lateBefore ? { kind: "late" } : row;
      lateBefore = true;
      continue;
    }
    lateBefore = false;
    count += 1;
    points.push(row.point);
    // The first two points go together: one alone is no series.
    if (points.length < pointsMax) continue;
    yield { kind: "points", series: file, points };
    points = [];
  }
  if (late > count) {
    const what = `times go back in ${late} of ${late + count} lines: newest first?`;
    throw wrongFile({ file, what, wayOut: `Sort it by time: sort -t, -k1,1 ${file}` });
  }
  if (count < 2) throw tooFew(file, count === 0 ? "no point" : "one point");
  if (points.length > 0) yield { kind: "points", series: file, points };
}

const few = (what: string) => ({
  what: `${what}: too little to say anything`,
  wayOut: "The detector wants 60 points to know what is normal, and then judges every one that follows.",
});

const tooFew = (file: string, what: string) => wrongFile({ file, ...few(what) });
