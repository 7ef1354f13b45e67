import { readArguments, wrongUse } from "../arguments.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { deployed } from "../deployed.ts";
import type { Settings } from "../../src/settings.ts";
import { type Paint, paintOf } from "../replay/report.ts";
import { openAccount } from "./account.ts";
import { examine, type Found, isUnreachable } from "./examine.ts";

const help = `paramedic doctor: says what is missing in the account, before an incident does

Usage
  paramedic doctor [--stage NAME] [--json]

It looks with the credentials and the region of the environment, at the account or at whatever AWS_ENDPOINT_URL names, and
changes nothing. What should be there is read from paramedic.config.ts.

Options
  --stage NAME  the installation to look for; dev by default
  --json        one JSON object on standard output

Examples
  AWS_PROFILE=prod paramedic doctor --stage prod
  paramedic doctor --json > findings.json

Exit codes
  0  nothing is missing; there may be advice, and things that could not be looked at
  1  a bug
  2  wrong use, or paramedic.config.ts cannot be used
  3  something is missing: what, and the way out, are in the answer
  4  the account cannot be reached, or the credentials are not taken
`;

/** What the command looks with; a test gives its own. */
export interface Parts {
  readonly settings: Settings;
  readonly env: NodeJS.ProcessEnv;
}

/** Examines the account and tells what is missing, with the way out of each. */
export async function doctor(args: readonly string[], io: Io, given?: Parts): Promise<Exit> {
  const { values, positionals } = readArguments(
    "doctor",
    { stage: { type: "string", default: "dev" }, json: { type: "boolean", default: false } },
    args,
  );
  if (values.help) {
    io.out(help);
    return exits.ok;
  }
  if (positionals.length > 0) throw wrongUse("doctor", `${positionals[0]} is no option`);
  const { settings, env } = given ?? { settings: (await deployed()).settings, env: process.env };
  const account = await openAccount(env, settings, values.stage);
  let found: Found[];
  try {
    found = await examine(account);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    const where = env["AWS_ENDPOINT_URL"] ?? "the account";
    io.err(
      `doctor: ${where} cannot be reached: ${String(error)}\n` +
        `  Set AWS_REGION and credentials (AWS_PROFILE, or aws sso login), or AWS_ENDPOINT_URL for another endpoint.\n`,
    );
    return exits.unreachable;
  }
  io.out(
    values.json
      ? `${JSON.stringify({ stage: values.stage, findings: found }, null, 2)}\n`
      : report(found, paintOf(io.colours)),
  );
  return found.some(({ state }) => state === "missing") ? exits.missing : exits.ok;
}

const colours = { missing: "red", advice: "yellow", unknown: "yellow", fine: "green" } as const;
const marks = { missing: "✗", advice: "·", unknown: "?", fine: "✓" } as const;

/** What is missing first; what is fine is one line a check. */
function report(found: readonly Found[], paint: Paint): string {
  const count = (state: Found["state"]) => found.filter((one) => one.state === state).length;
  const lines = (["missing", "unknown", "advice", "fine"] as const).flatMap((state) =>
    found
      .filter((one) => one.state === state)
      .map(({ check, about, says, wayOut }) =>
        [
          `${paint(colours[state], marks[state])} ${check}: ${about}: ${says}`,
          ...(wayOut === undefined ? [] : [`    ${wayOut}`]),
        ].join("\n"),
      ),
  );
  const sum = `${count("missing")} missing, ${count("advice")} to think about, ${count("unknown")} not looked at, ${count("fine")} fine`;
  return `${lines.join("\n")}\n\n${sum}\n`;
}
