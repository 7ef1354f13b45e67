import { basename } from "node:path";
import type { BotError } from "../../src/bot-error.ts";
import type { Settings } from "../../src/settings.ts";
import type { Series } from "../../src/signals/signal.ts";
import { readArguments, wrongUse as wrongUseOf } from "../arguments.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { deployed, type Deployed } from "../deployed.ts";
import { createBot } from "./bot.ts";
import { feed } from "./feed.ts";
import { Findings } from "./findings.ts";
import { readFile } from "./read-file.ts";
import { paintOf, report } from "./report.ts";
import { readTime } from "./time.ts";
import { toJson } from "./told.ts";
import { type Fault, faultOf, inWords } from "./wrong-file.ts";

const help = `paramedic replay: says what the bot would see, think and do about a file, and does none of it

Usage
  paramedic replay FILE… [--service NAME [--unit s|ms]] [--now TIME]
                         [--config FILE] [--runbooks PATH] [--json]

FILE is one of these, packed by gzip or not, or - for standard input
  an AWS event as JSON, an array of events, or events on a line each
  objects of a CloudWatch metric stream, on a line each
  a series as CSV "timestamp,value": ISO 8601, "YYYY-MM-DD HH:MM:SS" in UTC, epoch seconds or milliseconds
  a series as "aws cloudwatch get-metric-data" prints it

Options
  --service NAME  the series is the latency of this service of paramedic.config.ts, so that runbooks can answer
  --unit s|ms     what the values of that series are in; ms by default
  --now TIME      everything reaches the bot at this time, so that what has a deadline may be too late
  --config FILE   settings to use in the place of paramedic.config.ts
  --runbooks PATH a list of runbooks, or a folder with one, to use in the place of runbooks/index.ts
  --json          one JSON object on standard output

Examples
  paramedic replay spot-warning.json
  paramedic replay latency.csv --service chat --json
  aws cloudwatch get-metric-data … | paramedic replay - --service chat --unit s

Exit codes
  0  read, also if the bot knows nothing to do about it; a broken line among good ones is told and passed over
  1  a bug
  2  wrong use, or a file that cannot be read: what, where and the way out are on standard error
`;

const options = {
  service: { type: "string" },
  unit: { type: "string" },
  now: { type: "string" },
  config: { type: "string" },
  runbooks: { type: "string" },
  json: { type: "boolean" },
} as const;

/** How often progress is told: often enough to see that it moves. */
const progressEvery = 100_000;
/** So many places that could not be used are told one by one; the rest is counted. */
const toldMax = 10;

/** Replays files of events and metrics against the bot. Wrong files are told, and the others replayed all the same. */
export async function replay(args: readonly string[], io: Io, given?: Deployed): Promise<Exit> {
  const { values, positionals: files } = readArguments("replay", options, args);
  if (values.help) {
    io.out(help);
    return exits.ok;
  }
  if (files.length === 0) throw wrongUse("name a file");
  const { settings, runbooks } = given ?? (await deployed(values));
  const now = values.now === undefined ? undefined : readTime(values.now);
  if (values.now !== undefined && now === undefined) throw wrongUse(`--now ${values.now} is not a time`);
  const seriesOf = readSeriesOptions(values, settings);

  const findings = new Findings();
  const bot = createBot({ settings, runbooks, ...(now !== undefined && { now }) });
  let told = 0;
  const tell = (fault: Fault): void => {
    findings.fault(fault);
    told += 1;
    if (told <= toldMax) io.err(`${inWords(fault)}\n`);
  };

  let wrong = 0;
  for (const file of files) {
    const before = findings.read;
    const toldBefore = told;
    try {
      const names = new Set<string>();
      for await (const piece of readFile(file, io)) {
        if (piece.kind === "points") {
          names.add(piece.series);
          if (names.size > 1 && values.service !== undefined) throw severalSeries(file, values.service);
        }
        const steps = Math.floor(findings.events / progressEvery);
        await feed({ file, bot, findings, series: seriesOf, tell }, piece);
        if (Math.floor(findings.events / progressEvery) > steps) {
          io.err(`${file}: ${findings.events.toLocaleString("en-US")} records\n`);
        }
      }
      if (findings.read > before) {
        findings.files.push(file);
        continue;
      }
      wrong += 1;
      const wayOut = "Give events as JSON, one or many, or a series as CSV.";
      if (told === toldBefore) tell({ file, what: "there is nothing in it", wayOut });
    } catch (error) {
      const fault = faultOf(error);
      if (!fault) throw error;
      findings.fault(fault);
      io.err(`${inWords(fault)}\n`);
      wrong += 1;
    }
  }
  if (told > toldMax)
    io.err(`and more places like these: ${(told - toldMax).toLocaleString("en-US")}; --json lists them\n`);

  const stories = await bot.stories();
  if (values.json) io.out(`${JSON.stringify(toJson(findings, stories), null, 2)}\n`);
  else if (findings.files.length > 0) io.out(report(findings, stories, settings, paintOf(io.colours)));
  if (findings.series.size > 0 && values.service === undefined && findings.anomalies.length > 0)
    io.err(wayToConnect(settings));
  return wrong > 0 ? exits.wrong : exits.ok;
}

function readSeriesOptions({ service, unit }: { service?: string; unit?: string }, { services }: Settings) {
  if (unit !== undefined && unit !== "s" && unit !== "ms") throw wrongUse(`--unit ${unit}: it is s or ms`);
  if (unit !== undefined && service === undefined) throw wrongUse("--unit is about the series of a --service");
  const found = services.find(({ name }) => name === service);
  if (service !== undefined && !found) {
    const names = services.map(({ name }) => name).join(", ") || "none";
    throw wrongUse(`--service ${service}: paramedic.config.ts has ${names}`);
  }
  // Settings have latencies in milliseconds.
  const times = unit === "s" ? 1_000 : 1;
  return (name: string): { series: Series; times: number; label?: string } =>
    found
      ? { series: found.latency, times }
      : // The whole name tells series apart; people, and the detector, are told the last part of it.
        { series: { namespace: name, name: basename(name), dimensions: {} }, times, label: name };
}

const wrongUse = (what: string): BotError => wrongUseOf("replay", what);

const severalSeries = (file: string, service: string): BotError =>
  wrongUse(`${file} has several series, and --service ${service} is one: ask get-metric-data for that metric alone`);

function wayToConnect({ services }: Settings): string {
  const names = services.map(({ name }) => `--service ${name}`).join(" or ");
  return (
    `The series belongs to no service, so no runbook answers to its anomalies.\n` +
    `  ${names === "" ? "Add a service to services[] in paramedic.config.ts" : `Say ${names}`} if it is that service's latency; ` +
    `the bot itself knows it by services[].latency { namespace, name, dimensions, stat } in paramedic.config.ts.\n`
  );
}
