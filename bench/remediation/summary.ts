import { bootstrap, type Estimate, mean, quantile } from "./interval.ts";
import type { Timeline } from "./plot.ts";
import type { Goal, Run, Scenario, Trial } from "./scenario.ts";

/** A controller over all seeds: its loss and every metric with its interval. */
export interface Fared {
  readonly loss: Estimate;
  readonly metrics: Readonly<Record<string, Estimate>>;
  readonly delays: Readonly<Record<string, { median: Estimate; p90: number; missed: number; incidents: number }>>;
}

/** How a scenario went, as `--json` prints it. Rates are for a week and a day of simulated time. */
export interface Summary {
  readonly id: string;
  readonly title: string;
  readonly seeds: number;
  readonly lossUnit: string;
  readonly bot: Fared;
  readonly baselines: readonly (Fared & { readonly name: string })[];
  readonly oracle: Fared;
  /** (baseline − bot) ÷ (baseline − oracle): 0 is what users have, 1 the physical limit; `null` where nothing can be recovered. */
  readonly recoveredShare: number | null;
  readonly ci95: readonly [number, number] | null;
  readonly against: string;
  /** What is to be said of the traces beside the figures. */
  readonly note?: string;
  /** Wrong ones a week. */
  readonly falseActions: number;
  /** Of the actions tried without: the share (0–1) without which less would have been lost; `null` where none was tried. */
  readonly harmfulActions: number | null;
  readonly actions: number;
  readonly actionsTested: number;
  /** A day. */
  readonly prompts: number;
  readonly goals: readonly Reached[];
  readonly timeline?: Timeline;
}

export interface Reached extends Goal {
  readonly value: number | null;
  readonly reached: boolean;
}

/** Sums the paired trials of a scenario up. */
export function summarise(scenario: Scenario, trials: readonly Trial[]): Summary {
  const { id, title, lossUnit, against, days } = scenario;
  const [first] = trials;
  if (!first) throw new RangeError("there is no summary of nothing");
  const bots = trials.map(({ bot }) => bot);
  const oracles = trials.map(({ oracle }) => oracle);
  const of = (name: string) => trials.flatMap(({ baselines }) => baselines[name] ?? []);
  const share = recovered(of(against), bots, oracles);
  const sum = (value: (run: Run) => number | undefined) => bots.reduce((total, run) => total + (value(run) ?? 0), 0);
  const tested = sum(({ actions }) => actions?.tested);
  const summary: Omit<Summary, "goals"> = {
    id,
    title,
    seeds: trials.length,
    lossUnit,
    bot: fared(bots),
    baselines: Object.keys(first.baselines).map((name) => ({ name, ...fared(of(name)) })),
    oracle: fared(oracles),
    recoveredShare: share && share.mean,
    ci95: share && [share.low, share.high],
    against,
    falseActions: (sum(({ actions }) => actions?.wrong) * 7) / (days * trials.length),
    harmfulActions: tested > 0 ? sum(({ actions }) => actions?.harmful) / tested : null,
    actions: sum(({ actions }) => actions?.taken),
    actionsTested: tested,
    prompts: sum(({ prompts }) => prompts) / (days * trials.length),
    ...(first.timeline && { timeline: first.timeline }),
  };
  return { ...summary, goals: scenario.goals.map((goal) => reached(goal, summary)) };
}

function fared(runs: readonly Run[]): Fared {
  const estimate = (value: (run: Run) => number | undefined) =>
    bootstrap(runs.length, (places) => mean(places.map((place) => value(runs[place]!) ?? Number.NaN)));
  const names = Object.keys(runs[0]?.metrics ?? {});
  const delays = Object.keys(runs[0]?.delays ?? {}).map((name) => {
    const pool = (places: readonly number[]) => places.flatMap((place) => runs[place]!.delays?.[name] ?? []);
    const all = pool(runs.map((_, place) => place));
    const median = bootstrap(runs.length, (places) => quantile(pool(places), 0.5));
    const missed = all.filter((delay) => delay === Infinity).length / Math.max(1, all.length);
    return [name, { median, p90: quantile(all, 0.9), missed, incidents: all.length }] as const;
  });
  return {
    loss: estimate(({ loss }) => loss),
    metrics: Object.fromEntries(names.map((name) => [name, estimate(({ metrics }) => metrics[name])])),
    delays: Object.fromEntries(delays),
  };
}

function recovered(base: readonly Run[], bot: readonly Run[], oracle: readonly Run[]): Estimate | null {
  const sum = (runs: readonly Run[], places: readonly number[]) =>
    places.reduce((total, place) => total + (runs[place]?.loss ?? 0), 0);
  const share = bootstrap(bot.length, (places) => {
    const room = sum(base, places) - sum(oracle, places);
    return room > 0 ? (sum(base, places) - sum(bot, places)) / room : Number.NaN;
  });
  return Number.isNaN(share.mean) ? null : share;
}

function reached(goal: Goal, summary: Omit<Summary, "goals">): Reached {
  const { atMost = Infinity, atLeast = -Infinity, metric } = goal;
  const value = valueOf(metric, summary);
  return { ...goal, value, reached: value !== null && value <= atMost && value >= atLeast };
}

function valueOf(metric: string, { bot, ...summary }: Omit<Summary, "goals">): number | null {
  const [name = "", part] = metric.split(".");
  const delay = bot.delays[name];
  if (delay) return part === "p90" ? delay.p90 : part === "missed" ? delay.missed : delay.median.mean;
  if (name === "loss") return bot.loss.mean;
  if (name === "recoveredShare" || name === "falseActions" || name === "harmfulActions" || name === "prompts")
    return summary[name];
  return bot.metrics[name]?.mean ?? null;
}
