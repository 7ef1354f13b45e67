import { ServiceDetector, type Together } from "../detect/service-detector.ts";
import { BotError } from "../bot-error.ts";
import { resource } from "../runbook/resource.ts";
import { isLatencyOf } from "../runbook/triggers/latency.ts";
import type { ServiceSettings } from "../settings.ts";
import type { Sample, Samples, Series } from "../signals/signal.ts";
import { showSignal } from "./detectors.ts";
import { seedOf, seriesItem } from "./series-item.ts";
import type { Scoring } from "./world.ts";

/** What the signals of services said together, by the name of the service. */
export type Said = ReadonlyMap<string, string>;

/** How often the signals of a service are taken in again when another batch of them was faster. */
const tries = 5;

/**
 * Takes the samples of each service together, whichever metrics they are of, and says in words which of its signals are away from
 * what is usual. Tells the log where they open an episode as a whole; that alone is no reason to act, since nobody has said what to
 * do about it.
 *
 * A series is a signal of a service if it has the dimensions of the service's latency.
 */
export async function takeTogether(world: Scoring, samples: Samples): Promise<Said> {
  const said = new Map<string, string>();
  for (const service of world.settings.services) {
    const points = samples.points.filter(({ series }) => isSignalOf(service, series)).sort((a, b) => a.at - b.at);
    if (points.length === 0) continue;
    const why = await takeService(world, samples, service, points);
    if (why !== "") said.set(service.name, why);
  }
  return said;
}

/** Whether a series has all dimensions of a service's latency, so it is about the same thing. */
export function isSignalOf({ latency }: ServiceSettings, series: Series): boolean {
  const dimensions = Object.entries(latency.dimensions);
  return dimensions.length > 0 && dimensions.every(([name, value]) => series.dimensions[name] === value);
}

async function takeService(
  { detectors, incidents, log }: Scoring,
  samples: Samples,
  service: ServiceSettings,
  points: readonly Sample[],
): Promise<string> {
  const series = `service ${service.name}`;
  const key = { ...seriesItem(samples, series), sk: "together" };
  const held = await incidents.isOpen(resource.service(service.name));
  for (let i = 0; i < tries; i++) {
    const opened = await detectors.together.open(key, () => new ServiceDetector(seedOf(series)));
    // A service of which only its latency is sent has nothing to be seen together.
    if (opened.isNew && points.every((point) => isLatencyOf(service, point.series))) return "";
    if (opened.lost !== undefined) log("warn", "a service is learnt anew", { service: service.name, why: opened.lost });
    const shown = points.map(({ at, series, value }) => ({ at, name: nameOf(series), value, held }));
    const frames = shown.flatMap((signal) => showSignal(opened.model, signal) ?? []);
    if (!(await detectors.together.append(opened, shown))) continue;
    tell(log, service, frames);
    return opened.model.explain();
  }
  throw new BotError("store_conflict", `scoring ${series}: other batches were faster ${tries} times`, {
    retryable: true,
  });
}

function tell(log: Scoring["log"], { name }: ServiceSettings, frames: readonly Together[]): void {
  for (const { onset, atMs, why } of frames) {
    if (onset) log("warn", "the signals of a service together are unusual", { service: name, at: atMs, why });
  }
}

const nameOf = ({ name, stat }: Series): string => (stat === undefined ? name : `${name} ${stat}`);
