import { z } from "zod";
import type { Traces } from "./traces.ts";

/** Values by `node|metric|statistic`, one for each time in `t` (seconds since the epoch). */
const recording = z.object({ t: z.array(z.number()), series: z.record(z.string(), z.array(z.number().nullable())) });
export type Recording = z.infer<typeof recording>;

const incident = z.object({
  metrics: recording,
  /** What its users saw, and when it began. */
  target: z.object({ node: z.string(), timestamp: z.number() }),
  root_cause: z.object({ node: z.string() }),
});
export type PetshopIncident = z.infer<typeof incident>;

/** Who calls whom, as CSV: a caller a row, 1 in the columns of those it calls. */
const graph = z.string().transform((text) => {
  const [header = "", ...rows] = text.trim().split("\n");
  const [, ...columns] = header.split(",");
  return new Map(
    rows.map((row) => {
      const [caller = "", ...cells] = row.split(",");
      return [caller, columns.filter((_, i) => Number(cells[i]) === 1)] as const;
    }),
  );
});
const traffic = z.object({ issues: z.record(z.string(), incident), noissue: recording, graph });
export type PetshopTraffic = z.infer<typeof traffic>;

const dataset: z.ZodType<Record<string, PetshopTraffic>> = z.record(z.string(), traffic);

/** Injected faults on a real application and the same application without any, by traffic pattern. */
export function readPetshop(traces: Traces): Record<string, PetshopTraffic> {
  const [file = ""] = traces.find("petshop", /\.json$/);
  return traces.json(file, dataset);
}
