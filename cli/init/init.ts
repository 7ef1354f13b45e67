import { existsSync, writeFileSync } from "node:fs";
import { defineSettings } from "../../src/settings.ts";
import { BotError } from "../../src/bot-error.ts";
import { readArguments, wrongUse } from "../arguments.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { openAccount } from "../doctor/account.ts";
import { asProposed, askingOn } from "./ask.ts";
import { findIn, type Found, nothing } from "./found.ts";
import { interview, unanswered } from "./interview.ts";
import { toSource } from "./source.ts";

const help = `paramedic init: writes paramedic.config.ts by asking, or from what is found in the account

Usage
  paramedic init [--account] [--yes] [--force] [--file FILE] [--json]

Options
  --account    look at the account of the environment first, or at what AWS_ENDPOINT_URL names: clusters, and alarms on
               latencies, each of which becomes a service. Nothing is changed.
  --yes        take every proposal and ask nobody
  --force      write over a file that is there
  --file FILE  where to; paramedic.config.ts by default
  --json       one JSON object on standard output: what was written, and what is left to do

Examples
  paramedic init
  AWS_PROFILE=prod paramedic init --account --yes
  paramedic init --yes --file staging.config.ts

Exit codes
  0  written
  1  a bug
  2  wrong use, or the file is there already
`;

/** Writes the settings of a new installation. It observes until somebody gives it autonomy. */
export async function init(args: readonly string[], io: Io, env: NodeJS.ProcessEnv = process.env): Promise<Exit> {
  const { values, positionals } = readArguments(
    "init",
    {
      account: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      force: { type: "boolean", default: false },
      file: { type: "string", default: "paramedic.config.ts" },
      json: { type: "boolean", default: false },
    },
    args,
  );
  if (values.help) {
    io.out(help);
    return exits.ok;
  }
  if (positionals.length > 0) throw wrongUse("init", `${positionals[0]} is no option`);
  if (existsSync(values.file) && !values.force)
    throw new BotError(
      "bad_input",
      `init: ${values.file} is there. Write over it with --force, or elsewhere with --file`,
    );
  const found = values.account ? await lookedAt(env) : nothing;
  for (const what of found.unseen) io.err(`init: not looked at: ${what}\n`);
  const settings = await interview(values.yes ? asProposed : askingOn(io), found);
  // What cannot be used is not written: the message names the line.
  defineSettings(settings);
  writeFileSync(values.file, toSource(settings));
  const left = stillToDo(settings.channel, found);
  if (values.json) io.out(`${JSON.stringify({ file: values.file, settings, left, notSeen: found.unseen }, null, 2)}\n`);
  else io.err(`\nWrote ${values.file}.\n${left.map((one) => `  ${one}\n`).join("")}`);
  return exits.ok;
}

async function lookedAt(env: NodeJS.ProcessEnv): Promise<Found> {
  const empty = defineSettings({ stage: "dev", channel: "-", team: "-", services: [], approvers: [] });
  const { aws, cloudwatch } = await openAccount(env, empty, "dev");
  return await findIn({ ecs: aws.ecs, cloudwatch });
}

const stillToDo = (channel: string, { services }: Found): string[] => [
  ...(channel === unanswered.channel ? ["Put in the ids of your Slack workspace, channel and approvers."] : []),
  ...(services.length > 0 ? ["See that what is normal for each service is: half of its alarm was taken for it."] : []),
  "npm run package checks it, and paramedic doctor compares it with the account.",
];
