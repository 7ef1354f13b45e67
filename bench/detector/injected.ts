import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createDetector } from "../../src/detect/detector.ts";
import { Random } from "../../src/detect/random.ts";
import { scoresOf } from "./robust-z.ts";
import { average } from "./nab.ts";

/** Faults put into telemetry of others. Only the form of severity was chosen on it: views, numbers and thresholds were not. */
export interface InjectedResult {
  readonly series: number;
  readonly faults: number;
  /** Area under precision and recall over all points of a series, mean of all series: the detector's severity and its novelty. */
  readonly severity: number;
  readonly novelty: number;
  /** The same of the rolling robust z-score, over the window that suits it best. */
  readonly robustZ: number;
}

/** Each kind of fault, by how far the metric swings in the time before it. */
const kinds = ["spike", "shift", "noise", "flat", "ramp"] as const;
const points = { spike: 2, shift: 30, noise: 40, flat: 40, ramp: 60 } as const satisfies Record<string, number>;
const faultsEach = 4;
const seriesMax = 15;
/** Fewer points show no fault, and fewer different values are a state and not a metric. */
const pointsMin = 1000;
const valuesMin = 40;
const pointsMax = 2016;
/** Points that count for nothing: everybody's warm-up. */
const warmUp = 240;

interface Faulty {
  readonly values: Float64Array;
  readonly isFault: Uint8Array;
}

/** Takes up to 15 series of each file under `genai-serving` and all of the arrival rates under `llm-arrivals`. */
export function runInjected(folder: string): InjectedResult {
  const series = [...perContainer(join(folder, "genai-serving")), ...perColumn(join(folder, "llm-arrivals"))].map(
    inject,
  );
  const severity: number[] = [];
  const novelty: number[] = [];
  series.forEach(({ values, isFault }, i) => {
    const detector = createDetector({ seed: i + 1 });
    const verdicts = Array.from(values, (value, row) => detector.next(row * 60_000, value));
    const of = (what: "severity" | "novelty") =>
      Float64Array.from(verdicts, (verdict) => (verdict.kind === "scored" ? verdict[what] : 0));
    severity.push(areaOf(of("severity"), isFault));
    novelty.push(areaOf(of("novelty"), isFault));
  });
  const robust = [60, 120, 240].map((window) =>
    average(series.map(({ values, isFault }) => areaOf(scoresOf(values, window), isFault))),
  );
  return {
    series: series.length,
    faults: series.length * faultsEach,
    severity: average(severity),
    novelty: average(novelty),
    robustZ: Math.max(...robust),
  };
}

function inject(raw: readonly number[], series: number): Faulty {
  const random = Random.fromSeed(9_000 + series);
  const values = Float64Array.from(raw.slice(0, pointsMax));
  const isFault = new Uint8Array(values.length);
  const first = Math.floor(values.length * 0.3);
  const room = Math.floor((values.length - first) / faultsEach);
  for (let fault = 0; fault < faultsEach; fault++) {
    const kind = kinds[(series + fault) % kinds.length]!;
    const at = first + fault * room + random.below(room - 90);
    const past = values.slice(at - 200, at).sort();
    const range = past[180]! - past[20]! || past[199]! - past[0]! || Math.abs(past[100]!) || 1;
    const sign = random.next() < 0.7 ? 1 : -1;
    const start = values[at]!;
    for (let i = 0; i < points[kind]; i++) {
      const added = {
        spike: 2 * sign,
        shift: 1.2 * sign,
        noise: 3 * (random.next() - 0.5),
        ramp: (1.5 * sign * i) / points.ramp,
      };
      values[at + i] = kind === "flat" ? start : values[at + i]! + added[kind] * range;
      isFault[at + i] = 1;
    }
  }
  return { values, isFault };
}

/** Average precision; points of one score come together. */
function areaOf(scores: Float64Array, isFault: Uint8Array): number {
  const order = [...scores.keys()].slice(warmUp).sort((a, b) => scores[b]! - scores[a]!);
  const all = order.reduce((sum, row) => sum + isFault[row]!, 0);
  let found = 0;
  let area = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    let here = 0;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) here += isFault[order[to++]!]!;
    found += here;
    area += (here / all) * (found / to);
    from = to;
  }
  return area;
}

function perContainer(folder: string): number[][] {
  return files(folder).flatMap((rows) => {
    const byContainer = Map.groupBy(rows, ([, container]) => container);
    const series = [...byContainer.values()].map((part) => part.map(([, , value]) => value!)).filter(isTelling);
    const step = Math.max(1, Math.floor(series.length / seriesMax));
    return series.filter((_, i) => i % step === 0).slice(0, seriesMax);
  });
}

function perColumn(folder: string): number[][] {
  return files(folder)
    .flatMap((rows) => rows[0]!.slice(1).map((_, column) => rows.map((row) => row[column + 1]!)))
    .filter(isTelling);
}

const isTelling = (values: readonly number[]) => values.length >= pointsMin && new Set(values).size >= valuesMin;

function files(folder: string): number[][][] {
  return readdirSync(folder)
    .filter((name) => /_(57|600)s\.csv\.gz$/.test(name))
    .map((name) => {
      const lines = gunzipSync(readFileSync(join(folder, name)))
        .toString()
        .trim()
        .split("\n");
      return lines.slice(1).map((line) => line.split(",").map(Number));
    });
}
