import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { Window } from "./nab-score.ts";

/** One file of the benchmark. */
export interface Series {
  /** Folder and file: "realTraffic/speed_6005.csv". */
  readonly name: string;
  readonly atMs: Float64Array;
  readonly values: Float64Array;
  readonly windows: readonly Window[];
}

const windowsByFile = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

/** Reads a checkout of numenta/NAB, or a copy of its `data` and `labels`: all 58 files in the order of their names. */
export function readCorpus(folder: string): Series[] {
  const labels = windowsByFile.parse(JSON.parse(readFileSync(join(folder, "labels/combined_windows.json"), "utf8")));
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, windows]) => readSeries(name, readFileSync(join(folder, "data", name), "utf8"), windows));
}

function readSeries(name: string, text: string, windows: readonly (readonly [string, string])[]): Series {
  const rows = text.trim().split("\n").slice(1);
  const stamps = rows.map((row) => toMs(row.slice(0, row.indexOf(","))));
  // Where a time stands twice, at the end of summer time, NAB means the first. Data of others may have windows that end between rows.
  const rowFrom = (stamp: string) => stamps.findIndex((at) => at >= toMs(stamp));
  const rowTo = (stamp: string) => {
    const row = rowFrom(stamp);
    if (row < 0) return rows.length - 1;
    return stamps[row] === toMs(stamp) ? row : row - 1;
  };
  return {
    name,
    atMs: Float64Array.from(stamps),
    values: Float64Array.from(rows, (row) => Number(row.slice(row.indexOf(",") + 1))),
    windows: windows.map(([first, last]) => ({ first: rowFrom(first), last: rowTo(last) })),
  };
}

/** "2014-04-10 07:15:00.000000"; the files know no zone, so any does. */
function toMs(stamp: string): number {
  return Date.parse(`${stamp.trim().slice(0, 19).replace(" ", "T")}Z`);
}

/** The scores a published detector gave, by file; `undefined` without that file. */
export function readScores(folder: string, detector: string): Map<string, Float64Array> {
  const text = gunzipSync(readFileSync(join(folder, "results", `${detector}.csv.gz`))).toString();
  const byFile = new Map<string, number[]>();
  for (const line of text.trim().split("\n").slice(1)) {
    const [file, , score] = line.split(",");
    const scores = byFile.get(file!) ?? [];
    if (scores.length === 0) byFile.set(file!, scores);
    scores.push(Number(score));
  }
  return new Map([...byFile].map(([file, scores]) => [file, Float64Array.from(scores)]));
}
