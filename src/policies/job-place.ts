import type { JobDeadline } from "./job-deadline.ts";
import { type Choice, keepDeadline, type Standing } from "./keep-deadline.ts";
import { supplyOf, type SupplySums } from "./spot-supply.ts";

/** What a job with a deadline can run on, and what is known of that. Times in milliseconds, prices in dollars an hour. */
export interface Markets {
  readonly restartMs: number;
  /** When it is looked at again. */
  readonly againMs: number;
  readonly spotPrice: number;
  readonly onDemandPrice: number;
  readonly supply: SupplySums | undefined;
}

/** Where a job is: it works on spot or on demand, starts on spot, has just lost its place, or has waited for one in vain. */
export type Place = "spot" | "on-demand" | "starting" | "lost" | "waiting";

/** From a loss until the job is in the other queue: an event comes in seconds, and who waits leaves its queue at once. */
const actsMs = 30_000;
/** What leaving a place takes a job that works: SIGTERM, thirty seconds, and what it had done since its last checkpoint. */
const leavesMs = 2 * 60_000;
/** A look at the supply that is older than this says nothing of now. */
const staleMs = 10 * 60_000;

/**
 * What a job with a deadline should do until it is looked at again: `keepDeadline`, as far as Batch can follow. Which zone it gets is
 * Batch's; while it waits there in vain there is none, whatever is said of the supply.
 */
export function placeFor(deadline: JobDeadline, now: number, place: Place, markets: Markets): Choice["kind"] {
  const { restartMs, againMs, spotPrice, onDemandPrice, supply } = markets;
  const isFresh = supply !== undefined && now - supply.atH * 3_600_000 <= staleMs;
  const seen = isFresh && place !== "waiting" ? supply.available : [];
  const known = Object.keys(supply?.zones ?? {});
  const isOnSpot = place === "spot" || place === "starting";
  const zones = [...new Set(["here", ...known, ...seen])].map((zone) => ({
    zone,
    available: zone === "here" ? isOnSpot : seen.includes(zone),
    price: spotPrice,
  }));
  const onSpot = { kind: "spot", zone: "here" } as const;
  const on = isOnSpot ? onSpot : place === "on-demand" ? { kind: place } : { kind: "nothing" as const };
  const standing: Standing = {
    workH: deadline.workMs / 3_600_000,
    doneH: deadline.doneMs / 3_600_000,
    lengthH: (deadline.deadlineAt - deadline.sinceMs) / 3_600_000,
    pastH: (now - deadline.sinceMs) / 3_600_000,
    restartH: (restartMs + actsMs) / 3_600_000,
    leavesH: place === "spot" || place === "on-demand" ? leavesMs / 3_600_000 : 0,
    // Batch does not say since when a job starts: all of it may be to come.
    startingH: place === "starting" ? restartMs / 3_600_000 : 0,
    againH: (againMs + actsMs) / 3_600_000,
    on,
    zones,
    onDemandPrice,
  };
  return keepDeadline(standing, supplyOf(supply)).kind;
}
