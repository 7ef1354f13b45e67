import settings from "../paramedic.config.ts";
import type { Detectors, Point } from "../src/engine/detectors.ts";
import { recentPoints } from "../src/engine/score.ts";
import { isLatencyOf } from "../src/runbook/triggers/latency.ts";
import { metricSamples } from "../src/signals/metric-samples.ts";
import { type Samples, type Series, seriesKey } from "../src/signals/signal.ts";
import type { ShownSignal, SignalPoint } from "./console/state.ts";

/** Every series that the bot is told of, with what its detector thought of each point. */
export interface Signals {
  /** Takes note of the series in an event, if there are any. */
  hear(event: unknown): void;
  /** Whether each series that was heard of has been scored. */
  areHeard(): Promise<boolean>;
  /** The series, with the points of the last hour and a half as far as they were read. */
  read(): Promise<readonly ShownSignal[]>;
}

/** So many points are shown: an hour and a half of ten-second samples. The table keeps the last quarter of an hour. */
const pointsMax = 540;

const units: Readonly<Record<string, ShownSignal["unit"]>> = { Milliseconds: "ms", Percent: "%" };

/** Reads what the detectors have written down for people, and remembers it for longer than the table does. */
export function createSignals(
  detectors: Detectors,
  from: Pick<Samples, "account" | "region">,
  known: readonly Series[],
): Signals {
  const heard = new Map<string, { series: Series; points: readonly SignalPoint[] }>();
  for (const series of known) heard.set(seriesKey(series), { series, points: [] });
  const recent = (series: Series) => recentPoints(detectors, from, series);
  return {
    async areHeard() {
      const all = await Promise.all([...heard.values()].map(({ series }) => recent(series)));
      return all.every(({ length }) => length > 0);
    },
    hear(event) {
      for (const { series } of metricSamples.safeParse(event).data?.points ?? []) {
        const id = seriesKey(series);
        if (!heard.has(id)) heard.set(id, { series, points: [] });
      }
    },
    async read() {
      return await Promise.all(
        [...heard].map(async ([id, { series, points: before }]) => {
          const last = before.at(-1)?.at ?? -Infinity;
          const newer = (await recent(series)).filter(({ at }) => at > last).map(exact);
          const points = [...before, ...newer].slice(-pointsMax);
          heard.set(id, { series, points });
          return { id, ...shown(series), points };
        }),
      );
    },
  };
}

/** Without the optional fields that are not there, which JSON would leave out, too. */
const exact = ({ at, value, low, high, severity, anomalous }: Point): SignalPoint => ({
  at,
  value,
  ...(low !== undefined && { low }),
  ...(high !== undefined && { high }),
  ...(severity !== undefined && { severity }),
  ...(anomalous !== undefined && { anomalous }),
});

function shown(series: Series): Omit<ShownSignal, "id" | "points"> {
  const { name, dimensions, unit = "" } = series;
  const service = settings.services.find((one) => isLatencyOf(one, series));
  return {
    name,
    about: Object.values(dimensions).join(" · "),
    unit: units[unit] ?? "",
    ...(service && { bound: service.latencyMs.high }),
  };
}
