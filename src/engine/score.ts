import { createHash } from "node:crypto";
import { BotError } from "../bot-error.ts";
import type { Verdict } from "../detect/verdict.ts";
import { resource } from "../runbook/resource.ts";
import { isLatencyOf } from "../runbook/triggers/latency.ts";
import { type Anomaly, type Sample, type Samples, type Series, seriesKey } from "../signals/signal.ts";
import type { Detectors, SeriesRecord } from "./detectors.ts";
import type { Receiving } from "./world.ts";

/** How many points are kept for people to look at: a quarter of an hour of ten-second samples. */
const recentMax = 90;

/** A series as it was last scored. `undefined`: nothing has been seen of it. */
export const readSeries = (
  detectors: Detectors,
  from: Pick<Samples, "account" | "region">,
  series: Series,
): Promise<SeriesRecord | undefined> => detectors.read(detectorKey(from, seriesKey(series)));

/** One detector per series of one account and region. */
export function detectorKey({ account, region }: Pick<Samples, "account" | "region">, series: string) {
  return { pk: `series#${digest(`${account}\n${region}\n${series}`).slice(0, 24)}`, sk: "detector" };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A verdict with the point it is about. */
export interface Scored {
  readonly sample: Sample;
  readonly verdict: Verdict;
  /** Set on the point that opens an episode. */
  readonly anomaly?: Anomaly;
}

/**
 * Scores a batch of samples: each series' detector is read from the table, sees its new points in order, and is written
 * back. `found` is called for the anomalies of a series before its detector is written: if the process dies in between,
 * the same points are scored again and the same anomalies reported again, and an incident bears that.
 *
 * Two batches of one series at once are put in order by the conditional write; the loser scores again on top.
 */
export async function scoreSamples(
  world: Receiving,
  samples: Samples,
  found: (anomaly: Anomaly) => Promise<void>,
): Promise<Scored[]> {
  const all: Scored[] = [];
  for (const [key, points] of Map.groupBy(samples.points, ({ series }) => seriesKey(series))) {
    const ordered = [...points].sort((a, b) => a.at - b.at);
    all.push(...(await scoreSeries(world, samples, key, ordered, found)));
  }
  return all;
}

/** How often a series is scored again when another batch of it was faster. */
const tries = 5;

async function scoreSeries(
  world: Receiving,
  from: Samples,
  series: string,
  points: readonly Sample[],
  found: (anomaly: Anomaly) => Promise<void>,
): Promise<Scored[]> {
  const key = detectorKey(from, series);
  const held = await isUnderIncident(world, points);
  for (let i = 0; i < tries; i++) {
    const opened = await world.detectors.open(key, {
      seed: Number.parseInt(digest(series).slice(0, 8), 16),
      name: points[0]?.series.name ?? "value",
    });
    const { detector } = opened;
    if (opened.lost !== undefined) world.log("warn", "a series is learnt anew", { series, why: opened.lost });
    // While people or the bot are at work on a service, what it shows is no picture of its normal state.
    if (held) detector.freeze();
    else detector.thaw();
    const scored = points.map((sample): Scored => {
      const verdict = detector.next(sample.at, sample.value);
      const onset = verdict.kind === "scored" && verdict.onset;
      return { sample, verdict, ...(onset && { anomaly: toAnomaly(from, sample, verdict) }) };
    });
    for (const { anomaly } of scored) if (anomaly) await found(anomaly);
    const recent = [...opened.recent, ...scored.map(toPoint)].slice(-recentMax);
    const written = await world.detectors.save(opened, { series, recent });
    if (written) return scored;
  }
  throw new BotError("store_conflict", `scoring ${series}: other batches were faster ${tries} times`, {
    retryable: true,
  });
}

/** Whether an incident of the service that these are the latency of is open. */
async function isUnderIncident(world: Receiving, points: readonly Sample[]): Promise<boolean> {
  const [first] = points;
  const service = first && world.settings.services.find((service) => isLatencyOf(service, first.series));
  return service !== undefined && (await world.incidents.isOpen(resource.service(service.name)));
}

function toPoint({ sample: { at, value }, verdict }: Scored): SeriesRecord["recent"][number] {
  if (verdict.kind === "abstained") return { at, value };
  return {
    at,
    value,
    low: verdict.expected.low,
    high: verdict.expected.high,
    ...(verdict.inEpisode && { anomalous: true }),
  };
}

function toAnomaly(
  { eventId, account, region }: Samples,
  { series, at, value }: Sample,
  { expected, severity, why }: Extract<Verdict, { kind: "scored" }>,
): Anomaly {
  return { kind: "anomaly", eventId, at, account, region, series, value, expected, severity, why };
}
