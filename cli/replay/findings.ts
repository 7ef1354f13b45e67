import type { Abstention } from "../../src/detect/verdict.ts";
import type { Scored } from "../../src/engine/score.ts";
import type { Anomaly, Signal } from "../../src/signals/signal.ts";
import type { Answer } from "./bot.ts";
import { Trace } from "./trace.ts";
import type { Fault } from "./wrong-file.ts";

/** A signal that is not a measurement, and what came of it. */
export interface Heard {
  readonly file: string;
  readonly line: number;
  readonly signal: Exclude<Signal, { kind: "samples" | "anomaly" | "unknown" | "unreadable" }>;
  readonly answer: Answer;
}

/** Where a series left what was expected of it. */
export interface Found {
  readonly series: string;
  readonly anomaly: Anomaly;
  /** The detector's own, 0 to 1. */
  readonly score: number;
  readonly answer: Answer;
}

/** What is known of one series. */
export interface SeriesFindings {
  points: number;
  from: number;
  to: number;
  scored: number;
  /** How many points the detector said nothing about, by reason. */
  readonly abstained: Map<Abstention, number>;
  readonly trace: Trace;
}

/** Lists of single things end here, so that a file of any size gives an answer of bounded size. Counts go on. */
const listMax = 1_000;

/** What a replay has found so far. */
export class Findings {
  readonly files: string[] = [];
  /** Events, objects of a metric stream, and points. */
  events = 0;
  /** Those that the bot has a reader for. */
  signals = 0;
  unreadable = 0;
  late = 0;
  /** Events that no reader is for, by what they are. */
  readonly unknown = new Map<string, number>();
  readonly heard: Heard[] = [];
  readonly faults: Fault[] = [];
  readonly anomalies: Found[] = [];
  readonly series = new Map<string, SeriesFindings>();
  /** How many more there were than the lists hold. */
  readonly more = { heard: 0, faults: 0 };

  /** Records that were what they said they are, with or without a reader. */
  get read(): number {
    return this.signals + [...this.unknown.values()].reduce((sum, times) => sum + times, 0);
  }

  hear(heard: Heard): void {
    if (this.heard.length < listMax) this.heard.push(heard);
    else this.more.heard += 1;
  }

  fault(fault: Fault): void {
    if (this.faults.length < listMax) this.faults.push(fault);
    else this.more.faults += 1;
  }

  saw(name: string, { sample: { at, value }, verdict }: Scored): void {
    const fresh = {
      points: 0,
      from: at,
      to: at,
      scored: 0,
      abstained: new Map<Abstention, number>(),
      trace: new Trace(),
    };
    const series = this.series.get(name) ?? fresh;
    this.series.set(name, series);
    series.points += 1;
    series.from = Math.min(series.from, at);
    series.to = Math.max(series.to, at);
    series.trace.add(value, verdict.kind === "scored" && verdict.onset);
    if (verdict.kind === "scored") series.scored += 1;
    else series.abstained.set(verdict.why, (series.abstained.get(verdict.why) ?? 0) + 1);
  }
}
