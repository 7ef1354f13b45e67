import { BotError } from "../../src/bot-error.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import { signalInWords } from "../../src/signals/in-words.ts";
import { readSignal } from "../../src/signals/read-signal.ts";
import type { Told } from "../../src/signals/signal.ts";
import { readArguments, wrongUse } from "../arguments.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { deployed, type Deployed } from "../deployed.ts";
import { createBot, type Story } from "../replay/bot.ts";
import { assumeEstate, type Estate } from "../replay/estate.ts";
import { paintOf } from "../replay/report.ts";
import { accountEstate } from "./account-estate.ts";
import { gatesOf } from "./gates.ts";
import { permissionsOf } from "./permissions.ts";
import { planReport, planToJson } from "./plan-report.ts";
import { readEvent } from "./read-event.ts";

const help = `paramedic plan: what one runbook would do about one event, and none of it is done

Usage
  paramedic plan RUNBOOK --event FILE [--json]

FILE holds one AWS event as JSON, or is - for standard input. Other runbooks are not asked, also if they stand before it
in runbooks/index.ts: paramedic replay asks all of them.

Without AWS_ENDPOINT_URL the estate that the event speaks of is assumed and simulated. With it, what it names is looked at
with the credentials of the environment, through clients that cannot change anything.

Options
  --event FILE  what happened
  --json        one JSON object on standard output

Examples
  paramedic plan degrade --event alarm.json
  AWS_ENDPOINT_URL=http://localhost:4566 paramedic plan degrade --event alarm.json

Exit codes
  0  said, also if nothing would be done
  1  a bug
  2  wrong use, a file that cannot be read, or an event that the runbook does not answer to
`;

const options = { event: { type: "string" }, json: { type: "boolean" } } as const;

/** Dry-runs one runbook on one event: its plan, the gates before it, and the permissions it needs. */
export async function plan(
  args: readonly string[],
  io: Io,
  given?: Deployed,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Exit> {
  const { values, positionals } = readArguments("plan", options, args);
  if (values.help) {
    io.out(help);
    return exits.ok;
  }
  const [id, ...more] = positionals;
  if (id === undefined) throw wrongUse("plan", "name a runbook");
  if (more.length > 0) throw wrongUse("plan", `one runbook at a time, and "${more.join(" ")}" is left over`);
  if (values.event === undefined) throw wrongUse("plan", "say with --event what happened");
  const { settings, runbooks } = given ?? (await deployed());
  const runbook = runbooks.find((one) => one.id === id);
  if (!runbook) {
    const ids = runbooks.map((one) => one.id).join(", ");
    throw wrongUse("plan", `there is no runbook ${id}. There is: ${ids}`);
  }

  const { story, estate } = await rehearse(runbook, await readTold(values.event, io), settings, env);
  const gates = await gatesOf(runbook, story, estate, settings);
  const found = { runbook, story, gates, permissions: permissionsOf(runbook, story.plan) };
  io.out(
    values.json ? `${JSON.stringify(planToJson(found), null, 2)}\n` : planReport(found, settings, paintOf(io.colours)),
  );
  return exits.ok;
}

/** The event as the bot reads it. */
async function readTold(file: string, io: Io): Promise<{ file: string; signal: Told }> {
  const signal = readSignal((await readEvent(file, io)).event);
  if (signal.kind === "unreadable") throw notForIt(file, `it is not as AWS sends it: ${signal.why}`);
  if (signal.kind === "unknown") throw notForIt(file, "the bot has no reader for such an event");
  if (signal.kind === "samples" || signal.kind === "anomaly")
    throw notForIt(file, "these are measurements; paramedic replay judges them");
  return { file, signal };
}

async function rehearse(
  runbook: Runbook,
  { file, signal }: { file: string; signal: Told },
  settings: Deployed["settings"],
  env: NodeJS.ProcessEnv,
): Promise<{ story: Story; estate: Estate }> {
  let estate: Estate | undefined;
  const bot = createBot({
    settings,
    runbooks: [runbook],
    estateOf: async (incident, ...rest) => {
      estate = env["AWS_ENDPOINT_URL"] ? await accountEstate(env, settings) : await assumeEstate(incident, ...rest);
      return estate;
    },
  });
  const answer = await bot.hear(signal);
  const [story] = await bot.stories();
  if (answer.kind === "incident" && story && estate) return { story, estate };
  const why = answer.kind === "incident" ? "nothing came of it" : answer.why;
  const triggers = runbook.definition.on.map((trigger) => trigger.id).join(", ");
  throw notForIt(file, `${signalInWords(signal)}: ${why}. ${runbook.id} answers to ${triggers}`);
}

const notForIt = (file: string, why: string): BotError => new BotError("bad_input", `${file}: ${why}.`);
