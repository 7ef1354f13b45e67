import { z } from "zod";
import { change, readBody, type Table } from "../aws/table.ts";
import { BotError } from "../bot-error.ts";

/**
 * One action of an incident, as far as it is known to have gone.
 *
 * `intended` is written before the action is tried, with all that its undo needs: the way back is recorded before the
 * way forward. An entry that is still `intended` has an unknown outcome until a probe has settled it.
 */
const entry = z.object({
  step: z.int().nonnegative(),
  action: z.string(),
  params: z.json(),
  key: z.string(),
  before: z.json(),
  /** `kept`: it was done and stays, because it needs no undo or the runbook says so. */
  state: z.enum(["intended", "done", "not-done", "undone", "undo-failed", "kept"]),
  out: z.json().default(null),
  /** When the change is to be given back, if it is leased. */
  leaseUntil: z.number().optional(),
  does: z.string(),
  /** How long the change took, in milliseconds, as far as it was seen. */
  tookMs: z.number().nonnegative().optional(),
});
export type Entry = z.infer<typeof entry>;

const journal = z.object({ incident: z.string(), entries: z.array(entry) });

/** What was changed for an incident and how to change it back. The truth for every undo, whoever performs it. */
export interface Journal {
  read(incident: string): Promise<Entry[]>;
  /**
   * Adds an entry as `intended` and answers it, with the entries before it. One for the same step stays as it is: the first
   * record counts, because after a crash the state found now may already be the state after the change. One that is known
   * not to have been done is begun anew.
   */
  intend(incident: string, entry: Omit<Entry, "state" | "out">): Promise<{ entry: Entry; earlier: Entry[] }>;
  /** Records what became of a step. */
  settle(incident: string, step: number, to: Partial<Pick<Entry, "state" | "out" | "tookMs">>): Promise<void>;
  /** Incidents that hold a leased change at this moment. */
  leased(limit: number): Promise<{ incident: string; entries: Entry[] }[]>;
}

const keyOf = (incident: string) => ({ pk: `journal#${incident}`, sk: "journal" });

/** A journal is listed for as long as it holds a leased change, under the time at which the first one ends. */
function toWrite(incident: string, entries: Entry[]) {
  const ends = standing(entries).flatMap(({ leaseUntil }) => leaseUntil ?? []);
  return { body: { incident, entries }, list: ends.length > 0 ? "leased" : "settled", at: Math.min(...ends, 8.64e15) };
}

export function createJournal(table: Table): Journal {
  return {
    async read(incident) {
      const item = await table.get(keyOf(incident));
      return item ? readBody(item, journal).entries : [];
    },
    async intend(incident, added) {
      const intended: Entry = { ...added, state: "intended", out: null };
      const written = await change(table, keyOf(incident), journal, (was) => {
        const entries = was?.entries ?? [];
        const known = entries.find(({ step }) => step === added.step);
        if (known && known.state !== "not-done") return undefined;
        return toWrite(incident, [...entries.filter((one) => one !== known), intended]);
      });
      const entries = written?.entries ?? [];
      const index = entries.findIndex(({ step }) => step === added.step);
      return { entry: entries[index] ?? intended, earlier: entries.slice(0, Math.max(0, index)) };
    },
    async settle(incident, step, to) {
      await change(table, keyOf(incident), journal, (was) => {
        if (!was)
          throw new BotError("not_found", `settling step ${step} of ${incident}: it has no journal`, { incident });
        return toWrite(
          incident,
          was.entries.map((entry) => (entry.step === step ? { ...entry, ...to } : entry)),
        );
      });
    },
    async leased(limit) {
      return (await table.recent("leased", { limit })).map((item) => readBody(item, journal));
    },
  };
}

/** The entries that an undo has to look at, last change first. */
export const standing = (entries: readonly Entry[]): Entry[] =>
  entries.filter(({ state }) => state === "intended" || state === "done" || state === "undo-failed").reverse();
