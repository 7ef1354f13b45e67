import { z } from "zod";
import { metricValue } from "../../src/signals/metric.ts";
import type { Point } from "./csv.ts";
import { readTime } from "./time.ts";
import { excerpt, wrongFile } from "./wrong-file.ts";

const shape = z.object({
  MetricDataResults: z.array(
    z.object({
      Id: z.string(),
      Label: z.string().optional(),
      Timestamps: z.array(z.union([z.string(), z.number()])).default([]),
      Values: z.array(z.unknown()).default([]),
    }),
  ),
});

/** One result of `get-metric-data`. */
export interface MetricData {
  readonly name: string;
  readonly points: readonly Point[];
}

export const isMetricData = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "MetricDataResults");

/**
 * Reads what `aws cloudwatch get-metric-data` prints, oldest point first whatever `ScanBy` was. Pages of one `Id` are put
 * together again.
 *
 * @throws BotError `bad_input`, naming the result and its place in it.
 */
export function readMetricData(file: string, line: number, value: unknown): MetricData[] {
  const wrong = (what: string) =>
    wrongFile({
      file,
      line,
      what,
      wayOut: "Give what `aws cloudwatch get-metric-data --output json` printed, unchanged.",
    });
  const { success, data, error } = shape.safeParse(value);
  if (!success)
    throw wrong(`not from get-metric-data: ${error.issues[0]?.path.join(".")}: ${error.issues[0]?.message}`);

  return [...Map.groupBy(data.MetricDataResults, ({ Id }) => Id)].map(([id, pages]) => {
    const points = pages.flatMap(({ Timestamps, Values }) => {
      if (Timestamps.length !== Values.length) {
        throw wrong(`result ${id} has ${Timestamps.length} Timestamps and ${Values.length} Values`);
      }
      return Timestamps.map((said, index): Point => {
        const at = readTime(said);
        const amount = metricValue.safeParse(Values[index]).data;
        if (at === undefined) throw wrong(`result ${id}, Timestamps[${index}]: ${excerpt(String(said))} is not a time`);
        if (amount === undefined) throw wrong(`result ${id}, Values[${index}] is not a number`);
        return { at, value: amount };
      });
    });
    const label = pages.find(({ Label }) => Label !== undefined)?.Label;
    return {
      name: label === undefined || label === id ? id : `${id} ${label}`,
      points: points.sort((a, b) => a.at - b.at),
    };
  });
}
