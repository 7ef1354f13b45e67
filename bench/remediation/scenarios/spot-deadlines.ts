import { Random } from "../../../src/detect/random.ts";
import { mean } from "../interval.ts";
import type { Timeline } from "../plot.ts";
import type { Run, Scenario, Trial } from "../scenario.ts";
import { cheapest } from "../spot-bound.ts";
import { besideThePublished } from "../spot-fidelity.ts";
import { type Handled, throughHandlers } from "../spot-handlers.ts";
import {
  byKeepDeadline,
  byUniformProgress,
  greedy,
  onDemandOnly,
  peopleRequeue,
  requeue,
  terminationHandler,
} from "../spot-policies.ts";
import {
  drawJobs,
  type Ended,
  type Job,
  type Policy,
  readRuntimes,
  readZones,
  runJob,
  type Rules,
} from "../spot-world.ts";

/** Prices of p3.2xlarge when the traces were recorded; a restart as measured in "Can't Be Late", table 4. */
const rules: Rules = { prices: { spot: 0.918, onDemand: 3.06 }, restartH: 6.5 / 60, checkpointH: 0 };
/** Checkpoint each 29 minutes: for those who do not save on the notice. */
const withoutNotice: Rules = { ...rules, checkpointH: 29 / 60 };
const tightness = [1.1, 1.25, 1.5, 2];
/** Each with four deadlines: as many as go through the handlers in half a minute or so. */
const handledASeed = 3;
/** Enough that a seed's figure is not that of one long job: for the policies alone, which need no simulated AWS. */
const jobsASeed = 40;

/**
 * S1: training jobs with deadlines on spot instances, over recorded availability of nine zones.
 *
 * The bot's handlers look after twelve jobs a seed, in worlds of their own: Batch queues, pools that run dry, notices of EC2. All stand
 * beside it on the same jobs. Its policy (`keepDeadline`, the one that decides in the handlers too) is then run alone on those twelve, to
 * show what the handlers add, and on all 160 jobs. Nobody is asked anything: the budget is approved beforehand.
 */
export const spotDeadlines: Scenario = {
  id: "S1",
  title: "Spot and deadlines",
  about:
    "Training jobs of one to 48 hours that must be done by a time, on spot GPUs that come and go. Lost is what is paid, and for a late job " +
    "once more what it would have cost on demand.",
  days: 45,
  lossUnit: "% of on-demand cost",
  against: "spot, people requeue",
  goals: [
    { metric: "latePercent", atMost: 0, says: "no late job" },
    { metric: "costOverBound", atMost: 1.08, says: "cost at most 1.08 times the omniscient bound" },
    { metric: "recoveredShare", atLeast: 0.7, says: "0.7 of what can be recovered" },
  ],
  atOdds: ["latePercent", "costPercent"],
  open(traces) {
    const zones = readZones(traces, /availability\/1-node\//);
    const runtimes = readRuntimes(traces);
    const keepDeadline = byKeepDeadline();
    const trial = async (seed: number): Promise<Trial> => {
      const random = Random.fromSeed(seed);
      const all = drawJobs(zones, runtimes, { count: jobsASeed, tightness, restartH: rules.restartH, random });
      const allBounds = all.map((job) => cheapest(job, rules.prices, rules.restartH));
      const handled = handledASeed * tightness.length;
      const [jobs, bounds] = [all.slice(0, handled), allBounds.slice(0, handled)];
      const ended = (of: readonly Job[], policy: (job: Job) => Policy, under = rules) =>
        of.map((job) => runJob(job, policy(job), under));
      const run = (policy: (job: Job) => Policy, under = rules) => toRun(jobs, bounds, ended(jobs, policy, under));
      const onAll = (policy: (job: Job) => Policy) => toRun(all, allBounds, ended(all, policy));
      return {
        bot: await byHandlers(jobs, bounds, seed),
        baselines: {
          "on demand only": run(onDemandOnly),
          "spot, people requeue": run(peopleRequeue(Random.fromSeed(seed)), withoutNotice),
          "termination handler": run(terminationHandler),
          "requeue in any zone": run(requeue),
          greedy: run(greedy),
          "uniform progress": run(byUniformProgress),
          "Paramedic's policy alone": run(keepDeadline),
          "Paramedic's policy alone, 160 jobs": onAll(keepDeadline),
          "uniform progress, 160 jobs": onAll(byUniformProgress),
          "greedy, 160 jobs": onAll(greedy),
          "requeue in any zone, 160 jobs": onAll(requeue),
        },
        oracle: bound(jobs, bounds),
        timeline: oneJob(all, keepDeadline),
      };
    };
    return { run: trial, note: besideThePublished(zones) };
  },
};

const onDemandCost = ({ workH }: Job): number => (workH + rules.restartH) * rules.prices.onDemand;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Jobs that come together, through the bot's handlers, and then the next ones. */
async function byHandlers(jobs: readonly Job[], bounds: readonly number[], seed: number): Promise<Run> {
  const handled: Handled[] = [];
  for (let i = 0; i < jobs.length; i += tightness.length) {
    handled.push(await throughHandlers(jobs.slice(i, i + tightness.length), rules, seed));
  }
  const fared = handled.flatMap(({ jobs }) => jobs);
  const changes = sum(handled.map(({ changes }) => changes));
  return {
    ...inMoney(jobs, bounds, sum(handled.map(({ cost }) => cost)), fared),
    actions: { taken: changes, wrong: 0, tested: 0, harmful: 0 },
    prompts: sum(handled.map(({ prompts }) => prompts)),
  };
}

function inMoney(
  jobs: readonly Job[],
  bounds: readonly number[],
  cost: number,
  fared: readonly Pick<Ended, "isDone" | "isLate">[],
): Run {
  const full = sum(jobs.map(onDemandCost));
  const late = sum(jobs.map((job, i) => (fared[i]?.isLate ? onDemandCost(job) : 0)));
  return {
    loss: (100 * (cost + late)) / full,
    metrics: {
      costPercent: (100 * cost) / full,
      costOverBound: cost / sum(bounds),
      latePercent: 100 * mean(fared.map(({ isLate }) => Number(isLate))),
      unfinishedPercent: 100 * mean(fared.map(({ isDone }) => Number(!isDone))),
    },
  };
}

function toRun(jobs: readonly Job[], bounds: readonly number[], ended: readonly Ended[]): Run {
  const run = inMoney(jobs, bounds, sum(ended.map(({ cost }) => cost)), ended);
  const byTightness = tightness.map((times, place): [string, number] => {
    const those = (_: unknown, i: number) => i % tightness.length === place;
    return [`costOverBoundAt${times}`, sum(ended.filter(those).map(({ cost }) => cost)) / sum(bounds.filter(those))];
  });
  const lostGpuHours = sum(ended.map(({ lostH }) => lostH));
  return { ...run, metrics: { ...run.metrics, lostGpuHours, ...Object.fromEntries(byTightness) } };
}

function bound(jobs: readonly Job[], bounds: readonly number[]): Run {
  const costPercent = (100 * sum(bounds)) / sum(jobs.map(onDemandCost));
  return {
    loss: costPercent,
    metrics: { costPercent, costOverBound: 1, latePercent: 0, unfinishedPercent: 0, lostGpuHours: 0 },
  };
}

/** The longest of the tight jobs, hour by hour: the one with most to show. */
function oneJob(jobs: readonly Job[], keepDeadline: (job: Job) => Policy): Timeline {
  const [job] = jobs.filter((_, i) => i % tightness.length === 1).toSorted((a, b) => b.workH - a.workH);
  if (!job) throw new RangeError("there is no job");
  const stepH = (job.zones[0]?.stepS ?? 60) / 3_600;
  const lane = (name: string, policy: (job: Job) => Policy) => {
    const { path } = runJob(job, policy(job), rules);
    const spans = path.map((state, i) => ({ from: i * stepH, to: (i + 1) * stepH, state }));
    return { name, spans, marks: [{ at: path.length * stepH, says: "done" }] };
  };
  return {
    title: `A job of ${Math.round(job.workH)} hours that has ${Math.round(job.lengthH)}`,
    unit: "hours",
    end: job.lengthH * 1.5,
    lanes: [
      lane("requeue in any zone", requeue),
      lane("uniform progress", byUniformProgress),
      lane("Paramedic", keepDeadline),
    ],
  };
}
