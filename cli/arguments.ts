import { parseArgs, type ParseArgsConfig } from "node:util";
import { BotError } from "../src/bot-error.ts";
import { nearest } from "../src/nearest.ts";

/**
 * The words after a command: its options by name, and the rest in order. Every command has `--help`.
 *
 * @throws BotError `bad_input` for an option that the command does not have.
 */
export function readArguments<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  command: string,
  options: Options,
  args: readonly string[],
) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...options, help: { type: "boolean", short: "h" } as const },
    });
  } catch (error) {
    // Only what was typed makes it throw.
    const what = error instanceof Error ? error.message : String(error);
    throw wrongUse(command, what + meant(args, Object.keys(options)), error);
  }
}

/** The option that was probably meant by the first that there is not. */
function meant(args: readonly string[], known: readonly string[]): string {
  const names = args.flatMap((word) => /^--([^=]+)/.exec(word)?.[1] ?? []);
  const strange = names.find((name) => name !== "help" && !known.includes(name));
  const near = strange === undefined ? undefined : nearest(strange, known);
  return near === undefined ? "" : `. The nearest is --${near}`;
}

/** What was typed cannot be done. `what` says why, without a full stop. */
export const wrongUse = (command: string, what: string, cause?: unknown): BotError =>
  new BotError("bad_input", `${command}: ${what}.\nparamedic ${command} --help shows how it is used.`, { cause });
