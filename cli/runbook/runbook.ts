import { wrongUse } from "../arguments.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { listRunbooks } from "./list.ts";
import { newRunbook, type Place } from "./new.ts";

const help = `paramedic runbook: writes a runbook, and lists those there are

Usage
  paramedic runbook new NAME [--trigger TRIGGER] [--event FILE] [--json]
  paramedic runbook list [--json]

new writes runbooks/NAME.ts, an event it answers to and a test that passes, and adds it to runbooks/index.ts.
It does nothing yet but say what it sees; docs/writing-a-runbook.md goes on from there.

Options
  --trigger TRIGGER  what it answers to; without it, what answers to the event, or latency-high
  --event FILE       an event of yours, as EventBridge delivers it; without it, one that is recorded here
  --json             one JSON object on standard output

Examples
  paramedic runbook new cool-down
  paramedic runbook new move-out --trigger spot-interruption-warning
  paramedic runbook new heal-it --event event.json

Exit codes
  0  done
  1  a bug
  2  wrong use: what and the way out are on standard error, and nothing was written
`;

/** Writes runbooks and lists them. */
export async function runbook(args: readonly string[], io: Io, place?: Place): Promise<Exit> {
  const [what, ...rest] = args;
  if (args.includes("--help") || args.includes("-h")) {
    io.out(help);
    return exits.ok;
  }
  if (what === "new") return await newRunbook(rest, io, place);
  if (what === "list") return await listRunbooks(rest, io);
  throw wrongUse("runbook", what === undefined ? "say new or list" : `"${what}" is neither new nor list`);
}
