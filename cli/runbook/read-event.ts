import { BotError } from "../../src/bot-error.ts";
import type { Io } from "../command.ts";
import { readFile } from "../replay/read-file.ts";
import { inWords } from "../replay/wrong-file.ts";

/**
 * The one event that a file holds; `-` is standard input.
 *
 * @throws BotError `bad_input` with the place and the way out, when the file holds something else.
 */
export async function readEvent(file: string, io: Io): Promise<{ readonly file: string; readonly event: unknown }> {
  const events: unknown[] = [];
  for await (const piece of readFile(file, io)) {
    if (piece.kind === "unreadable") throw new BotError("bad_input", inWords(piece.fault), piece.fault);
    if (piece.kind !== "event") throw notOne(file, "holds measurements");
    events.push(piece.value);
    if (events.length > 1) throw notOne(file, "holds several events");
  }
  const [event] = events;
  if (event === undefined) throw notOne(file, "holds no event");
  return { file, event };
}

const notOne = (file: string, what: string): BotError =>
  new BotError(
    "bad_input",
    `${file}: it ${what}, and this is about one event.\n  Give one as JSON; paramedic replay reads many, and series.`,
  );
