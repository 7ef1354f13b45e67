import { runAgain, runOn } from "../../src/engine/by-hand.ts";
import { findIncident } from "../../src/slack/find-incident.ts";
import { namesIn } from "../../src/slack/names.ts";
import { readCommand } from "../../src/slack/read-command.ts";
import { wrongUse } from "../arguments.ts";
import { type BotCommand, say } from "./bot.ts";

/** Has a runbook look at something by hand, in the same words as in Slack. */
export const run: BotCommand = {
  name: "run",
  help: `paramedic run: has a runbook look at something, although no event has spoken of it

Usage
  paramedic run RUNBOOK TARGET [because WHY] --as NAME [--stage NAME] [--json]
  paramedic run INCIDENT [because WHY] --as NAME [--stage NAME] [--json]

TARGET is a service or a circuit of the settings; INCIDENT is an id, or last: the same is looked at again. What comes of it is
always proposed, and somebody else has to approve it.

Examples
  paramedic run degrade chat because users complain --as Anna
  paramedic run last because it is back --as Anna
`,
  async run(asked) {
    const { world, words, why } = asked;
    const text = ["run", ...words, ...(why === undefined ? [] : ["because", why])].join(" ");
    const command = readCommand(text, namesIn(world));
    if (command.kind === "start") return say(asked, await runOn(world, await asked.who(), command));
    if (command.kind !== "run") {
      throw wrongUse(
        "run",
        command.kind === "wrong" ? command.why.replace(/\.$/, "") : `${words.join(" ")} cannot be read`,
      );
    }
    const found = await findIncident(world, command.incident);
    if (found.kind === "none") return say(asked, { kind: "refused", why: found.why });
    return say(asked, await runAgain(world, await asked.who(), found.incident, command.why));
  },
};
