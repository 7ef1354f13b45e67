import { readMetricStream } from "../../src/signals/metric-stream.ts";
import { readSignal } from "../../src/signals/read-signal.ts";
import type { Samples, Series, Signal } from "../../src/signals/signal.ts";
import type { Bot } from "./bot.ts";
import type { Findings } from "./findings.ts";
import type { Piece } from "./read-file.ts";
import type { Fault } from "./wrong-file.ts";

/** What a feed is between. */
export interface Feed {
  readonly file: string;
  readonly bot: Bot;
  readonly findings: Findings;
  /** What a series in a file of points measures, and by what its values are multiplied. */
  readonly series: (name: string) => { readonly series: Series; readonly times: number };
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
      return into.tell(piece.fault);
    case "event":
      findings.events += 1;
      return await hear(into, readSignal(piece.value), piece.line);
    case "stream":
      findings.events += piece.objects.length;
      return await stream(into, piece.objects);
    case "points": {
      const { series, times } = into.series(piece.series);
      const points = piece.points.map(({ at, value }) => ({ series, at, value: value * times }));
      const at = points.at(-1)?.at ?? 0;
      findings.events += points.length;
      findings.signals += points.length;
      // A file of points names no account; one that is nobody's keeps its baselines apart.
      return await score(into, { kind: "samples", eventId: file, at, account: "", region: "", points, rejected: [] });
    }
  }
}

async function hear(into: Feed, signal: Signal, line: number): Promise<void> {
  const { file, findings, bot } = into;
  switch (signal.kind) {
    case "unknown": {
      const what = `${signal.detailType} (${signal.source})`;
      findings.unknown.set(what, (findings.unknown.get(what) ?? 0) + 1);
      return;
    }
    case "unreadable":
      return refuse(into, { file, line, what: signal.why, wayOut: "The bot would keep it, count it and tell; nothing would be done." });
    case "samples":
      findings.signals += 1;
      for (const { index, why } of signal.rejected) {
        refuse(into, { file, line, what: `point ${index}: ${why}`, wayOut: "The other points of the event are used." });
      }
      return await score(into, signal);
    // Only the detector makes anomalies; no event can claim one.
    case "anomaly":
      return;
    case "spot-interruption":
    case "rebalance":
    case "alarm":
      findings.signals += 1;
      findings.hear({ file, line, signal, answer: await bot.hear(signal) });
  }
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

async function score({ bot, findings }: Feed, samples: Samples): Promise<void> {
  const answers = new Map<number, Parameters<Parameters<Bot["score"]>[1]>>();
  const scored = await bot.score(samples, (...found) => void answers.set(answers.size, found));
  let next = 0;
  for (const one of scored) {
    const name = inWords(one.sample.series);
    findings.saw(name, one);
    if (!one.anomaly || one.verdict.kind !== "scored") continue;
    const [anomaly, answer] = answers.get(next++) ?? [];
    if (anomaly && answer) findings.anomalies.push({ series: name, anomaly, score: one.verdict.score, answer });
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
