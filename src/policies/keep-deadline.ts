import { expectedCost } from "./expected-cost.ts";
import type { Supply } from "./spot-supply.ts";

/** A zone in which a spot instance can be had now, or not, and what it costs an hour. */
export interface SpotZone {
  readonly zone: string;
  readonly available: boolean;
  readonly price: number;
}

/** Where a job with a deadline stands. Times in hours, prices in dollars an hour. */
export interface Standing {
  /** All of its work, on one instance without a break, and how much of it is done and saved. */
  readonly workH: number;
  readonly doneH: number;
  /** From its submission to its deadline, and how much of that is past. */
  readonly lengthH: number;
  readonly pastH: number;
  /** From a launch until work goes on. */
  readonly restartH: number;
  /** From a decision to leave the instance it is on until it is launched elsewhere: what ending it in order takes. 0: no time. */
  readonly leavesH: number;
  /** What is left of the restart under way; 0 when it works. */
  readonly startingH: number;
  /** When it is asked about again, at the latest. */
  readonly againH: number;
  readonly on: On;
  readonly zones: readonly SpotZone[];
  readonly onDemandPrice: number;
}

type On =
  | { readonly kind: "spot"; readonly zone: string }
  | { readonly kind: "on-demand" }
  | { readonly kind: "nothing" };

/** What a job should run on until it is asked about again. */
export type Choice =
  | { readonly kind: "spot"; readonly zone: string }
  | { readonly kind: "on-demand" }
  | { readonly kind: "wait" };

const onDemand: Choice = { kind: "on-demand" };

/** Rounding must not make a deadline out of a second. */
const hair = 1e-9;

/**
 * What is safe: spot, or waiting, for as long as an on-demand instance launched at the next look would still be in time. Late is
 * then only what on-demand capacity alone would have been late with.
 */
function safe({ workH, doneH, lengthH, pastH, restartH, leavesH, startingH, againH }: Standing) {
  const slackH = lengthH - pastH - (workH - doneH) + hair;
  return {
    // A loss is told at once, so whoever works on spot needs no more than the time to launch again.
    staying: slackH >= restartH + startingH,
    leaving: slackH >= leavesH + restartH,
    launching: slackH >= leavesH + 2 * restartH,
    waiting: slackH >= restartH + againH,
  };
}

/**
 * The cheapest way to a deadline that is kept in any case: spot while there is slack, on demand when there is not.
 *
 * A job stays on its spot instance while that is safe, and when it is too late to leave: then it is in time only if it keeps it. Where there is a choice (wait or pay, this zone or that, back to spot), what
 * each is expected to cost decides, given the supply of the last days. Tight jobs so behave like Uniform Progress, loose ones like
 * greedy, and those between like neither. Pure.
 */
export function keepDeadline(standing: Standing, supply: Supply): Choice {
  const { workH, doneH, lengthH, pastH, restartH, startingH, againH, on, zones, onDemandPrice } = standing;
  const may = safe(standing);
  const there = zones.filter(({ available }) => available);
  if (on.kind === "spot" && there.some(({ zone }) => zone === on.zone))
    return may.staying || !may.leaving ? on : onDemand;

  const launchable = may.launching ? there : [];
  if (launchable.length === 0 && !may.waiting) return onDemand;
  const typical = there.length > 0 ? there : zones;
  const expected = expectedCost(lengthH - pastH, workH - doneH, againH, {
    spotPrice: Math.min(...typical.map(({ price }) => price)),
    onDemandPrice,
    restartH,
    keepsH: Math.max(...typical.map(({ zone }) => supply.keepsH(zone))),
    returnsH: supply.returnsH,
    elsewhere: supply.elsewhere,
  });
  const isRunning = on.kind === "on-demand";
  const choices: { choice: Choice; cost: number }[] = launchable.map(({ zone, price }) => ({
    choice: { kind: "spot", zone },
    cost: expected.spot({ spotPrice: price, keepsH: supply.keepsH(zone), extraH: restartH }),
  }));
  choices.push({
    choice: onDemand,
    cost: expected.onDemand({ extraH: isRunning ? startingH : restartH, isSpotThere: there.length > 0 }),
  });
  if (may.waiting && there.length === 0) choices.push({ choice: { kind: "wait" }, cost: expected.wait() });
  return choices.reduce((best, one) => (one.cost < best.cost ? one : best)).choice;
}

/**
 * Uniform Progress (Wu et al., "Can't Be Late", NSDI 2024), any zone: progress in proportion to the time that is past, on demand when
 * behind. The best published policy that knows nothing of the supply; what `keepDeadline` is measured against, and what it does not need
 * any history for.
 */
export function uniformProgress(standing: Standing): Choice {
  const { workH, doneH, lengthH, pastH, restartH, startingH, againH, on, zones } = standing;
  const leftH = lengthH - pastH;
  if (leftH - (workH - doneH) - startingH <= 2 * restartH + againH + hair) return onDemand;
  const zone =
    zones.find((one) => one.available && (on.kind !== "spot" || one.zone === on.zone)) ??
    zones.find((one) => one.available);
  if (zone) return { kind: "spot", zone: zone.zone };
  const expectedH = (atH: number) => (atH * workH) / lengthH;
  // Back to nothing only when so far ahead that it does not have to launch again at once.
  const behind = doneH < expectedH(on.kind === "on-demand" ? pastH + 2 * restartH : pastH);
  return behind ? onDemand : { kind: "wait" };
}
