import { tableNameOf } from "../../src/aws/table.ts";
import { awsWorld } from "../../src/aws/world.ts";
import { BotError } from "../../src/bot-error.ts";
import type { Clicker } from "../../src/engine/people.ts";
import type { World } from "../../src/engine/world.ts";
import { clientFromEnv } from "../../src/slack/chat.ts";
import { createMembership } from "../../src/slack/membership.ts";
import { readArguments, wrongUse } from "../arguments.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { deployed } from "../deployed.ts";
import { isUnreachable } from "../doctor/examine.ts";

/** A command about the bot that is deployed, over the table it shares with Slack. */
export interface BotCommand {
  readonly name: string;
  readonly help: string;
  readonly run: (about: Asked) => Promise<Exit>;
}

/** What was typed, and where the answer goes. */
export interface Asked {
  readonly world: World;
  readonly words: readonly string[];
  /** What was said after the word `because`. */
  readonly why?: string;
  readonly json: boolean;
  /** The export to compare with, for `audit`. */
  readonly against?: string;
  /** Who decides. @throws BotError `bad_input` when nobody was named. */
  readonly who: () => Promise<Clicker>;
  readonly io: Io;
}

/** The end of every help. */
export const common = `
Options
  --stage NAME  the installation; dev by default
  --json        one JSON object on standard output

It works with the credentials and the region of the environment, or at whatever AWS_ENDPOINT_URL names, with the approvers of
paramedic.config.ts, and without Slack. Who may write the bot's table may say to be anybody: CloudTrail knows who it was.

Exit codes
  0  done
  1  a bug
  2  wrong use
  4  the account cannot be reached
  5  refused, with the reason; audit: something does not fit
`;

/** Runs a command about the bot; a test gives its own world. */
export async function runBotCommand(
  { name, help, run }: BotCommand,
  args: readonly string[],
  io: Io,
  given?: World,
): Promise<Exit> {
  const { values, positionals } = readArguments(
    name,
    {
      stage: { type: "string", default: "dev" },
      as: { type: "string" },
      against: { type: "string" },
      json: { type: "boolean", default: false },
    },
    args,
  );
  if (values.help) {
    io.out(help + common);
    return exits.ok;
  }
  const typed = positionals.join(" ");
  const [, before = typed, why] = /^(.*?)\s*\bbecause\s+(.+)$/s.exec(typed) ?? [];
  const world = given ?? (await openBot(io, values.stage));
  try {
    return await run({
      world,
      words: before.split(/\s+/).filter(Boolean),
      ...(why !== undefined && { why }),
      json: values.json,
      ...(values.against !== undefined && { against: values.against }),
      who: () => personCalled(world, name, values.as),
      io,
    });
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    io.err(`${name}: ${process.env["AWS_ENDPOINT_URL"] ?? "the account"} cannot be reached: ${String(error)}\n`);
    return exits.unreachable;
  }
}

/** The bot as its functions see it, with what the deployment would have told them. */
async function openBot(io: Io, stage: string): Promise<World> {
  const { settings, runbooks } = await deployed();
  const env = {
    PARAMEDIC_TABLE: tableNameOf(stage),
    PARAMEDIC_REMEDIATE: `paramedic-${stage}-remediate:durable`,
    // Nobody is woken from here.
    PARAMEDIC_PAGE_TOPIC: "nobody",
    ...process.env,
  };
  const world = await awsWorld(env, { settings: { ...settings, stage }, runbooks, chat: () => noChat });
  return { ...world, log: (level, message) => level === "error" && io.err(`${message}\n`) };
}

const noSlack = () => Promise.reject(new BotError("slack_failed", "showing a card: there is no Slack here"));
/** `watch` shows what was decided here, with the next minute. */
const noChat: World["chat"] = { show: noSlack, tell: noSlack };

/** An approver by name or Slack id. Somebody else is passed on as they are: the bot says why they may not. */
async function personCalled(world: World, command: string, as: string | undefined): Promise<Clicker> {
  const { settings } = world;
  if (as === undefined) throw wrongUse(command, "say who decides, with --as NAME: an approver of paramedic.config.ts");
  const found = settings.approvers.find(
    ({ slack, name }) => slack === as || (slack !== undefined && name.toLowerCase() === as.toLowerCase()),
  );
  const who = { id: found?.slack ?? as, team: settings.team };
  if (process.env["SLACK_BOT_TOKEN"]) return await createMembership({ client: clientFromEnv(process.env), world })(who);
  const groups = settings.approvers.some(({ group }) => group !== undefined);
  const noGroups = "Who is in a group is asked of Slack: set SLACK_BOT_TOKEN, and give --as a Slack id.";
  return groups ? { ...who, noGroups } : who;
}

/** Says what came of it. */
export function say({ io, json }: Asked, { kind, why }: { readonly kind: string; readonly why: string }): Exit {
  const isDone = kind !== "refused";
  if (json) io.out(`${JSON.stringify({ done: isDone, why })}\n`);
  else if (isDone) io.out(`${why}\n`);
  else io.err(`${why}\n`);
  return isDone ? exits.ok : exits.refused;
}
