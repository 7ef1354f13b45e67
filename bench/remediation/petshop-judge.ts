import { attribute } from "../../src/detect/attribution.ts";
import { componentDistance } from "../../src/detect/suspects.ts";
import { quantile } from "./interval.ts";
import type { PetshopTraffic } from "./petshop.ts";

/** What a detector that has lived with the application knows of one metric. */
export interface Known {
  readonly key: string;
  readonly component: string;
  readonly metric: string;
  readonly range: number;
  readonly values: readonly number[];
}

/** Below this nobody cares: a quarter of a per cent of availability, a tenth of the usual latency. */
const availabilityMin = 0.25;
const latencyMin = 0.1;
/** Looked at for the range: enough for percentiles of the extremes. */
const pointsMin = 500;

/** A percentile of fewer requests than it needs is a maximum: p99 takes a hundred in a bin. */
function needs(stat: string): number {
  const [, percent] = /^p(\d+)$/.exec(stat) ?? [];
  return percent === undefined ? 1 : 100 / (100 - Number(percent));
}

const numbers = (values: readonly (number | null)[] | undefined): number[] =>
  (values ?? []).map((value) => value ?? Number.NaN);
const finite = (values: readonly number[]): number[] => values.filter((value) => Number.isFinite(value));

/** Latencies and availabilities with enough behind them; how far each goes up and down is learned from the quiet recording. */
export function learn({ noissue }: PetshopTraffic): Known[] {
  return Object.entries(noissue.series).flatMap(([key, given]): Known[] => {
    const [component = "", metric = "", stat = ""] = key.split("|");
    const values = numbers(given);
    const seen = finite(values);
    const requests = finite(numbers(noissue.series[`${component}|requests|Sum`]));
    const isThin = requests.length > 0 && quantile(requests, 0.5) < needs(stat);
    if (metric === "requests" || seen.length < pointsMin || isThin) return [];
    const least = metric === "availability" ? availabilityMin : latencyMin * quantile(seen, 0.5);
    const range = Math.max(quantile(seen, 0.99) - quantile(seen, 0.01), least, 1e-9);
    return [{ key, component, metric, range, values }];
  });
}

/** Of one metric: what came before, and what is now. */
export type Look = (known: Known) => { readonly before: readonly number[]; readonly now: number };

/** How far each component is from normal, in its usual ranges, for the worse only. */
export function distances(known: readonly Known[], look: Look): Map<string, number> {
  const found = known.flatMap((one) => {
    const { before: all, now } = look(one);
    const before = finite(all);
    if (before.length < 5 || !Number.isFinite(now)) return [];
    const isWorse = now > quantile(before, 0.5) === (one.metric === "latency");
    const range = Math.max(one.range, quantile(before, 0.95) - quantile(before, 0.05));
    const [part] = attribute([{ name: one.key, before, since: [now], range }]);
    return [{ component: one.component, distance: isWorse ? Math.min(most, part?.distance ?? 0) : 0 }];
  });
  return new Map(
    [...Map.groupBy(found, ({ component }) => component)].map(([component, parts]) => [
      component,
      componentDistance(parts.map(({ distance }) => distance)),
    ]),
  );
}

/** One metric that has left its range by far says no more than that. */
const most = 20;

/** What stays for two bins: of a blip of one, nobody is told. */
export const lasting = (now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): Map<string, number> =>
  new Map([...now].map(([component, distance]) => [component, Math.min(distance, before.get(component) ?? 0)]));
