import { metricValue } from "../../src/signals/metric.ts";
import type { Line } from "./lines.ts";
import { readTime, showTime } from "./time.ts";
import { excerpt, type Fault, wrongFile } from "./wrong-file.ts";

/** One value of a series. */
export interface Point {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** A point, or why a line that could be read gives none. */
export type Row = { readonly kind: "point"; readonly point: Point } | { readonly kind: "late"; readonly fault: Fault };

const timeNames = /^(time|timestamp|date|datetime|ts)$/;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const example = "A line is like: 2014-03-07 03:41:00,45.868 (or ISO 8601, or epoch seconds or milliseconds).";

/**
 * The points of a CSV file `timestamp,value`, with or without a header. Other columns are passed over if a header names these.
 *
 * A series is one thing: a line that cannot be read means that the file is not what it seems, and what the detector said
 * about the rest would be worth nothing. A point older than one before it is left out, as the bot does, and told.
 *
 * @throws BotError `bad_input`, naming line and column.
 */
export async function* readCsv(file: string, lines: AsyncIterable<Line>): AsyncGenerator<Row> {
  let columns: { time: number; value: number; count: number } | undefined;
  let newest: { at: number; line: number } | undefined;

  for await (const { text, number: line } of lines) {
    if (text.trim() === "") continue;
    const cells = text.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
    if (!columns) {
      const header = readHeader(cells);
      columns = header ?? { time: 0, value: 1, count: 2 };
      if (header) continue;
      if (looksLikeNothing(cells)) throw notCsv(file, line, text);
    }
    const point = readPoint(file, line, text, cells, columns);
    if (newest && point.at < newest.at) {
      const what = `${showTime(point.at)} comes after ${showTime(newest.at)} of line ${newest.line}: left out, as the bot does`;
      yield { kind: "late", fault: { file, line, what, wayOut: `Sort it by time: sort -t, -k1,1 ${file}` } };
      continue;
    }
    newest = { at: point.at, line };
    yield { kind: "point", point };
  }
}

function readHeader(cells: readonly string[]): { time: number; value: number; count: number } | undefined {
  const names = cells.map((cell) => cell.toLowerCase());
  const time = names.findIndex((name) => timeNames.test(name));
  if (time < 0) return undefined;
  const named = names.indexOf("value");
  if (named < 0 && names.length !== 2) return undefined;
  return { time, value: named < 0 ? 1 - time : named, count: names.length };
}

function readPoint(
  file: string,
  line: number,
  text: string,
  cells: readonly string[],
  { time, value, count }: { time: number; value: number; count: number },
): Point {
  if (cells.length !== count) {
    const what = `${cells.length} cell${cells.length === 1 ? "" : "s"}, not ${count}: ${excerpt(text)}`;
    const wayOut =
      cells.length === count + 1
        ? `A decimal comma? Write a point. ${example}`
        : `${example} Name more columns in a header.`;
    throw wrongFile({ file, line, what, wayOut });
  }
  const column = (cell: number): number => text.split(",").slice(0, cell).join(",").length + (cell > 0 ? 2 : 1);
  const [said = "", amount = ""] = [cells[time], cells[value]];
  const at = readTime(said);
  if (at === undefined) {
    throw wrongFile({
      file,
      line,
      column: column(time),
      what: `${excerpt(said)} is not a time from 2000 to 2100`,
      wayOut: example,
    });
  }
  const read = number.test(amount) ? metricValue.safeParse(Number(amount)).data : undefined;
  if (read === undefined) {
    const what = amount === "" ? "there is no value" : `${excerpt(amount)} is not a number`;
    throw wrongFile({ file, line, column: column(value), what, wayOut: `Mend the line or take it out. ${example}` });
  }
  return { at, value: read };
}

/** A first line that does not even begin like a time belongs to another kind of file. */
const looksLikeNothing = ([first = "", ...more]: readonly string[]): boolean =>
  readTime(first) === undefined && (more.length === 0 || !/^\d/.test(first));

function notCsv(file: string, line: number, text: string) {
  const other = [";", "\t"].find((separator) => text.split(separator).length === 2);
  return wrongFile({
    file,
    line,
    what: other ? `cells are separated by ${JSON.stringify(other)}` : `neither JSON nor CSV: ${excerpt(text)}`,
    wayOut: other
      ? `Separate them by commas. ${example}`
      : "Give an event as JSON, events on a line each, or a series as CSV `timestamp,value` or from `aws cloudwatch get-metric-data`.",
  });
}
