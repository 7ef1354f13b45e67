import { Random } from "../../../src/detect/random.ts";
import { testHarm } from "../harm.ts";
import type { Run, Scenario, Trial } from "../scenario.ts";
import {
  drawStretch,
  leastReplicas,
  measuredDays,
  readDemands,
  replicasMax,
  serve,
  type Served,
  type Stretch,
} from "../serving-world.ts";

/** A replica that is missing turns users away: counted as so many that are paid for nothing. */
const missingCosts = 10;
/** Each is a run of its own: more would take minutes. */
const harmTried = 1;

/**
 * S9: a fleet that serves a language model over recorded demand. Its group scales by AWS's target tracking; the bot has
 * replicas ready before a rise, so that the policy may aim higher.
 */
export const diurnalLoad: Scenario = {
  id: "S9",
  title: "Load that comes and goes",
  about:
    "Replicas of a language model on GPUs, and the recorded demand of real services over three days. Lost is what is paid, in per cent of a " +
    `fleet that is always as large as at the peak, and ${missingCosts} times as much for a replica that is missing.`,
  days: measuredDays,
  lossUnit: "% of a static peak",
  against: "static peak",
  goals: [
    { metric: "costPercent", atMost: 50, says: "half the cost of a static peak" },
    { metric: "overflowPercent", atMost: 0.1, says: "at most 0.1 % of the demand turned away" },
    { metric: "recoveredShare", atLeast: 0.7, says: "0.7 of what can be recovered" },
  ],
  atOdds: ["overflowPercent", "costPercent"],
  open(traces) {
    const demands = readDemands(traces);
    return { run: (seed) => trial(drawStretch(demands, seed), seed) };
  },
};

async function trial(stretch: Stretch, seed: number): Promise<Trial> {
  const tracked = async (target: number) =>
    toRun(stretch, await serve(stretch, seed, { policy: { target }, isAhead: false }));
  const withBot = { policy: { target: 0.8 }, isAhead: true };
  const served = await serve(stretch, seed, withBot);
  const bot = toRun(stretch, served);
  const changes = served.bot.changes().filter(({ operation }) => operation === "UpdateAutoScalingGroup");
  const harm = await testHarm(
    changes,
    bot.loss,
    Random.fromSeed(seed),
    async (suppressed) => toRun(stretch, await serve(stretch, seed, { ...withBot, suppressed })).loss,
    harmTried,
  );
  const minutes = stretch.demand.length - stretch.from;
  const paid = (paid: number): Run => costs(stretch, { paid, missing: 0 });
  return {
    bot: {
      ...bot,
      actions: { taken: changes.length, wrong: 0, ...harm },
      prompts: served.bot.asked.length + served.bot.pages.length,
    },
    baselines: {
      "static peak": paid(replicasMax * minutes),
      "target tracking at 70 %": await tracked(0.7),
      "target tracking at 80 %": await tracked(0.8),
    },
    oracle: paid(leastReplicas(stretch)),
  };
}

const toRun = (stretch: Stretch, served: Served): Run => costs(stretch, served);

function costs({ demand, from }: Stretch, { paid, missing }: Pick<Served, "paid" | "missing">): Run {
  const asked = demand.subarray(from).reduce((sum, value) => sum + value, 0);
  const peak = replicasMax * (demand.length - from);
  return {
    loss: (100 * (paid + missingCosts * missing)) / peak,
    metrics: {
      costPercent: (100 * paid) / peak,
      overflowPercent: (100 * missing) / asked,
      utilisationPercent: (100 * (asked - missing)) / paid,
    },
  };
}
