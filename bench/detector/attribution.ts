import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { attribute } from "../../src/detect/attribution.ts";
import { fuse } from "../../src/detect/fusion.ts";

const segments = z.array(
  z.object({ root_dims: z.array(z.int()), first_row: z.int(), rows: z.int(), onset_row: z.int() }),
);

/** HitRate@100: of as many metrics as are labelled, the share named that is labelled. */
export interface AttributionResult {
  readonly segments: number;
  /** Explained at the labelled onset, with one point. */
  readonly fromOnset: number;
  /** Explained when the fused metrics raise an alert by themselves, with the five points up to then; 0 for a missed segment. */
  readonly fromOwnAlert: number;
  /** Segments with an alert between their onset and their end. */
  readonly alerted: number;
}

/** Points that an explanation looks at: the alert and what led up to it. */
const since = 5;
const recent = 100;
/** Usual ranges that the top metrics must be away on average: as strict as a severity of 1. */
const alertFrom = 1;
/** Metrics of this data lie between 0 and 1: under a twentieth of that nobody sees a change. */
const rangeMin = 0.05;

/** Runs over the folder of `*.segments.json` with their rows and training rows. */
export function runAttribution(folder: string): AttributionResult {
  const machines = readdirSync(folder).flatMap((file) => file.match(/^(.*)\.segments\.json$/)?.[1] ?? []);
  let count = 0;
  let alerted = 0;
  let fromOnset = 0;
  let fromOwnAlert = 0;
  for (const machine of machines) {
    const train = readRows(join(folder, `${machine}.train-every-12th.csv.gz`));
    const rows = readRows(join(folder, `${machine}.segments.csv.gz`));
    const ranges = train[0]!.map((_, metric) => Math.max(rangeMin, usualRange(train.map((row) => row[metric]!))));
    const explain = (from: number, to: number) =>
      attribute(
        ranges.map((range, metric) => {
          const before = rows.slice(from - recent, from).map((row) => row[metric]!);
          return {
            name: String(metric),
            before,
            since: rows.slice(from, to + 1).map((row) => row[metric]!),
            range: Math.max(range, usualRange(before)),
          };
        }),
      );
    for (const segment of segments.parse(JSON.parse(readFileSync(join(folder, `${machine}.segments.json`), "utf8")))) {
      const { root_dims: roots, onset_row: onset } = segment;
      const hits = (parts: readonly { name: string }[]) =>
        parts.slice(0, roots.length).filter(({ name }) => roots.includes(Number(name))).length / roots.length;
      count++;
      fromOnset += hits(explain(onset, onset));
      for (let row = onset; row < segment.first_row + segment.rows; row++) {
        if (fuse(explain(row, row).map(({ distance }) => distance)) < alertFrom) continue;
        alerted++;
        fromOwnAlert += hits(explain(row - since + 1, row));
        break;
      }
    }
  }
  return { segments: count, fromOnset: fromOnset / count, fromOwnAlert: fromOwnAlert / count, alerted };
}

function readRows(file: string): number[][] {
  const text = gunzipSync(readFileSync(file)).toString().trim();
  return text.split("\n").map((line) => line.split(",").map(Number));
}

function usualRange(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  return at(0.9) - at(0.1);
}
