#!/usr/bin/env node
import { BotError } from "../src/bot-error.ts";
import { type Command, type Exit, exits, type Io } from "./command.ts";

const commands = new Map<string, Command>([
  [
    "replay",
    {
      summary: "what the bot would see, think and do about a file of events or metrics",
      run: async (args, io) => (await import("./replay/replay.ts")).replay(args, io),
    },
  ],
]);

const help = `paramedic: the first responder for AI workloads on AWS

Usage
  paramedic COMMAND …
  paramedic COMMAND --help

Commands
${[...commands].map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`).join("\n")}

Exit codes
  0  done
  1  a bug: please report what was printed
  2  wrong use, or a file that cannot be read
`;

/**
 * Runs one command and answers its exit code. Never throws.
 *
 * A failure we foresaw is told in a line or two and is the caller's to mend; anything else is a bug and is told whole.
 */
export async function main([name, ...args]: readonly string[], io: Io): Promise<Exit> {
  if (name === "--help" || name === "-h" || name === "help") {
    io.out(help);
    return exits.ok;
  }
  const command = commands.get(name ?? "");
  if (!command) {
    io.err(
      name === undefined ? help : `There is no command "${name}". There is: ${[...commands.keys()].join(", ")}.\n`,
    );
    return exits.wrong;
  }
  try {
    return await command.run(args, io);
  } catch (error) {
    const foreseen = error instanceof BotError;
    io.err(`${foreseen ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return foreseen ? exits.wrong : exits.bug;
  }
}

if (import.meta.main) {
  // `paramedic … | head` closes the pipe early, and that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(exits.ok);
  });
  process.exitCode = await main(process.argv.slice(2), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    stdin: process.stdin,
    // https://no-color.org: set to anything but nothing.
    colours: process.stdout.isTTY && !process.env["NO_COLOR"],
  });
}
