import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { forecast } from "../../src/detect/forecast.ts";

export interface ForecastResult {
  readonly series: number;
  /** Absolute error ÷ that of the same time yesterday, mean over the series. */
  readonly relativeError: number;
  /** Series on which it is below 1. */
  readonly better: number;
  /** Share of points inside the interval that shall hold 0.8. */
  readonly covered: number;
  readonly msEach: number;
}

/** A day of ten minutes, and eight hours ahead. */
const season = 144;
const horizon = 48;
/** Every eleven hours from the eighth day on: no two at the same time of day. */
const first = 7 * season;
const step = 66;

/** Production arrival rates, `servegen_*_600s.csv.gz`: every column of the files that hold two weeks. */
export function runForecast(folder: string): ForecastResult {
  const ratios: number[] = [];
  let inside = 0;
  let points = 0;
  let runs = 0;
  let ms = 0;
  for (const file of readdirSync(folder).filter((name) => name.endsWith("_600s.csv.gz"))) {
    const lines = gunzipSync(readFileSync(join(folder, file)))
      .toString()
      .trim()
      .split("\n")
      .slice(1);
    if (lines.length < first + horizon) continue;
    const rows = lines.map((line) => line.split(",").map(Number));
    for (let column = 1; column < rows[0]!.length; column++) {
      const values = Float64Array.from(rows, (row) => row[column]!);
      let error = 0;
      let yardstick = 0;
      for (let now = first; now + horizon <= values.length; now += step) {
        const from = performance.now();
        const found = forecast(values.subarray(now - first, now), { season, horizon })!;
        ms += performance.now() - from;
        runs++;
        for (let i = 0; i < horizon; i++) {
          const truth = values[now + i]!;
          error += Math.abs(found.expected[i]! - truth);
          yardstick += Math.abs(values[now + i - season]! - truth);
          inside += Number(truth >= found.low[i]! && truth <= found.high[i]!);
          points++;
        }
      }
      ratios.push(error / yardstick);
    }
  }
  return {
    series: ratios.length,
    relativeError: ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length,
    better: ratios.filter((ratio) => ratio < 1).length,
    covered: inside / points,
    msEach: ms / runs,
  };
}
