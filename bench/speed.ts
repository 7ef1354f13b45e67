import { parseArgs } from "node:util";
import { type FirstAction, measureFirstAction } from "./speed/first-action.ts";
import { type FirstClick, measureFirstClick } from "./speed/first-click.ts";
import { type FunctionSpeed, measureFunctions } from "./speed/functions.ts";
import { type Intake, measureIntake } from "./speed/intake.ts";

/**
 * How quick the bot itself is, where AWS answers at once.
 *
 * `firstAction` is the wall time from the event, as text, to the moment at which the simulated AWS gets the first call that
 * changes something: reading, correlating, starting the execution, looking, planning, gates, limits, locks, journal.
 * In it are the SDK's clients down to their request handlers, the simulated AWS itself, the durable SDK, and the
 * checkpoints in the local service's SQLite, in memory. Not in it are the network, signing, cold starts, and Lambda's
 * queue before an asynchronous invocation. On AWS, `roundTrips` calls one after the other come on top, each a few
 * milliseconds: that number is what matters there.
 */
interface Speed {
  readonly firstAction: FirstAction;
  readonly functions: readonly FunctionSpeed[];
  readonly firstClick: FirstClick;
  readonly intake: Intake;
}

const help = `npm run bench:speed -- [--json] [--runs 200] [--imports 9] [--seconds 3] [--only FUNCTION]
  --runs     interruptions measured to their first action
  --imports  new processes for each bundle
  --seconds  of taking events in
  --only     bundles this function alone`;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

function table({ firstAction, functions, firstClick, intake }: Speed): string {
  const { p50Ms, p99Ms, bareP50Ms, dynalite, runs, roundTrips, calls, path } = firstAction;
  const row = (...cells: (string | number)[]) =>
    cells.map((cell, index) => (index === 0 ? String(cell).padEnd(26) : String(cell).padStart(12))).join("");
  const places = Object.entries(calls).map(([place, count]) => `${count} ${place}`);
  return [
    "",
    `From an interruption to the first action: the bot's own time, ${runs} interruptions. AWS answers at once; checkpoints`,
    "go to SQLite in memory. No network, no signing, no cold start, none of Lambda's queueing.",
    row("", "p50 ms", "p99 ms"),
    row("table in memory", p50Ms, p99Ms),
    row("table in dynalite", dynalite.p50Ms, dynalite.p99Ms),
    row("only reading the event", bareP50Ms, ""),
    `On AWS ${roundTrips} round trips come on top, one after the other (${places.join(", ")} calls):`,
    ...path.map((wave, index) => `${String(index + 1).padStart(4)}  ${wave.join("  +  ")}`),
    "",
    row("function", "kB", "import ms", "empty ms", "whole kB", "import ms"),
    ...functions.map(({ name, kB, importMs, emptyImportMs, whole }) =>
      row(name, kB, importMs, emptyImportMs, whole.kB, whole.importMs),
    ),
    "`empty` imports the same clients of the AWS SDK and nothing else; `whole` has the AWS SDK in the bundle.",
    "",
    `A click that meets slack cold is answered ${firstClick.p50Ms} ms after its import begins (median of ${firstClick.clicks}; at most ${firstClick.maxMs}). Slack waits 3,000.`,
    `Intake: ${intake.eventsPerSecond} events a second in one process (alarms and batches of ${intake.pointsPerEvent} samples in turn).`,
  ].join("\n");
}

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    runs: { type: "string", default: "200" },
    imports: { type: "string", default: "9" },
    seconds: { type: "string", default: "3" },
    only: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  say(help);
} else {
  say(`measuring ${values.runs} interruptions to their first action`);
  const firstAction = await measureFirstAction({ runs: Number(values.runs) });
  say(`taking events in for ${values.seconds} s`);
  const intake = await measureIntake({ seconds: Number(values.seconds) });
  say(`importing each function in ${values.imports} new processes`);
  const functions = await measureFunctions({
    imports: Number(values.imports),
    ...(values.only !== undefined && { names: [values.only] }),
  });
  say("clicking on the Slack function while it is cold");
  const firstClick = await measureFirstClick({ clicks: Number(values.imports) });
  const speed: Speed = { firstAction, functions, firstClick, intake };
  say(table(speed));
  if (values.json) process.stdout.write(`${JSON.stringify(speed)}\n`);
}
