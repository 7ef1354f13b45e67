import { readMetricStream } from "../../src/signals/metric-stream.ts";
import { readSignal } from "../../src/signals/read-signal.ts";
import { type Anomaly, type Samples, type Series, type Signal, seriesKey } from "../../src/signals/signal.ts";
import type { Answer, Bot } from "./bot.ts";
import type { Findings } from "./findings.ts";
import type { Piece } from "./read-file.ts";
import type { Fault } from "./wrong-file.ts";

/** What a feed goes from and to. */
export interface Feed {
  readonly file: string;
  readonly bot: Bot;
  readonly findings: Findings;
  /** What a series in a file of points measures, by what its values are multiplied, and how it is called if not so. */
  readonly series: (name: string) => { readonly series: Series; readonly times: number; readonly label?: string };
  /** Is told of each place that could not be used. */
  readonly tell: (fault: Fault) => void;
}

/** Gives one piece of a file to the bot, and notes what came of it. */
export async function feed(into: Feed, piece: Piece): Promise<void> {
  const { file, findings } = into;
  switch (piece.kind) {
    case "unreadable":
      findings.events += 1;
      return refuse(into, piece.fault);
    case "late":
      findings.events += 1;
      findings.late += 1;
      return piece.fault && into.tell(piece.fault);
    case "event":
      findings.events += 1;
      return await hear(into, readSignal(piece.value), piece);
    case "stream":
      findings.events += piece.objects.length;
      return await stream(into, piece.objects);
    case "points": {
      const { series, times, label } = into.series(piece.series);
      const points = piece.points.map(({ at, value }) => ({ series, at, value: value * times }));
      const at = points.at(-1)?.at ?? 0;
      findings.events += points.length;
      findings.signals += points.length;
      // A file of points names no account.
      const samples: Samples = { kind: "samples", eventId: file, at, account: "", region: "", points, rejected: [] };
      return await score(into, samples, label);
    }
  }
}

/** What documentation has where an event has its own: `yyyy-mm-ddThh:mm:ssZ`, `<account>`, `{{blocked-reason}}`. */
const placeholder = /"[^"]*(yyyy-mm-dd|<[\w -]+>|\{\{)[^"]*"/i;

async function hear(into: Feed, signal: Signal, { line, value }: { line: number; value: unknown }): Promise<void> {
  const { file, findings, bot } = into;
  if (signal.kind === "unknown") {
    const what = `${signal.detailType} (${signal.source})`;
    findings.unknown.set(what, (findings.unknown.get(what) ?? 0) + 1);
    return;
  }
  if (signal.kind === "unreadable") {
    const [template] = placeholder.exec(JSON.stringify(value)) ?? [];
    const kept = "The bot would keep it, count it and tell; nothing would be done.";
    const wayOut = template ? `A template, it seems: put real values in the place of ${template}.` : kept;
    return refuse(into, { file, line, what: signal.why, wayOut });
  }
  if (signal.kind === "samples") {
    findings.signals += 1;
    for (const { index, why } of signal.rejected) {
      refuse(into, { file, line, what: `point ${index}: ${why}`, wayOut: "The other points of the event are used." });
    }
    return await score(into, signal);
  }
  // Only the detector makes anomalies; no event can claim one.
  if (signal.kind === "anomaly") return;
  findings.signals += 1;
  findings.hear({ file, line, signal, answer: await bot.hear(signal) });
}

/** Objects of one account and region are one record, as a stream sends them. */
async function stream(into: Feed, objects: Extract<Piece, { kind: "stream" }>["objects"]): Promise<void> {
  const from = ({ value }: { value: object }): string =>
    JSON.stringify([Reflect.get(value, "account_id"), Reflect.get(value, "region")]);
  for (const record of Map.groupBy(objects, from).values()) {
    const signal = readMetricStream(record.map(({ value }) => JSON.stringify(value)).join("\n"));
    const wayOut = "The other lines of the stream are used.";
    if (signal.kind === "unreadable") {
      for (const { line } of record) refuse(into, { file: into.file, line, what: signal.why, wayOut });
      continue;
    }
    for (const { index, why } of signal.rejected) {
      refuse(into, { file: into.file, line: record[index]?.line ?? 1, what: why, wayOut });
    }
    into.findings.signals += record.length - signal.rejected.length;
    await score(into, signal);
  }
}

async function score({ bot, findings }: Feed, samples: Samples, label?: string): Promise<void> {
  // What the bot heard says more than the score alone: what the other signals of the service say.
  const heard = new Map<string, { anomaly: Anomaly; answer: Answer }>();
  const nameOf = ({ series, at }: Pick<Anomaly, "series" | "at">): string => `${seriesKey(series)} ${at}`;
  const scored = await bot.score(samples, (anomaly, answer) => void heard.set(nameOf(anomaly), { anomaly, answer }));
  for (const one of scored) {
    const series = label ?? inWords(one.sample.series);
    findings.saw(series, one);
    const { sample, verdict } = one;
    const found = one.anomaly && heard.get(nameOf(sample));
    if (found && verdict.kind === "scored") findings.anomalies.push({ series, ...found, score: verdict.score });
  }
}

function refuse({ findings, tell }: Feed, fault: Fault): void {
  findings.unreadable += 1;
  tell(fault);
}

/** `Paramedic LatencyMs Average, Service=chat`. */
export function inWords({ namespace, name, dimensions, stat }: Series): string {
  const which = Object.entries(dimensions).map(([key, value]) => `${key}=${value}`);
  return [[namespace, name, stat].filter((word) => word !== undefined && word !== "").join(" "), ...which].join(", ");
}
