import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
  type Tag,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { BotError } from "../../src/bot-error.ts";
import { reading } from "../../src/aws/clients.ts";
import { readArguments, wrongUse } from "../arguments.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { isUnreachable } from "../doctor/examine.ts";
import { packageFolder, readPackaged } from "../packaged.ts";
import { readOnly } from "../replay/read-only.ts";
import { type Made, madeBy } from "./made.ts";

const help = `paramedic inventory: everything that the bot makes in an account

Usage
  paramedic inventory [--account] [--stage NAME] [--package FOLDER] [--json]

Without --account it lists what the packaged template makes, offline. With it, it asks the account of the environment, or what
AWS_ENDPOINT_URL names, for everything that carries the tags of the stack; what carries none is listed from the template.

Options
  --account         what is in the account, found by its tags
  --stage NAME      with --account: the installation; dev by default
  --package FOLDER  where npm run package has left the template (${packageFolder})
  --json            one JSON object on standard output

Examples
  paramedic inventory
  paramedic inventory --account --stage prod --json

Exit codes
  0  listed
  1  a bug
  2  wrong use, nothing is packaged, or the account may not be asked
  4  --account: the account cannot be reached
`;

/** Lists what the bot makes: of the template, or of an account. */
export async function inventory(args: readonly string[], io: Io, env: NodeJS.ProcessEnv = process.env): Promise<Exit> {
  const { values, positionals } = readArguments(
    "inventory",
    {
      account: { type: "boolean", default: false },
      stage: { type: "string", default: "dev" },
      package: { type: "string", default: packageFolder },
      json: { type: "boolean", default: false },
    },
    args,
  );
  if (values.help) {
    io.out(help);
    return exits.ok;
  }
  if (positionals.length > 0) throw wrongUse("inventory", `${positionals[0]} is no option`);
  if (!values.account) {
    const made = madeBy(readPackaged(values.package));
    io.out(values.json ? `${JSON.stringify({ from: values.package, resources: made }, null, 2)}\n` : report(made));
    return exits.ok;
  }
  try {
    const found = await taggedIn(env, values.stage);
    io.out(values.json ? `${JSON.stringify({ from: "account", resources: found }, null, 2)}\n` : `${list(found)}\n`);
    return exits.ok;
  } catch (error) {
    if (!isUnreachable(error))
      throw new BotError(
        "aws_failed",
        `inventory: ${String(error)}\n  It takes tag:GetResources. Without --account it lists what the template makes.`,
        { cause: error },
      );
    io.err(`inventory: the account cannot be reached: ${String(error)}\n`);
    return exits.unreachable;
  }
}

/** The ARNs of everything in the account that carries the tags of the stack, in order. */
async function taggedIn(env: NodeJS.ProcessEnv, stage: string): Promise<string[]> {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = env;
  const at = { ...reading, ...(region !== undefined && { region }), ...(endpoint !== undefined && { endpoint }) };
  const client = readOnly(new ResourceGroupsTaggingAPIClient(at));
  const tags = { application: "paramedic", stage } satisfies Record<string, Tag["Value"]>;
  const TagFilters = Object.entries(tags).map(([Key, value]) => ({ Key, Values: [value] }));
  const found: string[] = [];
  for await (const { ResourceTagMappingList = [] } of paginateGetResources({ client }, { TagFilters }))
    found.push(...ResourceTagMappingList.flatMap(({ ResourceARN }) => ResourceARN ?? []));
  return found.sort();
}

const list = (arns: readonly string[]): string =>
  arns.length === 0 ? "Nothing carries the tags of the stack." : arns.join("\n");

function report(made: readonly Made[]): string {
  const kept = made.filter(({ staysBehind }) => staysBehind);
  const lines = made.map(
    ({ type, name, staysBehind }) => `${type.padEnd(34)} ${name}${staysBehind ? "  (stays when the stack goes)" : ""}`,
  );
  return `${lines.join("\n")}\n\n${made.length} resources, ${kept.length} of which stay when the stack goes\n`;
}
