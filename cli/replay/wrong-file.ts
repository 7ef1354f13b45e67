import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";

const fault = z.object({
  file: z.string(),
  /** Both count from 1. */
  line: z.int().positive().optional(),
  column: z.int().positive().optional(),
  what: z.string(),
  /** What the reader can do about it. */
  wayOut: z.string(),
});

/** What is wrong with a file: where, what, and the way out. */
export type Fault = z.infer<typeof fault>;

/** `events.jsonl, line 17, column 12: …`, and the way out under it. */
export function inWords({ file, line, column, what, wayOut }: Fault): string {
  const place = [file, ...(line ? [`line ${line}`] : []), ...(column ? [`column ${column}`] : [])].join(", ");
  return `${place}: ${what}\n  ${wayOut}`;
}

/** A file that cannot be replayed at all. */
export const wrongFile = (found: Fault, cause?: unknown): BotError =>
  new BotError("bad_input", inWords(found), { cause, ...found });

/** What `wrongFile` said, if it was that. */
export function faultOf(error: unknown): Fault | undefined {
  return error instanceof BotError ? fault.safeParse(error.facts).data : undefined;
}

/** Text that is not ours, short enough for a message and on one line. */
export function excerpt(text: string, max = 40): string {
  const line = text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
  return JSON.stringify(line.length > max ? `${line.slice(0, max)}…` : line);
}
