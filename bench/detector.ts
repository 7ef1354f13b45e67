import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runAttribution } from "./detector/attribution.ts";
import { runForecast } from "./detector/forecast.ts";
import { checkAgainstOfficial } from "./detector/nab-official.ts";
import { runInjected } from "./detector/injected.ts";
import { readCorpus } from "./detector/nab-corpus.ts";
import { runSeries, score, splitHalves } from "./detector/nab.ts";
import { splitEverything } from "./detector/nab-split.ts";
import { runPetshop } from "./detector/petshop.ts";
import { drawRuns } from "./detector/picture.ts";
import { runQuiet } from "./detector/quiet.ts";
import { robustZ } from "./detector/robust-z.ts";
import { sklearnForest } from "./detector/sklearn.ts";
import { measureSpeed } from "./detector/speed.ts";
import { npmForest, ours, tablesIn, timesAsFast } from "./detector/tabular.ts";

/**
 * `npm run bench:detector -- --nab DIR [--petshop FILE] [--tabular DIR] [--attribution DIR] [--forecast DIR]
 * [--unseen DIR] [--json] [--seeds 5] [--split] [--quiet 100] [--picture FILE]`
 *
 * What the detector is worth, on data of others, beside what others have. Prints tables on standard error, and with `--json` one
 * object on standard output. Takes two to five minutes, with `--split` five more. Without a folder, what needs it is left out.
 */
const help = `npm run bench:detector -- --nab DIR [--petshop FILE] [--tabular DIR] [--attribution DIR] [--forecast DIR] [--unseen DIR]
  --nab          the Numenta Anomaly Benchmark: its folders data, labels, config and results; or other data laid out like it
  --petshop      PetShop incidents, as JSON
  --tabular      ADBench tables, for the forest beside other forests
  --attribution  SMD segments with the metrics that were at fault
  --forecast     traces to forecast
  --unseen       traces to put faults into: views and thresholds were not chosen on them
  --seeds 5      how many seeds are averaged
  --split        chooses everything again on each half of the files, and scores the other half with it
  --quiet 100    metric-weeks without an incident
  --picture FILE an SVG of scores over some series
  --json         one object on standard output`;

const { values } = readArguments();

function readArguments() {
  try {
    const read = parseArgs({
      options: {
        nab: { type: "string" },
        petshop: { type: "string" },
        tabular: { type: "string" },
        attribution: { type: "string" },
        forecast: { type: "string" },
        unseen: { type: "string" },
        picture: { type: "string" },
        json: { type: "boolean", default: false },
        seeds: { type: "string", default: "5" },
        split: { type: "boolean", default: false },
        quiet: { type: "string", default: "100" },
        help: { type: "boolean", default: false },
      },
    });
    if (!read.values.help) return read;
    process.stderr.write(`${help}\n`);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}\n`);
    process.exit(2);
  }
}

const tell = (line: string) => process.stderr.write(`${line}\n`);
const round = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(5)) : value);
const show = (what: string, value: unknown) => tell(`${what.padEnd(28)} ${JSON.stringify(value, round)}`);

const result: Record<string, unknown> = {};
const own: Record<string, unknown> = {};

if (values.nab) {
  const corpus = readCorpus(values.nab);
  // Only NAB itself comes with results of others.
  if (existsSync(join(values.nab, "results"))) {
    const checks = checkAgainstOfficial(values.nab, corpus);
    const worst = Math.max(...checks.map(({ official, ours: found }) => Math.abs(official - found)));
    show("scorer against official", { detectors: checks.length / 3, worstDifference: worst });
    // NAB prints two digits; a scorer that is farther off measures something else.
    if (worst > 0.01) throw new Error(`the scorer differs by ${worst} from NAB's official results`);
    result["scorer"] = checks;
  }

  const runs = Array.from({ length: Number(values.seeds) }, (_, i) => {
    tell(`NAB, seed ${i + 1} of ${values.seeds}`);
    return corpus.map((series) => runSeries(series, i + 1));
  });
  const nab = score(runs, "novel");
  const strict = score(runs, "onset");
  const z = robustZ(corpus);
  show("NAB (novel)", nab);
  show("NAB (onset)", strict);
  show("NAB (rolling robust z)", z);
  const split = values.split ? splitEverything(corpus, Number(values.seeds), tell) : splitHalves(runs);
  show("NAB split halves", split);
  Object.assign(result, { nab: { ...nab, onset: strict, robustZ: z }, split });
  Object.assign(own, measureSpeed(corpus.filter((_, i) => i % 8 === 0)));
  show("speed and state", own);
  if (values.picture) {
    // One of each kind of data, by its place in the list.
    writeFileSync(values.picture, drawRuns(runs[0]!.filter((_, i) => i % 9 === 4)));
    tell(`picture written to ${values.picture}`);
  }
}

if (values.petshop) {
  const file = values.petshop;
  const petshop = { onset: runPetshop(file, "onset", 60), novel: runPetshop(file, "novel", 60) };
  show("PetShop", petshop);
  result["petshop"] = petshop;
}

if (Number(values.quiet) > 0) {
  tell(`quiet weeks: ${values.quiet} metrics`);
  result["quiet"] = runQuiet(Number(values.quiet));
  show("quiet weeks", result["quiet"]);
}

if (values.tabular) {
  const folder = values.tabular;
  const tables = tablesIn(folder);
  // Table by table, one implementation after the other, so that a slow minute of the machine is everybody's.
  const measured = tables.map((table) => {
    const mine = ours(table);
    show(`forest, ${table.name}`, mine);
    const peers = [npmForest(table), sklearnForest(folder, table.name) ?? []].flat().map((peer) => {
      show(`forest, ${table.name}`, peer);
      show("  ours is times as fast", timesAsFast(mine, peer));
      return { ...peer, oursIsTimesAsFast: timesAsFast(mine, peer) };
    });
    return { mine, peers };
  });
  const mine = measured.map(({ mine }) => mine);
  const peers = measured.flatMap(({ peers }) => peers);
  const { fitMs, pointsPerSecond, auc, modelBytes } = mine[0]!;
  result["peers"] = peers;
  result["forests"] = mine;
  Object.assign(own, { fitMs, auc, modelBytes, forestPointsPerSecond: pointsPerSecond });
}

if (values.attribution) {
  result["attribution"] = runAttribution(values.attribution);
  show("attribution", result["attribution"]);
}

if (values.forecast) {
  result["forecast"] = runForecast(values.forecast);
  show("forecast", result["forecast"]);
}

if (values.unseen) {
  result["unseen"] = runInjected(values.unseen);
  show("telemetry never seen", result["unseen"]);
}

if (values.json) process.stdout.write(`${JSON.stringify({ ...result, ours: own })}\n`);
