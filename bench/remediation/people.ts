import type { Random } from "../../src/detect/random.ts";

/** A draw from the bell curve (Box–Muller). */
export const gauss = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

const lognormal = (random: Random, median: number, sigma: number): number => median * Math.exp(sigma * gauss(random));

/**
 * Seconds until somebody on call looks: median five minutes, mean fifteen, one in twenty an hour or more. An assumption: there are
 * no solid public figures. Approvals in Slack are answered as late.
 */
export const secondsToAnswer = (random: Random): number => 60 * lognormal(random, 5, 1.5);

/**
 * Seconds from a page until a person has mended what can be mended: acknowledge, diagnose (median 32 minutes) and fix (median 35).
 * The sum has a median between 74 and 90 minutes and a mean above two hours, as the incidents that providers and PagerDuty publish.
 */
export const secondsToMend = (random: Random): number =>
  secondsToAnswer(random) + 60 * (lognormal(random, 32, 0.8) + lognormal(random, 35, 0.8));
