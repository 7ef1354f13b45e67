import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";
import { Random } from "../../src/detect/random.ts";
import { gauss } from "./people.ts";
import type { Traces } from "./traces.ts";

/** A time in which a provider of models answers some of its calls with errors. */
export interface Outage {
  readonly lengthMs: number;
  /** Share of calls that fail, 0–1. */
  readonly failing: number;
}

/**
 * What a status page's impact levels mean for a caller: an assumption, since no provider publishes it. Level 0 is an announcement.
 */
const failingByLevel: Readonly<Record<string, number>> = { "1": 0.05, "2": 0.25, "3": 0.9, "4": 0.9 };
/** Shorter ones were over before they were posted; in longer ones nothing new happens. */
const lengthMs = { min: 5 * 60_000, max: 3 * 3_600_000 };

const moment = z.string().transform((text) => (text === "" ? Number.NaN : Date.parse(text.replace(" ", "T"))));
const row = z.object({
  incident_impact_level: z.string(),
  investigating_timestamp: moment,
  identified_timestamp: moment,
  monitoring_timestamp: moment,
  resolved_timestamp: moment,
});

/** The outages of a list of incidents: from the first post about it until a fix was in place. */
export function readOutages(traces: Traces): Outage[] {
  const files = traces.find("llm-incidents", /incident_stages\.csv$/);
  const outages = files.flatMap((file) =>
    traces.csv(file, row).flatMap((incident): Outage[] => {
      const { investigating_timestamp, identified_timestamp, monitoring_timestamp, resolved_timestamp } = incident;
      const times = [investigating_timestamp, identified_timestamp, monitoring_timestamp, resolved_timestamp];
      const began = Math.min(...times.filter((time) => !Number.isNaN(time)));
      const ended = Number.isNaN(monitoring_timestamp) ? resolved_timestamp : monitoring_timestamp;
      const failing = failingByLevel[incident.incident_impact_level];
      const length = ended - began;
      if (failing === undefined || !(length >= lengthMs.min)) return [];
      return [{ failing, lengthMs: Math.min(length, lengthMs.max) }];
    }),
  );
  if (outages.length === 0)
    throw new BotError("bad_input", `reading traces: no incident in ${files.join(", ")} has a length`);
  return outages;
}

/** How a call to a provider ends. */
export interface CallEnd {
  readonly isOk: boolean;
  readonly afterMs: number;
}

/** Even a healthy provider fails now and then. */
const healthyFailing = 0.01;
/** Of the calls that fail in an outage, this share is never answered; the rest get an error at once. */
const hanging = 0.1;
export const neverMs = 3_600_000;

/**
 * The end of a call: the same for every controller that makes the same attempt of the same request, so that what differs is what they
 * do.
 */
export function callEnd(seed: number, request: number, provider: number, attempt: number, failing: number): CallEnd {
  const random = Random.fromSeed(seed * 1_000_003 + request * 61 + provider * 7 + attempt);
  const answeredMs = 1_500 * Math.exp(0.4 * gauss(random));
  const isOk = random.next() >= Math.max(healthyFailing, failing);
  if (isOk) return { isOk, afterMs: answeredMs };
  return { isOk, afterMs: random.next() < hanging && failing > healthyFailing ? neverMs : 300 };
}

/** One outage with quiet around it, in milliseconds from its window's beginning. */
export interface Window {
  readonly outage: Outage;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly endMs: number;
  /** Requests, at their time. */
  readonly arrivals: readonly number[];
}

const quietBeforeMs = 20 * 60_000;
const quietAfterMs = 30 * 60_000;

/** Requests of a service at two a second, at random times, around an outage. */
export function drawWindow(outage: Outage, random: Random, perSecond = 2): Window {
  const fromMs = quietBeforeMs;
  const untilMs = fromMs + outage.lengthMs;
  const endMs = untilMs + quietAfterMs;
  const arrivals: number[] = [];
  const next = () => (-1_000 * Math.log(1 - random.next())) / perSecond;
  for (let at = next(); at < endMs; at += next()) arrivals.push(at);
  return { outage, fromMs, untilMs, endMs, arrivals };
}

/** The share of calls to the first provider that fail at a time of the window; the others are well. */
export const failingAt = ({ outage, fromMs, untilMs }: Window, atMs: number, provider: number): number =>
  provider === 0 && atMs >= fromMs && atMs < untilMs ? outage.failing : 0;
