import { parseArgs } from "node:util";
import { BotError } from "../src/bot-error.ts";

/** What `npm start` can be told. */
export interface Options {
  readonly port: number;
  /** Folder in which everything is kept. */
  readonly data: string;
  /** Delete what was kept, and start anew. */
  readonly fresh: boolean;
  readonly speed: number;
  readonly help: boolean;
}

export const help = `Usage: npm start [-- OPTIONS]

Runs Paramedic and an estate for it to look after on this machine, and a page to watch it.

  --port NUMBER    port of the page on 127.0.0.1 (default 4600)
  --data FOLDER    where everything is kept (default .paramedic)
  --fresh          forget what was kept, and start anew
  --speed NUMBER   how fast simulated time runs, 0.1 to 100 (default 1)
  --help           this text

Ctrl-C stops it; the next start carries on with what was in flight.`;

/** Reads the command line. @throws BotError `bad_setting`, naming the option and what it may be. */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  return {
    port: number("--port", values.port ?? "4600", 0, 65_535, true),
    data: values.data ?? ".paramedic",
    fresh: values.fresh ?? false,
    speed: number("--speed", values.speed ?? "1", 0.1, 100, false),
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        data: { type: "string" },
        fresh: { type: "boolean" },
        speed: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    return values;
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new BotError("bad_setting", `reading the command line: ${why}\n\n${help}`, { cause: error });
  }
}

function number(name: string, text: string, min: number, max: number, isWhole: boolean): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value;
  throw new BotError(
    "bad_setting",
    `reading the command line: ${name} takes a ${isWhole ? "whole " : ""}number from ${min} to ${max}, not "${text}"`,
  );
}
