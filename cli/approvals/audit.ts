import { readFile } from "node:fs/promises";
import { BotError } from "../../src/bot-error.ts";
import { botStory } from "../../src/engine/halting.ts";
import type { World } from "../../src/engine/world.ts";
import { brokenLine, line, type Line } from "../../src/incidents/story.ts";
import { wrongUse } from "../arguments.ts";
import { type Exit, exits } from "../command.ts";
import type { Asked, BotCommand } from "./bot.ts";

/** So far back: more incidents than an account has in years. */
const incidentsMax = 100_000;

/** Checks and hands over what was told: who did what, when and why. */
export const audit: BotCommand = {
  name: "audit",
  help: `paramedic audit: the record of who did what, when and why

Usage
  paramedic audit verify [--against FILE] [--stage NAME] [--json]
  paramedic audit export [--stage NAME]

Every story is a chain: each line holds the hash of the one before, so that no line can be changed or taken out in silence.
That the end of a story was cut off, no chain can tell: --against compares with an earlier export, all of whose lines must
still be there. Keep exports where the bot cannot write.

Examples
  paramedic audit export > audit-2026-03.jsonl
  paramedic audit verify --against audit-2026-03.jsonl
`,
  async run(asked) {
    const [verb, ...rest] = asked.words;
    if (rest.length > 0 || (verb !== "verify" && verb !== "export")) throw wrongUse("audit", "say verify or export");
    return verb === "verify" ? await verify(asked) : await handOver(asked);
  },
};

/** Every story there is, the bot's own first, one after the other: they may be many. */
async function* storiesOf({ incidents, stories }: World): AsyncGenerator<{ of: string; lines: Line[] }> {
  const ids = (await incidents.recent(incidentsMax)).map(({ id }) => id);
  for (const of of [botStory, ...ids]) yield { of, lines: await stories.read(of) };
}

async function handOver({ world, io }: Asked): Promise<Exit> {
  for await (const { lines } of storiesOf(world)) for (const told of lines) io.out(`${JSON.stringify(told)}\n`);
  return exits.ok;
}

async function verify({ world, io, json, against }: Asked): Promise<Exit> {
  const problems: { story: string; line: number; what: string }[] = [];
  const hashes = new Set<string>();
  let stories = 0;
  for await (const { of, lines } of storiesOf(world)) {
    stories += 1;
    for (const { hash } of lines) hashes.add(hash);
    const broken = brokenLine(lines);
    if (broken) problems.push({ story: of, line: broken.seq, what: "does not fit the line before, or was changed" });
  }
  for (const earlier of against === undefined ? [] : await readExport(against)) {
    if (hashes.has(earlier.hash)) continue;
    problems.push({ story: earlier.incident, line: earlier.seq, what: `is in ${against} and not there any more` });
  }
  if (json) io.out(`${JSON.stringify({ stories, lines: hashes.size, problems }, null, 2)}\n`);
  else {
    for (const { story, line, what } of problems) io.out(`✗ ${story}, line ${line}: ${what}\n`);
    io.out(
      `${hashes.size} lines in ${stories} stories: ${problems.length === 0 ? "all fit" : `${problems.length} do not fit`}\n`,
    );
  }
  return problems.length === 0 ? exits.ok : exits.refused;
}

async function readExport(path: string): Promise<Line[]> {
  try {
    const text = await readFile(path, "utf8");
    return text.split("\n").flatMap((row) => (row.trim() === "" ? [] : [line.parse(JSON.parse(row))]));
  } catch (error) {
    throw new BotError("bad_input", `audit: ${path} cannot be read as an export: ${String(error).slice(0, 200)}`, {
      cause: error,
    });
  }
}
