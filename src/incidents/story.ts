import { createHash } from "node:crypto";
import { z } from "zod";
import { readBody, stepAside, type Table } from "../aws/table.ts";
import { BotError } from "../bot-error.ts";
import type { Clock } from "../clock.ts";
import { canonicalJson, type Json } from "../json.ts";

/** One line of an incident's story, chained to the one before it by hash, so that no line can be changed in silence. */
export const line = z.object({
  incident: z.string(),
  seq: z.int().positive(),
  at: z.number(),
  /** Names the moment within the incident; the same moment is written once, however often a crash repeats it. */
  key: z.string(),
  /** `bot`, or who it was. */
  who: z.string(),
  text: z.string(),
  facts: z.json(),
  prev: z.string(),
  hash: z.string(),
});
export type Line = z.infer<typeof line>;

const start = "0".repeat(64);
const hashLine = (without: Omit<Line, "hash">): string =>
  createHash("sha256").update(canonicalJson(without)).digest("hex");

/** The audit trail of incidents: who did what, when and why, append-only. */
export interface Stories {
  /** Appends a line unless one with this key is there; answers it and whether it is new. */
  tell(
    incident: string,
    key: string,
    text: string,
    more?: { who?: string; facts?: Json },
  ): Promise<{ line: Line; isNew: boolean }>;
  read(incident: string): Promise<Line[]>;
}

export function createStories(table: Table, clock: Clock): Stories {
  const read = async (incident: string): Promise<Line[]> =>
    (await table.query(`story#${incident}`)).map((item) => readBody(item, line));
  return {
    read,
    async tell(incident, key, text, { who = "bot", facts = null } = {}) {
      for (let i = 0; i < 16; i++) {
        const lines = await read(incident);
        const told = lines.find((earlier) => earlier.key === key);
        if (told) return { line: told, isNew: false };
        const last = lines.at(-1);
        const seq = (last?.seq ?? 0) + 1;
        const without = { incident, seq, at: clock.now(), key, who, text, facts, prev: last?.hash ?? start };
        const body: Line = { ...without, hash: hashLine(without) };
        if (await table.create({ pk: `story#${incident}`, sk: String(seq).padStart(8, "0"), body: body })) {
          return { line: body, isNew: true };
        }
        await stepAside(i);
      }
      throw new BotError("store_conflict", `telling the story of ${incident}: others were faster every time`, {
        retryable: true,
      });
    },
  };
}

/** The first line that does not fit the chain, or `undefined` if the story is whole. */
export function brokenLine(lines: readonly Line[]): Line | undefined {
  let prev = start;
  for (const [index, told] of lines.entries()) {
    const { hash, ...without } = told;
    if (told.seq !== index + 1 || told.prev !== prev || hash !== hashLine(without)) return told;
    prev = hash;
  }
  return undefined;
}
