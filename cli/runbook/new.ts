import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BotError } from "../../src/bot-error.ts";
import { readSignal } from "../../src/signals/read-signal.ts";
import { readArguments, wrongUse } from "../arguments.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { deployed, type Deployed } from "../deployed.ts";
import { findCheckout } from "./checkout.ts";
import { answers, exampleEvent } from "./example-event.ts";
import { addToList } from "./list-file.ts";
import { toExport } from "./name.ts";
import { readEvent } from "./read-event.ts";
import { runbookText, testText } from "./templates.ts";
import { type KnownTrigger, triggersOf } from "./triggers.ts";

const options = { trigger: { type: "string" }, event: { type: "string" }, json: { type: "boolean" } } as const;
const usual = "latency-high";
const list = "runbooks/index.ts";

/** Where it is run, and what is deployed there. A test gives its own. */
export interface Place extends Partial<Deployed> {
  readonly folder?: string;
}

/** Writes a runbook that does nothing yet, its event and its test, and adds it to the list. */
export async function newRunbook(args: readonly string[], io: Io, place: Place = {}): Promise<Exit> {
  const { values, positionals } = readArguments("runbook", options, args);
  const [id, ...more] = positionals;
  if (id === undefined) throw wrongUse("runbook", "new: name the runbook, such as cool-down");
  if (more.length > 0) throw wrongUse("runbook", `new: one name at a time, and "${more.join(" ")}" is left over`);

  const name = toExport(id);
  const checkout = findCheckout(place.folder ?? process.cwd());
  const { settings, runbooks } = { ...(await deployed()), ...place };
  const given = values.event === undefined ? undefined : await readEvent(values.event, io);
  const on = chooseTrigger(await triggersOf(checkout), values.trigger, given, settings);
  const event = given?.event ?? exampleEvent(checkout, on, settings);

  const draft = { id, name, on };
  const files = [
    [`runbooks/${id}.ts`, runbookText(draft), "the runbook: it says what it sees, and does nothing yet"],
    [`test/fixtures/runbooks/${id}.json`, `${JSON.stringify(event, null, 2)}\n`, "an event that it answers to"],
    [`test/scenario/${id}.test.ts`, testText(draft), "its test, from that event to the outcome"],
  ] as const;
  const standing = files.map(([path]) => path).filter((path) => existsSync(join(checkout, path)));
  if (standing.length > 0 || runbooks.some((runbook) => runbook.id === id)) {
    const what = standing.length > 0 ? `${standing.join(" and ")} is there already` : "a runbook is called that";
    throw new BotError("bad_input", `${id}: ${what}, and nothing was written.\n  Choose another name.`);
  }
  const listed = addToList(readFileSync(join(checkout, list), "utf8"), { file: `${id}.ts`, name });

  for (const [path, text] of files) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), text, { flag: "wx" });
  }
  writeFileSync(join(checkout, list), listed);
  const first = runbooks.find(({ definition }) => definition.on.some((trigger) => trigger.id === on.trigger.id));
  if (values.json) {
    const wrote = [...files.map(([path]) => path), list];
    io.out(`${JSON.stringify({ runbook: id, wrote, shadowedBy: first?.id ?? null }, null, 2)}\n`);
    return exits.ok;
  }
  io.out(told(id, [...files.map(([path, , what]) => [path, what] as const), [list, "it is in the list"]]));
  if (first) io.out(shadowed(id, on, first.id));
  return exits.ok;
}

function chooseTrigger(
  known: readonly KnownTrigger[],
  asked: string | undefined,
  given: { readonly file: string; readonly event: unknown } | undefined,
  { services }: Deployed["settings"],
): KnownTrigger {
  const named = known.find(({ trigger }) => trigger.id === (asked ?? usual));
  const ids = known.map(({ trigger }) => trigger.id).join(", ");
  if (asked !== undefined && !named) throw wrongUse("runbook", `new: there is no trigger ${asked}. There is: ${ids}`);
  if (!given) {
    if (named) return named;
    throw wrongUse("runbook", `new: say with --trigger what it answers to. There is: ${ids}`);
  }
  const signal = readSignal(given.event);
  const among = asked === undefined ? known : known.filter((one) => one === named);
  const matching = among.find(({ trigger }) => answers(trigger, signal, services));
  if (matching) return matching;
  const read = signal.kind === "unreadable" ? `unreadable (${signal.why})` : signal.kind;
  throw new BotError(
    "bad_input",
    `${given.file}: it was read as ${read}, and ${asked ?? "no trigger"} ${asked ? "does not answer" : "answers"} to it.\n` +
      `  There is: ${ids}. Each is a few lines in src/runbook/triggers; write the one that is missing.`,
  );
}

function told(id: string, files: readonly (readonly [path: string, what: string])[]): string {
  const width = Math.max(...files.map(([path]) => path.length));
  return `Wrote
${files.map(([path, what]) => `  ${path.padEnd(width)}  ${what}`).join("\n")}

Next
  run its test           npx vitest run test/scenario/${id}.test.ts
  ask what it would do   npx paramedic plan ${id} --event test/fixtures/runbooks/${id}.json
  let it do something    docs/writing-a-runbook.md goes on from here

Once deployed it observes, until autonomy in paramedic.config.ts lets it do more.
`;
}

const shadowed = (id: string, { trigger }: KnownTrigger, first: string): string => `
${first} answers to ${trigger.id} too and is before it in ${list}: the first that matches is the one that runs.
  Put ${id} before it, take ${first} out, or let ${id} answer to less, with a trigger of its own.
`;
