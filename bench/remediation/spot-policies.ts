import type { Random } from "../../src/detect/random.ts";
import { type Choice, keepDeadline, type Standing, uniformProgress } from "../../src/policies/keep-deadline.ts";
import { see, type Supply, supplyOf, type SupplySums } from "../../src/policies/spot-supply.ts";
import { gauss } from "./people.ts";
import type { Job, Policy, Zone } from "./spot-world.ts";

/** The policy of the runbook `keep-deadline`, for the jobs of one set of traces, with what those that came before say about their supply. */
export function byKeepDeadline(): (job: Job) => Policy {
  const regions = new Map<string, Supply[]>();
  return (job) => {
    const region = job.zones[0]?.region ?? "";
    const supplies = regions.get(region) ?? supplyByStep(job.zones);
    regions.set(region, supplies);
    return (standing, { step }) => keepDeadline(standing, supplies[step] ?? supplyOf(undefined));
  };
}

/** What was known of a region's supply, step by step. */
function supplyByStep(zones: readonly Zone[]): Supply[] {
  const stepH = (zones[0]?.stepS ?? 60) / 3_600;
  const supplies: Supply[] = [];
  let sums: SupplySums | undefined;
  for (let step = 0; step < Math.min(...zones.map(({ available }) => available.length)); step++) {
    const available = new Set(zones.filter(({ available }) => available[step] === 1).map(({ name }) => name));
    sums = see(sums, { atH: step * stepH, available });
    supplies.push(supplyOf(sums));
  }
  return supplies;
}

const spotOrWait = (zones: Standing["zones"], on: Standing["on"]): Choice => {
  const stays = on.kind === "spot" && zones.some(({ zone, available }) => available && zone === on.zone);
  const other = zones.find(({ available }) => available);
  return stays ? on : other ? { kind: "spot", zone: other.zone } : { kind: "wait" };
};

const oneZone = ({ zones }: Standing) => zones.slice(0, 1);

export const onDemandOnly = (): Policy => () => ({ kind: "on-demand" });

/** What users have: one zone, and after each interruption somebody on call starts the job again. Median half an hour, mean two. */
export const peopleRequeue =
  (random: Random) =>
  (job: Job): Policy => {
    const stepH = (job.zones[0]?.stepS ?? 60) / 3_600;
    let isRunning = false;
    let waitH = 0;
    return (standing) => {
      if (isRunning && standing.on.kind === "nothing") {
        isRunning = false;
        waitH = 0.5 * Math.exp(1.7 * gauss(random));
      }
      waitH -= stepH;
      if (!isRunning && waitH > 0) return { kind: "wait" };
      const choice = spotOrWait(oneZone(standing), standing.on);
      isRunning = choice.kind === "spot";
      return choice;
    };
  };

/** A termination handler: it saves on the notice, and the group starts the job again in its zone. */
export const terminationHandler = (): Policy => (standing) => spotOrWait(oneZone(standing), standing.on);

/** A bot that only requeues: at once, in any zone, and never on demand. */
export const requeue = (): Policy => (standing) => spotOrWait(standing.zones, standing.on);

/** Spot while it lasts, on demand to the end when there is only just enough time. */
export const greedy = (): Policy => (standing) => {
  const { workH, doneH, lengthH, pastH, restartH, startingH, againH, on } = standing;
  const leftH = lengthH - pastH - (workH - doneH) - startingH;
  if (leftH <= (on.kind === "on-demand" ? 3 : 2) * restartH + againH) return { kind: "on-demand" };
  return spotOrWait(standing.zones, on);
};

export const byUniformProgress = (): Policy => uniformProgress;
