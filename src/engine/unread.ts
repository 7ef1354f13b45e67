import { createHash } from "node:crypto";
import { z } from "zod";
import { change, readBody, type Table } from "../aws/table.ts";
import type { Signal } from "../signals/signal.ts";
import type { Receiving } from "./world.ts";

const kept = z.object({ kind: z.string(), why: z.string(), excerpt: z.string(), count: z.int(), lastAt: z.number() });
export type Unread = z.infer<typeof kept>;

/**
 * Keeps what the bot could not read or has no reader for, and counts it. Nothing is dropped in silence: the same thing
 * again counts up, and `unread` lists it.
 */
export async function keepUnread(
  world: Receiving,
  signal: Extract<Signal, { kind: "unknown" | "unreadable" }>,
): Promise<void> {
  const { why, excerpt } =
    signal.kind === "unreadable"
      ? signal
      : { why: `no reader for ${signal.detailType} from ${signal.source}`, excerpt: signal.eventId ?? "" };
  const day = new Date(world.clock.now()).toISOString().slice(0, 10);
  // The excerpt of an unknown event is its id, which differs: what counts is what it is.
  const same = createHash("sha256").update(`${signal.kind}\n${why}`).digest("hex").slice(0, 16);
  const lastAt = world.clock.now();
  await change(world.table, { pk: `unread#${day}`, sk: same }, kept, (was) => ({
    body: { kind: signal.kind, why, excerpt, count: (was?.count ?? 0) + 1, lastAt },
    list: "unread",
    at: lastAt,
  }));
  world.log("warn", `could not be used: ${why}`, { kind: signal.kind });
}

/** What could not be read lately, newest first. */
export async function unread(table: Table, limit: number): Promise<Unread[]> {
  return (await table.recent("unread", { limit })).map((item) => readBody(item, kept));
}
