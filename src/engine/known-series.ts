import { z } from "zod";
import { type Key, readBody, type Table } from "../aws/table.ts";
import type { Settings } from "../settings.ts";
import { type Samples, type Series, seriesKey } from "../signals/signal.ts";
import { seenItem, seriesItem, seriesList } from "./series-item.ts";

const seen = z.object({
  account: z.string(),
  region: z.string(),
  series: z.object({
    namespace: z.string(),
    name: z.string(),
    dimensions: z.record(z.string(), z.string()),
    unit: z.string().optional(),
    stat: z.string().optional(),
  }),
});

/** A series whose past may be learnt. */
export interface KnownSeries {
  /** The key of all that is kept of it. */
  readonly pk: string;
  readonly series: Series;
  /** When it was first seen, or last found to have a past. */
  readonly at: number;
  /** Where that is noted; a latency of the settings that has not been seen yet is noted nowhere. */
  readonly noted?: { readonly key: Key; readonly version: number };
}

type From = Pick<Samples, "account" | "region">;

/** Bounds what one round reads: 5 MB. */
const seriesMax = 20_000;

/** The series of one account and region: those that were seen, the latest first, and the latencies in the settings. */
export async function knownSeries(
  table: Table,
  from: From,
  { services }: Settings,
  now: number,
): Promise<KnownSeries[]> {
  const all = new Map<string, KnownSeries>();
  for (const { latency } of services) {
    const { pk } = seriesItem(from, seriesKey(latency));
    all.set(pk, { pk, series: latency, at: now });
  }
  for (const item of await table.recent(seriesList, { limit: seriesMax })) {
    const { account, region, series } = readBody(item, seen);
    if (account !== from.account || region !== from.region) continue;
    const { pk, sk, version, at = 0 } = item;
    all.set(pk, { pk, series, at: all.has(pk) ? now : at, noted: { key: { pk, sk }, version } });
  }
  return [...all.values()];
}

/** Notes that a series has a past, so that it stays on the list. */
export async function keepKnown(table: Table, from: From, { series, noted }: KnownSeries, now: number): Promise<void> {
  // Not written: somebody else has just done the same.
  if (noted) await table.replace({ ...seenItem(from, series, now), version: noted.version });
}
