import { z } from "zod";
import { change, readBody, type Table } from "./table.ts";

const entry = z.object({
  why: z.string(),
  until: z.number(),
  /** The step that put it there: what somebody else has put there since is not taken away by its undo. */
  key: z.string(),
});
const quarantine = z.record(z.string(), entry);

/** All of it is one item: it holds the pools of an hour, and is read with every plan that launches something. */
const itemKey = { pk: "quarantine", sk: "pools" };

/** The pools that are not to be asked for capacity now, with when that ends. */
export async function quarantined(table: Table, now: number): Promise<ReadonlyMap<string, number>> {
  const item = await table.get(itemKey);
  const entries = item ? Object.entries(readBody(item, quarantine)) : [];
  return new Map(entries.flatMap(([pool, { until }]) => (until > now ? [[pool, until]] : [])));
}

/** Puts a pool in quarantine, or answers that it was there already, at least as long. What is past is forgotten on the way. */
export async function putInQuarantine(
  table: Table,
  pool: string,
  added: z.infer<typeof entry>,
  now: number,
): Promise<{ added: boolean }> {
  const written = await change(table, itemKey, quarantine, (was = {}) => {
    if ((was[pool]?.until ?? 0) >= added.until) return undefined;
    const current = Object.entries(was).filter(([, { until }]) => until > now);
    return { body: { ...Object.fromEntries(current), [pool]: added } };
  });
  return { added: written?.[pool]?.key === added.key };
}

/** Whether a step has a pool in quarantine. */
export async function isQuarantinedBy(table: Table, pool: string, key: string): Promise<boolean> {
  const item = await table.get(itemKey);
  return item !== undefined && readBody(item, quarantine)[pool]?.key === key;
}

/** Lets a pool be asked again, if it was this step that put it there. */
export async function release(table: Table, pool: string, key: string): Promise<void> {
  await change(table, itemKey, quarantine, (was) => {
    if (was?.[pool]?.key !== key) return undefined;
    const { [pool]: _, ...rest } = was;
    return { body: rest };
  });
}
