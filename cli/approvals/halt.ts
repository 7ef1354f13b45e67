import { halt as haltBot, resume as resumeBot } from "../../src/engine/halting.ts";
import { namesIn } from "../../src/slack/names.ts";
import { readCommand } from "../../src/slack/read-command.ts";
import { wrongUse } from "../arguments.ts";
import type { Exit } from "../command.ts";
import { type Asked, type BotCommand, say } from "./bot.ts";

/** Stops the bot, or a part of what it does, in the same words as in Slack. */
export const halt: BotCommand = {
  name: "halt",
  help: `paramedic halt: stops the bot, before its next change

Usage
  paramedic halt [WHAT] [for LENGTH] [because WHY] --as NAME [--stage NAME] [--json]

WHAT is a service, a runbook, or anything by kind and name, such as service/chat, runbook/degrade, instance/i-0abc; nothing is
everything. LENGTH is such as 30m, 2h or 1d; without it the halt lasts until somebody resumes.

Examples
  paramedic halt because something is very wrong --as Anna
  paramedic halt service/chat for 30m because we deploy --as Anna
`,
  run: (asked) => switching(asked, "halt"),
};

/** Ends a halt. */
export const resume: BotCommand = {
  name: "resume",
  help: `paramedic resume: ends a halt

Usage
  paramedic resume [WHAT|all] --as NAME [--stage NAME] [--json]

Examples
  paramedic resume --as Anna
  paramedic resume service/chat --as Anna
`,
  run: (asked) => switching(asked, "resume"),
};

async function switching(asked: Asked, verb: "halt" | "resume"): Promise<Exit> {
  const { world, words, why } = asked;
  const command = readCommand(
    [verb, ...words, ...(why === undefined ? [] : ["because", why])].join(" "),
    namesIn(world),
  );
  if (command.kind === "halt") return say(asked, await haltBot(world, await asked.who(), command));
  if (command.kind === "resume") return say(asked, await resumeBot(world, await asked.who(), command.scope));
  throw wrongUse(verb, command.kind === "wrong" ? command.why.replace(/\.$/, "") : `${words.join(" ")} cannot be read`);
}
