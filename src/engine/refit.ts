import type { Duration } from "../clock.ts";
import type { Incident } from "../incidents/incident.ts";
import type { MetricLook } from "../runbook/look/metric.ts";
import { type Samples, seriesKey } from "../signals/signal.ts";
import { keepKnown, knownSeries, type KnownSeries } from "./known-series.ts";
import type { ModelStore, StoredModel } from "./model-store.ts";
import { troubledTimes, watch } from "./past.ts";
import { modelName, seedOf } from "./series-item.ts";
import type { World } from "./world.ts";

/** What learning takes: the past, where models are kept, and what must be left out of them. */
export interface Learning extends Pick<World, "settings" | "clock" | "table" | "incidents" | "detectors" | "log"> {
  readonly models: ModelStore;
  readonly metric: MetricLook["metric"];
}

/** How many series came to which end. */
export interface Refitted {
  readonly written: number;
  /** Its past is too short, or ends in trouble: the model that was there stays. */
  readonly unfit: number;
  /** Another one was faster, and theirs stands. */
  readonly beaten: number;
  readonly failed: number;
  /** Left for the next time. */
  readonly left: number;
}

/** Once a day. A little less, so that an hourly schedule does not slip to the hour after. */
const renewAfterMs = 20 * 3_600_000;
/** A series that shows no past for so long is looked for no more. One that had a model: as long as CloudWatch keeps minutes. */
const giveUpAfterMs = { withoutModel: 3 * 86_400_000, withModel: 15 * 86_400_000 };
/** A model must have seen some more than it takes not to be cold. */
const pointsMin = 240;
const incidentsMax = 2_000;
/** So many failures one after the other are no matter of single series. */
const failuresMax = 5;

/**
 * Makes models anew from what CloudWatch keeps: for each series that was seen, and each latency in the settings, the detector that
 * would be if it had watched the last two weeks. Those without a model come first, then the oldest; what is not begun by `untilMs`
 * is left for the next time.
 *
 * Each model is written whole and by itself, so nothing is half done wherever this ends; where two are at it, the faster one
 * stands. What was going on during incidents, our own actions among it, is looked at and not learnt.
 *
 * @throws AggregateError when series could not be learnt; the others were.
 */
export async function refit(
  world: Learning,
  from: Pick<Samples, "account" | "region">,
  untilMs: number,
): Promise<Refitted> {
  const now = world.clock.now();
  const [models, incidents, known] = await Promise.all([
    world.models.list(),
    world.incidents.recent(incidentsMax),
    knownSeries(world.table, from, world.settings, now),
  ]);
  const due = inTurn(known, models, now);
  const count = { written: 0, unfit: 0, beaten: 0, failed: 0 };
  const failures: unknown[] = [];
  let inARow = 0;
  let begun = 0;
  while (begun < due.length && inARow < failuresMax && world.clock.now() < untilMs) {
    const series = due[begun++]!;
    try {
      count[await learnOne(world, from, series, models.get(modelName(series)), incidents)]++;
      inARow = 0;
    } catch (error) {
      count.failed++;
      inARow++;
      failures.push(error);
    }
  }
  const refitted = { ...count, left: due.length - begun };
  world.log("info", "models were made anew", refitted);
  if (failures.length === 0) return refitted;
  throw new AggregateError(
    failures,
    `learning: ${failures.length} of ${begun} series failed, first: ${String(failures[0])}`,
  );
}

/** The series whose turn it is: those without a model, the newest first, then those with the oldest. */
function inTurn(known: readonly KnownSeries[], models: ReadonlyMap<string, StoredModel>, now: number): KnownSeries[] {
  const model = (series: KnownSeries) => models.get(modelName(series));
  return known
    .filter((series) => {
      const has = model(series);
      if (!has) return now - series.at < giveUpAfterMs.withoutModel;
      return now - has.at >= renewAfterMs && now - series.at < giveUpAfterMs.withModel;
    })
    .sort((a, b) => (model(a)?.at ?? -Infinity) - (model(b)?.at ?? -Infinity) || b.at - a.at);
}

async function learnOne(
  world: Learning,
  from: Pick<Samples, "account" | "region">,
  known: KnownSeries,
  over: StoredModel | undefined,
  incidents: readonly Incident[],
): Promise<"written" | "unfit" | "beaten"> {
  const { series, pk } = known;
  const points = await world.metric({ ...series, stat: series.stat ?? "Average" }, await pastOf(world, pk));
  if (points.length < pointsMin) return "unfit";
  const troubled = troubledTimes(series, world.settings.services, incidents);
  const detector = watch(points, { seed: seedOf(seriesKey(series)), name: series.name }, troubled);
  // Taken for the beginning of a live series, an open episode would never be told.
  if (detector.isCold || detector.inEpisode) return "unfit";
  const isWritten = await world.models.write(modelName(known), detector.save(), over);
  await keepKnown(world.table, from, known, world.clock.now());
  return isWritten ? "written" : "beaten";
}

/**
 * How far back, and in what steps: two weeks of minutes, or the three hours for which CloudWatch keeps what is finer. A model is
 * of use only where its points are about as far apart as those of the series.
 */
async function pastOf({ detectors }: Learning, pk: string): Promise<{ over: Duration; every: Duration }> {
  const recent = await detectors.recent({ pk, sk: "detector" });
  const intervals = recent.slice(1).map(({ at }, i) => (at - recent[i]!.at) / 1_000);
  const usual = intervals.toSorted((a, b) => a - b)[intervals.length >> 1] ?? 60;
  const fine = [30, 10, 5, 1].find((seconds) => seconds <= usual);
  if (usual < 60 && fine !== undefined) return { over: { hours: 3 }, every: { seconds: fine } };
  return { over: { days: 14 }, every: { minutes: 1 } };
}
