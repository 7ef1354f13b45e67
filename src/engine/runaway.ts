import { excessOf, latestRate, plainFrom } from "../policies/spend-rate.ts";
import { type Anomaly, type Sample, type Samples, seriesKey } from "../signals/signal.ts";
import { tokenSeries } from "../signals/token-series.ts";
import type { SpenderSettings } from "../settings/spend.ts";
import { recentPoints } from "./score.ts";
import type { Scoring } from "./world.ts";

/** How often a meter reports, in hours. */
const reportH = 10 / 3_600;
const lately = { over: { seconds: 30 }, staleAfter: { seconds: 90 } };

/**
 * Tells of agents that have just come to spend ten times their plan, by what they reported in the last half minute.
 *
 * The detector tells of what is unusual once, and takes what lasts for usual; a loop that goes on when its hold ends is
 * neither new nor within any plan. Called once they are kept; only a report that alone is as much as that is looked into.
 */
export async function findRunaways(
  world: Scoring,
  samples: Samples,
  found: (anomaly: Anomaly) => Promise<void>,
): Promise<void> {
  for (const { spend } of world.settings.services) {
    for (const { agent, usdPerHour } of spend?.spenders ?? []) {
      const priced = agent ? pricesOf(agent) : [];
      const reported = samples.points
        .flatMap((sample) => {
          const usd = priced.find(({ key }) => key === seriesKey(sample.series))?.usd;
          return usd === undefined ? [] : [{ sample, usd }];
        })
        .toSorted((a, b) => b.usd * b.sample.value - a.usd * a.sample.value);
      const [most] = reported;
      const sum = reported.reduce((total, { sample, usd }) => total + usd * sample.value, 0);
      if (!most || sum < plainFrom * usdPerHour * reportH) continue;
      const amounts = await Promise.all(
        priced.map(async ({ series, usd }) =>
          (await recentPoints(world.detectors, samples, series)).map(({ at, value }) => ({ at, usd: value * usd })),
        ),
      ).then((all) => all.flat());
      const isPlainAt = (until: number): boolean =>
        excessOf(latestRate(amounts, { ...lately, until }) ?? 0, usdPerHour) === "plainly-over";
      const times = reported.map(({ sample }) => sample.at);
      if (!isPlainAt(Math.max(...times)) || isPlainAt(Math.min(...times) - 1)) continue;
      await found(toAnomaly(samples, most.sample, (usdPerHour * reportH) / most.usd));
    }
  }
}

const pricesOf = (agent: NonNullable<SpenderSettings["agent"]>) =>
  Object.entries(agent.models).flatMap(([model, price]) =>
    (["input", "output"] as const).map((type) => {
      const series = tokenSeries({ ...agent, model, type });
      return { series, key: seriesKey(series), usd: price[type] / 1e6 };
    }),
  );

const toAnomaly = ({ eventId, account, region }: Samples, { series, at, value }: Sample, planned: number): Anomaly => ({
  kind: "anomaly",
  eventId,
  at,
  account,
  region,
  series,
  value,
  expected: { low: 0, high: planned },
  severity: value / planned,
  why: `${series.name} costs more than ${plainFrom} times what is planned, over half a minute`,
});
