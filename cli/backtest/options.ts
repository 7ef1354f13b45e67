import { toMs } from "../../src/clock.ts";
import { readDuration } from "../../src/read-duration.ts";
import type { ServiceSettings, Settings } from "../../src/settings.ts";
import { wrongUse as wrongUseOf } from "../arguments.ts";
import type { Io } from "../command.ts";
import { deployed } from "../deployed.ts";
import { readTime } from "../replay/time.ts";
import { metricsOf, openCloudWatch, periodAt, readMetric } from "./account.ts";
import type { Deed } from "./deed.ts";
import { readPeople } from "./people.ts";
import { filesIn, fileSource, looseSeries, type SeriesOf, type Source } from "./source.ts";

export const options = {
  against: { type: "string" },
  "against-config": { type: "string" },
  "against-runbooks": { type: "string" },
  config: { type: "string" },
  runbooks: { type: "string" },
  series: { type: "string", multiple: true },
  unit: { type: "string" },
  service: { type: "string", multiple: true },
  from: { type: "string" },
  to: { type: "string" },
  people: { type: "string", multiple: true },
  within: { type: "string", default: "1h" },
  "fail-on": { type: "string" },
  report: { type: "string" },
  json: { type: "boolean" },
} as const;

interface Values {
  readonly config?: string;
  readonly series?: readonly string[];
  readonly unit?: string;
  readonly service?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly people?: readonly string[];
  readonly within: string;
  readonly "fail-on"?: string;
}

/** What is to be replayed, and what is asked about it. */
export interface Asked {
  readonly sources: readonly Source[];
  readonly people?: readonly Deed[];
  readonly withinMs: number;
  readonly failOn?: "any" | "more";
  /** Series that are of no service: filled while the history is read. */
  readonly loose: ReadonlySet<string>;
}

const wrongUse = (what: string) => wrongUseOf("backtest", what);

/**
 * Reads what was typed, and the account if it was named.
 *
 * @throws BotError `bad_input` for what cannot be used; the SDK's error when the account cannot be read.
 */
export async function readOptions(
  values: Values,
  paths: readonly string[],
  env: NodeJS.ProcessEnv,
  io: Pick<Io, "err">,
): Promise<Asked> {
  const failOn = values["fail-on"];
  if (failOn !== undefined && failOn !== "any" && failOn !== "more")
    throw wrongUse(`--fail-on ${failOn}: it is any or more`);
  const within = readDuration(values.within);
  if (!within) throw wrongUse(`--within ${values.within} is no length of time, such as 30m or 2h`);
  if (paths.length === 0 && values.from === undefined) throw wrongUse("name a file, a folder, or a time with --from");
  const { settings } = await deployed(values.config === undefined ? {} : { config: values.config });
  const files = await filesIn(paths);
  const loose = new Set<string>();
  const seriesCalled = seriesOf(values, files, settings, loose);
  const sources = files.map((file) => fileSource(file, seriesCalled));
  const people = values.people && (await Promise.all(values.people.map((file) => readPeople(file)))).flat();
  return {
    sources: [...sources, ...(await fromAccount(values, settings, env, io))],
    ...(people && { people }),
    withinMs: toMs(within),
    ...(failOn && { failOn }),
    loose,
  };
}

/** `--series chat=latency.csv`: the series of that file, or of that Id in it, is the latency of the service. */
function seriesOf(
  { series = [], unit }: Values,
  files: readonly string[],
  settings: Settings,
  loose: Set<string>,
): SeriesOf {
  if (unit !== undefined && unit !== "s" && unit !== "ms") throw wrongUse(`--unit ${unit}: it is s or ms`);
  if (unit !== undefined && series.length === 0) throw wrongUse("--unit is about what --series names");
  const named = series.map((said) => {
    const [, name = "", of = ""] = /^([^=]+)=(.+)$/.exec(said) ?? [];
    if (of === "")
      throw wrongUse(`--series ${said}: write SERVICE=FILE, or SERVICE=FILE:ID for one result of get-metric-data`);
    const [, file = of, id] = files.some((one) => isFile(one, of)) ? [] : (/^(.+):([^:]+)$/.exec(of) ?? []);
    if (!files.some((one) => isFile(one, file))) throw wrongUse(`--series ${said}: ${file} is not in the history`);
    return { service: serviceOf(settings, "series", name), file, id };
  });
  return (name) => {
    const found = named.find(({ file, id }) => {
      const [path = "", result] = files.includes(name) ? [name] : splitAfter(name, files);
      return isFile(path, file) && (id === undefined || result?.split(" ")[0] === id);
    });
    if (!found) loose.add(name);
    // Settings have latencies in milliseconds.
    return found
      ? { series: found.service.latency, times: unit === "s" ? 1_000 : 1 }
      : { series: looseSeries(name), times: 1 };
  };
}

const isFile = (path: string, said: string): boolean => path === said || path.endsWith(`/${said}`);

/** A result of get-metric-data is named after its file: `FILE ID LABEL`. */
function splitAfter(name: string, files: readonly string[]): string[] {
  const file = files.find((one) => name.startsWith(`${one} `));
  return file === undefined ? [name] : [file, name.slice(file.length + 1)];
}

function serviceOf({ services }: Settings, option: string, name: string): ServiceSettings {
  const found = services.find((one) => one.name === name);
  if (found) return found;
  throw wrongUse(
    `--${option} ${name}: the settings have ${services.map((one) => one.name).join(", ") || "no service"}`,
  );
}

async function fromAccount(
  values: Values,
  settings: Settings,
  env: NodeJS.ProcessEnv,
  io: Pick<Io, "err">,
): Promise<Source[]> {
  if (values.from === undefined) {
    if (values.to !== undefined || values.service !== undefined)
      throw wrongUse("--to and --service are about what is read from CloudWatch since --from");
    return [];
  }
  const now = Date.now();
  const [from, to] = [readTime(values.from), values.to === undefined ? now : readTime(values.to)];
  if (from === undefined) throw wrongUse(`--from ${values.from} is not a time`);
  if (to === undefined) throw wrongUse(`--to ${values.to} is not a time`);
  if (from >= to) throw wrongUse("--from is not before --to");
  const services = values.service?.map((name) => serviceOf(settings, "service", name)) ?? settings.services;
  const period = periodAt(from, now);
  if (period > 60)
    io.err(
      `backtest: CloudWatch keeps minutes for 15 days; before that it has points of ${period / 60} minutes, and those are read\n`,
    );
  const client = openCloudWatch(env);
  const sources: Source[] = [];
  for (const series of services.flatMap(metricsOf))
    sources.push(await readMetric(client, series, { from, to, period }));
  return sources;
}
