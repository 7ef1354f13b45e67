import { z } from "zod";
import { mean } from "./interval.ts";
import { readPetshop } from "./petshop.ts";
import { number, type Traces } from "./traces.ts";

/** A recorded metric of a time in which nothing was wrong. */
export interface QuietSeries {
  readonly name: string;
  /** Latencies belong to services, which have an SLO; the rest is infrastructure and load. */
  readonly kind: "latency" | "other";
  readonly periodS: number;
  readonly values: readonly number[];
}

/** Shorter ones say little about a day. */
const hoursMin = 12;

/** Every quiet stretch that the traces hold: PetShop without faults, NAB between its anomalies, arrivals and GPUs of real fleets. */
export function readQuiet(traces: Traces): QuietSeries[] {
  const all = [...petshop(traces), ...nab(traces), ...arrivals(traces), ...gpus(traces)];
  return all.filter(({ periodS, values }) => values.length * periodS >= hoursMin * 3_600 && new Set(values).size > 2);
}

function petshop(traces: Traces): QuietSeries[] {
  return Object.entries(readPetshop(traces)).flatMap(([traffic, { noissue }]) =>
    Object.entries(noissue.series).flatMap(([key, given]): QuietSeries[] => {
      const [node = "", metric, stat] = key.split("|");
      const values = given.filter((value) => value !== null);
      if (stat !== "Average" && stat !== "Sum") return [];
      const isLatency = metric === "latency";
      // Seconds there, milliseconds here.
      const said = isLatency ? values.map((value) => value * 1_000) : values;
      return [
        { name: `${traffic} ${node} ${metric}`, kind: isLatency ? "latency" : "other", periodS: 300, values: said },
      ];
    }),
  );
}

const nabSeries = z.record(
  z.string(),
  z.object({
    v: z.array(z.number()),
    windows: z.array(z.tuple([z.string(), z.string()])),
    t0: z.number(),
    dt: z.array(z.tuple([z.number(), z.number()])),
  }),
);

/** The longest stretch of each series that is in no labelled window and has no gap. */
function nab(traces: Traces): QuietSeries[] {
  return traces.find("nab", /\.json$/).flatMap((file) =>
    Object.entries(traces.json(file, nabSeries)).map(([name, { v, windows, t0, dt }]): QuietSeries => {
      const steps = dt.flatMap(([gap, times]) => Array.from({ length: times }, () => gap));
      const periodS = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 300;
      const inWindow = windows.map(([from, to]) => [Date.parse(`${from}Z`) / 1_000, Date.parse(`${to}Z`) / 1_000]);
      let at = t0;
      let from = 0;
      let longest = { from: 0, to: 0 };
      for (const row of v.keys()) {
        const gap = row === 0 ? 0 : (steps[row - 1] ?? periodS);
        at += gap;
        const isQuiet = inWindow.every(([start = 0, end = 0]) => at < start || at > end);
        if (gap > 2 * periodS) from = row;
        if (!isQuiet) from = row + 1;
        if (row + 1 - from > longest.to - longest.from) longest = { from, to: row + 1 };
      }
      const values = v.slice(longest.from, longest.to);
      return { name: name.replace(/^.*\/|\.csv$/g, ""), kind: "other", periodS, values };
    }),
  );
}

/** Request rates, of everybody and of the largest clients: their bursts are business. */
function arrivals(traces: Traces): QuietSeries[] {
  return traces.find("llm-arrivals", /_600s\.csv$/).flatMap((file) => {
    const rows = traces.csv(file, z.record(z.string(), number));
    const columns = Object.keys(rows[0] ?? {}).filter((column) => column !== "t_s");
    return columns.map((column): QuietSeries => ({
      name: `${file.replace(/^.*servegen_|_600s.*$/g, "")} ${column}`,
      kind: "other",
      periodS: 600,
      values: rows.map((row) => row[column] ?? 0),
    }));
  });
}

/** Recorded every 57 seconds; CloudWatch's agent sends five-minute means unless it is told otherwise. */
const binsAMean = 5;

/** GPU duty and memory of the pods of an image-generation fleet. */
function gpus(traces: Traces): QuietSeries[] {
  const row = z.object({ bin57s: number, container: z.string(), mean: number });
  return traces.find("genai-serving", /gpu_duty|memory_util/).flatMap((file) =>
    [...Map.groupBy(traces.csv(file, row), ({ container }) => container)].map(([container, rows]): QuietSeries => {
      const values = rows.toSorted((a, b) => a.bin57s - b.bin57s).map(({ mean }) => mean);
      const means = Array.from({ length: Math.floor(values.length / binsAMean) }, (_, i) =>
        mean(values.slice(i * binsAMean, (i + 1) * binsAMean)),
      );
      const name = `${/gpu_duty|memory_util/.exec(file)?.[0]} ${container}`;
      return { name, kind: "other", periodS: 300, values: means };
    }),
  );
}
