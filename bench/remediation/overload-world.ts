import { BotError } from "../../src/bot-error.ts";
import type { Random } from "../../src/detect/random.ts";
import { type Level, levels } from "../../src/runbook/look/service.ts";
import { quantile } from "./interval.ts";
import { gauss } from "./people.ts";
import { readPetshop } from "./petshop.ts";
import { rateAt } from "./serving-world.ts";
import type { Traces } from "./traces.ts";

/** A service whose callers try again, and what happens to it. Rates are shares of what it answers at most: 1 is all it can. */
export interface Overload {
  /** New requests a second, second by second, without those that are tried again. */
  readonly demand: Float64Array;
  /** How long it works on a request, usually, and how much longer from one second to another. */
  readonly usualMs: number;
  readonly addedMs: number;
  readonly fromS: number;
  readonly untilS: number;
}

/** Twelve quiet hours, in which what is done is done for nothing, and twelve more. */
export const lengthS = 86_400;
/** Of all the service can answer: beyond this people would have added to it. */
const loadAtTrouble = 0.85;
const loadMax = 0.9;
/** PetShop's own injections: calls that sleep so long. */
const injectedMs = [250, 500];
/** The scatter of ten seconds around their ten minutes. */
const scatter = 0.03;

/** Usual latencies of the components of a real application, in milliseconds: those that somebody waits for. */
export function readLatencies(traces: Traces): number[] {
  const all = Object.values(readPetshop(traces)).flatMap(({ noissue }) =>
    Object.entries(noissue.series).flatMap(([key, values]) =>
      key.endsWith("|latency|Average")
        ? 1_000 *
          quantile(
            values.filter((value) => value !== null),
            0.5,
          )
        : [],
    ),
  );
  const waitedFor = all.filter((ms) => ms >= 50 && ms <= 600);
  if (waitedFor.length === 0)
    throw new BotError("bad_input", `reading traces: ${traces.folder}/petshop has no latency from 50 to 600 ms`);
  return waitedFor;
}

export function drawOverload(
  demands: readonly (readonly number[])[],
  latencies: readonly number[],
  random: Random,
): Overload {
  const rates = demands[random.below(demands.length)] ?? [];
  const first = random.below(rates.length - lengthS / 600);
  const fromS = lengthS / 2 + random.below(7_200);
  const around = Array.from({ length: 4 }, (_, bin) => rateAt(rates, first + fromS / 600 + bin));
  const usual = around.reduce((sum, rate) => sum + rate, 0) / around.length;
  let noise = 1;
  const demand = Float64Array.from({ length: lengthS }, (_, second) => {
    if (second % 10 === 0) noise = 1 + scatter * gauss(random);
    const load = (loadAtTrouble * rateAt(rates, first + second / 600)) / usual;
    return Math.max(0, Math.min(loadMax, load * noise));
  });
  return {
    demand,
    usualMs: latencies[random.below(latencies.length)] ?? 250,
    addedMs: injectedMs[random.below(injectedMs.length)] ?? 250,
    fromS,
    untilS: fromS + 180 + random.below(720),
  };
}

/** What one request takes of the service at a level, and what its answer lacks: assumptions. */
export const shows: Readonly<Record<Level, { readonly cost: number; readonly lacks: number }>> = {
  full: { cost: 1, lacks: 0 },
  limited: { cost: 0.6, lacks: 0.1 },
  cached: { cost: 0.3, lacks: 0.3 },
  minimal: { cost: 0.1, lacks: 0.6 },
};

/** As the SDKs do: three attempts in all. */
const attemptsMax = 3;
const backOffS = 1;
/** More than this many seconds of work are refused at the door, and tried again like anything else. */
const queueMax = 20;

/** How the service is run in one second. */
export interface Manner {
  readonly level: Level;
  /** Retries that callers allow themselves, as a share of their requests; `Infinity` without a budget. */
  readonly retryShare: number;
  /** Whether it throws away what nobody waits for any more. */
  readonly sheds: boolean;
  /** Nobody is let in, and what waits is thrown away. */
  readonly isClosed: boolean;
}
export const usually: Manner = { level: "full", retryShare: Infinity, sheds: false, isClosed: false };

/** A second of the service: shares of what it can answer at most, and how long those took that it has worked on. */
export interface Second {
  readonly answered: number;
  readonly failed: number;
  readonly worked: number;
  readonly latencyMs: number;
}

interface Waiting {
  readonly at: number;
  readonly attempt: number;
  count: number;
  gaveUp: boolean;
}

/** The share of its capacity that the service has, while a call of its own takes longer: it works on so many at once and no more. */
export const capacityAt = ({ usualMs, addedMs, fromS, untilS }: Overload, second: number): number =>
  second >= fromS && second < untilS ? usualMs / (usualMs + addedMs) : 1;

/** Callers wait four times as long as usual, and not less than two seconds. */
const patienceS = ({ usualMs }: Overload): number => Math.max(2, Math.ceil((4 * usualMs) / 1_000));

/**
 * The service, second by second: a queue that is worked off in order, whether or not somebody still waits for the answer, and callers
 * who give up and try again. Above what it can take it does nothing but answer those who have given up: that outlasts its cause.
 */
export function createService(world: Overload): (second: number, manner: Manner) => Second {
  let queue: Waiting[] = [];
  let waiting = 0;
  /** By the second in which they come again. */
  const again = new Map<number, { attempt: number; count: number }[]>();
  const patience = patienceS(world);
  let budget = 0;

  return (second, { level, retryShare, sheds, isClosed }) => {
    let [answered, failed, worked, latency] = [0, 0, 0, 0];
    const fails = (attempt: number, count: number): void => {
      const retried = attempt < attemptsMax ? Math.min(count, budget) : 0;
      if (retried > 0) {
        budget -= retried;
        const due = second + backOffS;
        again.set(due, [...(again.get(due) ?? []), { attempt: attempt + 1, count: retried }]);
      }
      failed += count - retried;
    };
    const fresh = world.demand[second] ?? 0;
    // A budget is what was not used of the last ten seconds.
    budget = retryShare === Infinity ? Infinity : Math.min(budget + retryShare * fresh, 10 * retryShare);
    for (const { at, attempt, count, gaveUp } of queue) if (!gaveUp && second - at >= patience) fails(attempt, count);
    for (const one of queue) one.gaveUp ||= second - one.at >= patience;
    if (sheds) queue = queue.filter(({ gaveUp }) => !gaveUp);
    if (isClosed) {
      for (const { attempt, count, gaveUp } of queue) if (!gaveUp) fails(attempt, count);
      queue = [];
    }
    waiting = queue.reduce((sum, { count }) => sum + count, 0);
    for (const { attempt, count } of [{ attempt: 1, count: fresh }, ...(again.get(second) ?? [])]) {
      const room = isClosed ? 0 : Math.max(0, queueMax - waiting);
      const admitted = Math.min(count, room);
      if (admitted > 0) queue.push({ at: second, attempt, count: admitted, gaveUp: false });
      waiting += admitted;
      if (count > admitted) fails(attempt, count - admitted);
    }
    again.delete(second);
    const { cost } = shows[level];
    let left = capacityAt(world, second) / cost;
    for (const one of queue) {
      const done = Math.min(left, one.count);
      left -= done;
      one.count -= done;
      worked += done;
      latency += done * (1_000 * (second - one.at) + (cost * world.usualMs) / capacityAt(world, second));
      answered += one.gaveUp ? 0 : done;
      if (left <= 0) break;
    }
    queue = queue.filter(({ count }) => count > 1e-9);
    return { answered, failed, worked, latencyMs: worked > 0 ? latency / worked : 0 };
  };
}

/** The least that can be lost in a second by somebody who knows: it is answered as well as all of it can be, or some of it not at all. */
export function leastLost(world: Overload, second: number): number {
  const asked = world.demand[second] ?? 0;
  const lost = levels.map((level) => {
    const { cost, lacks } = shows[level];
    const answered = Math.min(1, capacityAt(world, second) / cost / Math.max(1e-9, asked));
    return 1 - answered + answered * lacks;
  });
  return Math.min(...lost);
}
