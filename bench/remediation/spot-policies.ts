import type { Random } from "../../src/detect/random.ts";
import { slackEvery } from "../../src/actions/batch-conditions.ts";
import { mustGoOnDemand } from "../../src/policies/job-deadline.ts";
import { type Choice, keepDeadline, type Standing, uniformProgress } from "../../src/policies/keep-deadline.ts";
import { type Seen, supplyOf } from "../../src/policies/spot-supply.ts";
import { gauss } from "./people.ts";
import type { Job, Policy } from "./spot-world.ts";

/** How far back the supply is known, in hours: two weeks of metrics. */
const knownH = 336;
/** How often the supply is read anew, in steps of the trace: about hourly. */
const readEvery = 18;

/** How often the runbook `keep-deadline` looks at a job that waits, in hours. */
const looksEveryH = slackEvery.minutes / 60;

/**
 * The rule of the runbook `keep-deadline`: spot in any zone, as Batch finds it, for as long as waiting is safe; then on demand, once and
 * to the end.
 */
export const runbookRule = (): Policy => (standing) => {
  const { workH, doneH, lengthH, pastH, restartH, againH, zones, on } = standing;
  if (on.kind === "on-demand") return on;
  const ms = (hours: number) => hours * 3_600_000;
  const deadline = { deadlineAt: ms(lengthH), workMs: ms(workH), doneMs: ms(doneH), sinceMs: 0 };
  // It looks only after a job that waits: one that works is left alone.
  const choice = spotOrWait(zones, on);
  const againMs = ms(Math.max(looksEveryH, againH));
  const isLast = mustGoOnDemand(deadline, ms(pastH), { restartMs: ms(restartH), againMs });
  return choice.kind === "wait" && isLast ? { kind: "on-demand" } : choice;
};

/** `keepDeadline` for the jobs of one set of traces, with what a fortnight of them says about their supply. */
export function withSupply(): (job: Job) => Policy {
  const known = new Map<string, ReturnType<typeof supplyOf>>();
  const supplyAt = ({ zones }: Job, step: number) => {
    const until = step - (step % readEvery);
    const key = `${zones[0]?.region} ${until}`;
    const stepH = (zones[0]?.stepS ?? 60) / 3_600;
    const from = Math.max(0, until - Math.round(knownH / stepH));
    const seen = (): Seen[] =>
      Array.from({ length: until - from }, (_, i) => ({
        atH: (from + i) * stepH,
        available: new Set(zones.filter(({ available }) => available[from + i] === 1).map(({ name }) => name)),
      }));
    const supply = known.get(key) ?? supplyOf(seen());
    known.set(key, supply);
    return supply;
  };
  return (job) =>
    (standing, { step }) =>
      keepDeadline(standing, supplyAt(job, step));
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
