import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { BotError } from "../src/bot-error.ts";
import { toHtml } from "./remediation/report.ts";
import type { Scenario, Trial } from "./remediation/scenario.ts";
import { scenarios } from "./remediation/scenarios/index.ts";
import { type Summary, summarise } from "./remediation/summary.ts";
import { toText } from "./remediation/text.ts";
import { openTraces } from "./remediation/traces.ts";

/**
 * `npm run bench:remediation -- --traces DIR [--scenario S1] [--seeds 20] [--report FILE] [--json]`
 *
 * What the bot is worth: its real handlers through scenarios on recorded traces, beside what users have today and the physical limit.
 * The same seed is the same world for every controller. Tables go to standard error, and with `--json` one object to standard output.
 */
const help = `npm run bench:remediation -- --traces DIR [--scenario S1] [--seeds 20] [--report FILE] [--json]
  --traces DIR   recorded traces, in the layout of docs/benchmark.md
  --scenario S1  this one alone, or several: S1,S10
  --seeds 20     worlds of each
  --report FILE  a page with tables and plots
  --json         one object on standard output
scenarios:
${scenarios.map(({ id, title }) => `  ${id.padEnd(4)} ${title}`).join("\n")}`;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

interface Asked {
  readonly traces: string;
  readonly chosen: readonly Scenario[];
  readonly seeds: number;
  readonly report?: string;
  readonly json: boolean;
}

/** @throws BotError `bad_setting` for what cannot be used. */
function readArguments(): Asked | "help" {
  const options = {
    traces: { type: "string" },
    scenario: { type: "string" },
    seeds: { type: "string", default: "20" },
    report: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  const bad = (what: string, cause?: unknown) =>
    new BotError("bad_setting", `starting the benchmark: ${what}`, { cause });
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error), error);
  }
  if (values.help) return "help";
  if (!values.traces) throw bad("--traces names the folder of the recorded traces");
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 1) throw bad(`--seeds is a whole number from 1, not ${values.seeds}`);
  const wanted = values.scenario?.split(",") ?? scenarios.map(({ id }) => id);
  const chosen = wanted.map((id) => {
    const found = scenarios.find((scenario) => scenario.id === id.trim().toUpperCase());
    if (!found) throw bad(`there is no scenario ${id}; there are ${scenarios.map((one) => one.id).join(", ")}`);
    return found;
  });
  return { traces: values.traces, chosen, seeds, json: values.json, ...(values.report && { report: values.report }) };
}

async function run(scenario: Scenario, traces: string, seeds: number): Promise<Summary> {
  const { id, title } = scenario;
  const worlds = scenario.open(openTraces(traces));
  const count = worlds.count ?? seeds;
  const trials: Trial[] = [];
  for (let seed = 1; seed <= count; seed++) {
    const began = performance.now();
    trials.push(await worlds.run(seed));
    say(`${id} ${title}: world ${seed} of ${count}, ${Math.round((performance.now() - began) / 100) / 10} s`);
  }
  return { ...summarise(scenario, trials), ...(worlds.note !== undefined && { note: worlds.note }) };
}

try {
  const asked = readArguments();
  if (asked === "help") {
    say(help);
  } else {
    const summaries: Summary[] = [];
    for (const scenario of asked.chosen) {
      const summary = await run(scenario, asked.traces, asked.seeds);
      summaries.push(summary);
      say(toText(summary));
    }
    if (asked.report !== undefined) {
      writeFileSync(asked.report, toHtml(asked.chosen, summaries));
      say(`report written to ${asked.report}`);
    }
    // A timeline is for eyes.
    const scenarios = summaries.map((summary) => ({ ...summary, timeline: undefined }));
    if (asked.json) process.stdout.write(`${JSON.stringify({ scenarios })}\n`);
  }
} catch (error) {
  if (!(error instanceof BotError)) throw error;
  say(error.message);
  if (error.code === "bad_setting") say(help);
  process.exitCode = 2;
}
