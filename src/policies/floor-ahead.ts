import { forecast } from "../detect/forecast.ts";

/** What was asked of a service, in tens of minutes, and who is there to serve it. */
export interface Demand {
  /** At the beginning of each ten minutes, in milliseconds since the epoch; oldest first, gaps left out. */
  readonly points: readonly { readonly at: number; readonly value: number }[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How much of it one worker takes in ten minutes. */
  readonly perWorker: number;
  /** How long before the rise workers have to be asked for. */
  readonly leadMinutes: number;
  readonly floorMax: number;
  /** Workers there are or have been asked for. */
  readonly present: number;
}

/** What is coming. `abstain`: nobody can say; `quiet`: those who are there will do. */
export type Foreseen =
  | { readonly kind: "abstain"; readonly why: string }
  | { readonly kind: "quiet"; readonly why: string }
  | { readonly kind: "rise"; readonly floor: number; readonly hours: number; readonly why: string };

const stepMs = 600_000;
/** A day of ten minutes. */
const season = 144;
/** Four hours: the forecast was measured on eight, and what is further away is asked about again. */
const horizon = 24;
/** Two days to go by, one to test on, and the horizon. */
const historyMin = 3 * season + horizon;
/** More holes than this, and what fills them is made up. */
const gapsMax = 0.1;
/** A value may be ten minutes old and ten minutes late. */
const staleMs = 30 * 60_000;
/**
 * The floor stands for the highest need within an hour after the rise begins, and for that hour: then it is looked at again. For as
 * long as more were expected, up to four hours, it cost one to two per cent of a static peak more, and a second rise found the first
 * floor still there, and no answer.
 */
const peakSteps = 6;

/**
 * Whether more workers are needed soon than there are, by the upper edge of what the demand is expected to be: with it, one
 * floor in ten is too low. It abstains with less than three days and four hours, with gaps, with old values, and where its
 * own forecast did worse in the back-test than the same time yesterday. Pure.
 *
 * @see src/detect/forecast.ts for what the forecast is worth.
 */
export function floorAhead({ points, now, perWorker, leadMinutes, floorMax, present }: Demand): Foreseen {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return { kind: "abstain", why: "no demand is recorded" };
  if (now - last.at > staleMs) return { kind: "abstain", why: "the last demand recorded is too old" };
  const values = new Float64Array(Math.floor((last.at - first.at) / stepMs) + 1).fill(NaN);
  for (const { at, value } of points) values[Math.floor((at - first.at) / stepMs)] = value;
  if (values.length < historyMin) {
    return { kind: "abstain", why: `${hours(values.length)} h of demand are recorded; it takes ${hours(historyMin)}` };
  }
  const gaps = values.filter(Number.isNaN).length / values.length;
  if (gaps > gapsMax) return { kind: "abstain", why: `${Math.round(gaps * 100)} % of the demand is not recorded` };

  const ahead = forecast(values, { season, horizon });
  // No error at all, of either, is no number: then yesterday is repeated exactly, and nothing could be better.
  if (!ahead || ahead.error > 1)
    return { kind: "abstain", why: "the demand cannot be foretold: yesterday says as much" };
  const needs = [...ahead.high].map((value) => Math.ceil(value / perWorker));
  const lead = Math.ceil((leadMinutes * 60_000) / stepMs);
  const begins = needs.findIndex((need) => need > present);
  if (begins < 0 || begins > lead) {
    return { kind: "quiet", why: `${present} workers will do for the next ${leadMinutes} min` };
  }
  const floor = Math.min(floorMax, Math.max(...needs.slice(begins, begins + peakSteps)));
  if (floor <= present) return { kind: "quiet", why: `${present} workers are as many as the floor may be` };
  return {
    kind: "rise",
    floor,
    hours: (peakSteps * stepMs) / 3_600_000,
    why: `more than ${present} workers take is expected within ${leadMinutes} min, up to ${floor}`,
  };
}

const hours = (steps: number): number => Math.floor((steps * stepMs) / 3_600_000);
