import { BotError } from "../bot-error.ts";
import type { Verdict } from "../detect/verdict.ts";
import { resource } from "../runbook/resource.ts";
import { isLatencyOf } from "../runbook/triggers/latency.ts";
import { type Anomaly, type Sample, type Samples, type Series, seriesKey } from "../signals/signal.ts";
import { type Detectors, hold, type Point, remember } from "./detectors.ts";
import { explain } from "./explain.ts";
import { seedOf, seenItem, seriesItem } from "./series-item.ts";
import { isSignalOf, type Said, takeTogether } from "./together.ts";
import type { Scoring } from "./world.ts";

/** The last points of a series, oldest first, as they were scored. */
export const recentPoints = (
  detectors: Pick<Detectors, "recent">,
  from: Pick<Samples, "account" | "region">,
  series: Series,
): Promise<readonly Point[]> => detectors.recent(detectorKey(from, seriesKey(series)));

/** One detector per series of one account and region. */
export const detectorKey = (from: Pick<Samples, "account" | "region">, series: string) => ({
  ...seriesItem(from, series),
  sk: "detector",
});

/** A verdict with the point it is about. */
export interface Scored {
  readonly sample: Sample;
  readonly verdict: Verdict;
  /** Set on the point that opens an episode. */
  readonly anomaly?: Anomaly;
}

/**
 * Scores a batch of samples: each series' detector sees its new points in order, and they are kept beside it in the
 * table. `found` is called for the anomalies of a series before that: if the process dies in between, the same points
 * are scored again and the same anomalies reported again, and an incident bears that.
 *
 * Two batches of one series at once are put in order by the conditional write; the loser scores again on top.
 */
export async function scoreSamples(
  world: Scoring,
  samples: Samples,
  found: (anomaly: Anomaly) => Promise<void>,
): Promise<Scored[]> {
  const together = await takeTogether(world, samples);
  const tell = (anomaly: Anomaly) => found(besides(world, anomaly, together));
  const series = [...Map.groupBy(samples.points, ({ series }) => seriesKey(series))];
  const all: Scored[][] = [];
  for (let i = 0; i < series.length; i += atOnce) {
    const some = series.slice(i, i + atOnce);
    all.push(...(await Promise.all(some.map(([key, points]) => scoreSeries(world, samples, key, points, tell)))));
  }
  return all.flat();
}

/** How many series are scored at once: each waits for the table most of the time, and ten batches are at work besides. */
const atOnce = 8;

/** How often a series is scored again when another batch of it was faster. */
const tries = 5;

async function scoreSeries(
  world: Scoring,
  from: Samples,
  series: string,
  unordered: readonly Sample[],
  found: (anomaly: Anomaly) => Promise<void>,
): Promise<Scored[]> {
  const points = unordered.toSorted((a, b) => a.at - b.at);
  const key = detectorKey(from, series);
  const held = await isUnderIncident(world, points);
  for (let i = 0; i < tries; i++) {
    const opened = await world.detectors.open(key, {
      seed: seedOf(series),
      name: points[0]?.series.name ?? "value",
    });
    const { detector, recent } = opened.model;
    const { lost, past, isNew } = opened;
    if (lost !== undefined) world.log("warn", "a series is learnt anew", { series, why: lost });
    if (past) world.log(past.refused === undefined ? "info" : "warn", "the model of a series", { series, ...past });
    if (isNew && points[0]) await world.table.create(seenItem(from, points[0].series, world.clock.now()));
    hold(detector, held);
    const scored = points.map((sample): Scored => {
      const verdict = detector.next(sample.at, sample.value);
      const onset = verdict.kind === "scored" && verdict.onset;
      return { sample, verdict, ...(onset && { anomaly: toAnomaly(from, sample, verdict) }) };
    });
    const shown = scored.map((one) => ({ ...toPoint(one), ...(held && { held }) }));
    remember(recent, shown);
    for (const { anomaly } of scored) if (anomaly) await found({ ...anomaly, recent: forPeople(recent) });
    if (!(await world.detectors.append(opened, shown))) continue;
    for (const { sample, verdict } of scored)
      if (verdict.kind === "scored" && verdict.adapted)
        world.log("warn", "a lasting change is taken as normal from now on", {
          series,
          at: sample.at,
          why: explain(sample, verdict),
        });
    return scored;
  }
  throw new BotError("store_conflict", `scoring ${series}: other batches were faster ${tries} times`, {
    retryable: true,
  });
}

/** The anomaly, with what the signals of its service say together. */
function besides({ settings }: Scoring, anomaly: Anomaly, together: Said): Anomaly {
  const service = settings.services.find((service) => isSignalOf(service, anomaly.series));
  const said = service && together.get(service.name);
  return said === undefined ? anomaly : { ...anomaly, why: `${anomaly.why}; of all its signals ${said}` };
}

/** Whether an incident of the service that these are a signal of is open. */
async function isUnderIncident(world: Scoring, points: readonly Sample[]): Promise<boolean> {
  const [first] = points;
  const service =
    first &&
    world.settings.services.find((service) => isLatencyOf(service, first.series) || isSignalOf(service, first.series));
  return service !== undefined && (await world.incidents.isOpen(resource.service(service.name)));
}

/** The last points as an incident carries them: as many as a small picture shows, in as many digits. */
function forPeople(recent: readonly Point[]): Anomaly["recent"] {
  const short = (value: number) => Number(value.toPrecision(4));
  return recent.slice(-60).map(({ value, low, high, anomalous }) => ({
    value: short(value),
    ...(low !== undefined && { low: short(low) }),
    ...(high !== undefined && { high: short(high) }),
    ...(anomalous && { anomalous }),
  }));
}

function toPoint({ sample: { at, value }, verdict }: Scored): Point {
  if (verdict.kind === "abstained") return { at, value };
  return {
    at,
    value,
    low: verdict.expected.low,
    high: verdict.expected.high,
    severity: Number(verdict.severity.toPrecision(3)),
    ...(verdict.inEpisode && { anomalous: true }),
  };
}

function toAnomaly(
  { eventId, account, region }: Samples,
  sample: Sample,
  verdict: Extract<Verdict, { kind: "scored" }>,
): Anomaly {
  const { series, at, value } = sample;
  const { expected, severity } = verdict;
  const why = explain(sample, verdict);
  return { kind: "anomaly", eventId, at, account, region, series, value, expected, severity, why };
}
