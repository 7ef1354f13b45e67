#!/usr/bin/env node
import { BotError } from "../src/bot-error.ts";
import { nearest } from "../src/nearest.ts";
import type { BotCommand } from "./approvals/bot.ts";
import { type Command, type Exit, exits, type Io } from "./command.ts";

const aboutBot = async (command: BotCommand, args: readonly string[], io: Io): Promise<Exit> =>
  (await import("./approvals/bot.ts")).runBotCommand(command, args, io);

const commands = new Map<string, Command>([
  [
    "replay",
    {
      summary: "what the bot would see, think and do about a file of events or metrics",
      run: async (args, io) => (await import("./replay/replay.ts")).replay(args, io),
    },
  ],
  [
    "backtest",
    {
      summary: "what two versions of the runbooks would have decided about your history",
      run: async (args, io) => (await import("./backtest/backtest.ts")).backtest(args, io),
    },
  ],
  [
    "plan",
    {
      summary: "what one runbook would do about one event, with gates and permissions",
      run: async (args, io) => (await import("./runbook/plan.ts")).plan(args, io),
    },
  ],
  [
    "runbook",
    {
      summary: "writes a new runbook with its event and its test, and lists those there are",
      run: async (args, io) => (await import("./runbook/runbook.ts")).runbook(args, io),
    },
  ],
  [
    "init",
    {
      summary: "writes paramedic.config.ts by asking, or from what is in the account",
      run: async (args, io) => (await import("./init/init.ts")).init(args, io),
    },
  ],
  [
    "cost",
    {
      summary: "what the bot costs in a month, and what makes it grow",
      run: async (args, io) => (await import("./cost/cost.ts")).cost(args, io),
    },
  ],
  [
    "inventory",
    {
      summary: "everything that the bot makes in an account",
      run: async (args, io) => (await import("./inventory/inventory.ts")).inventory(args, io),
    },
  ],
  [
    "doctor",
    {
      summary: "what is missing in the account, each with the way out",
      run: async (args, io) => (await import("./doctor/doctor.ts")).doctor(args, io),
    },
  ],
  [
    "approvals",
    {
      summary: "what waits for a decision",
      run: async (args, io) => aboutBot((await import("./approvals/approvals.ts")).approvals, args, io),
    },
  ],
  [
    "approve",
    {
      summary: "approves a plan that waits, without Slack",
      run: async (args, io) => aboutBot((await import("./approvals/decide.ts")).approve, args, io),
    },
  ],
  [
    "deny",
    {
      summary: "denies a plan that waits, without Slack",
      run: async (args, io) => aboutBot((await import("./approvals/decide.ts")).deny, args, io),
    },
  ],
  [
    "undo",
    {
      summary: "takes back what was changed for an incident",
      run: async (args, io) => aboutBot((await import("./approvals/decide.ts")).undo, args, io),
    },
  ],
  [
    "run",
    {
      summary: "has a runbook look at something by hand; somebody else approves",
      run: async (args, io) => aboutBot((await import("./approvals/run.ts")).run, args, io),
    },
  ],
  [
    "halt",
    {
      summary: "stops the bot, or a part of what it does",
      run: async (args, io) => aboutBot((await import("./approvals/halt.ts")).halt, args, io),
    },
  ],
  [
    "resume",
    {
      summary: "ends a halt",
      run: async (args, io) => aboutBot((await import("./approvals/halt.ts")).resume, args, io),
    },
  ],
  [
    "incidents",
    {
      summary: "the latest incidents, and how they ended",
      run: async (args, io) => aboutBot((await import("./approvals/incidents.ts")).incidents, args, io),
    },
  ],
  [
    "explain",
    {
      summary: "one incident: why, what was done, and its whole story",
      run: async (args, io) => aboutBot((await import("./approvals/incidents.ts")).explain, args, io),
    },
  ],
  [
    "audit",
    {
      summary: "checks and hands over who did what, when and why",
      run: async (args, io) => aboutBot((await import("./approvals/audit.ts")).audit, args, io),
    },
  ],
]);

const help = `paramedic: the first responder for AI workloads on AWS

Usage
  paramedic COMMAND …
  paramedic COMMAND --help

Commands
${[...commands].map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`).join("\n")}

Exit codes
  0  done
  1  a bug: please report what was printed
  2  wrong use, or a file that cannot be read
  3  doctor: something is missing
  4  the account cannot be reached
  5  refused, with the reason; audit: something does not fit
  6  backtest: decisions differ, and that was asked for to be a failure
`;

function noCommand(typed: string): string {
  const names = [...commands.keys()];
  const near = nearest(typed, names);
  const meant = near === undefined ? "" : ` Did you mean ${near}?`;
  return `There is no command "${typed}".${meant} There is: ${names.join(", ")}.`;
}

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
    io.err(name === undefined ? help : `${noCommand(name)}\n`);
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
