import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";
import type { Random } from "../../src/detect/random.ts";
import { number, type Traces } from "./traces.ts";

/** What an agent does in some hours: as usual, and for a time many times as much. */
export interface AgentDay {
  /** What is asked of it in each ten seconds, 1 on average as usual. */
  readonly asked: Float64Array;
  /** From and until when it is asked for more, in steps of ten seconds. */
  readonly from: number;
  readonly until: number;
  readonly isLegitimate: boolean;
}

export const stepS = 10;
const hour = 3_600 / stepS;
export const steps = 7 * hour;
/** What is planned, in dollars an hour, and the part of it that it spends as usual. */
export const plannedUsd = 10;
export const usualUsd = 6;
export const dayUsd = 24 * plannedUsd;

/** Output tokens of a recorded hour of a language model in production, by ten seconds, 1 on average. */
export function readTokens(traces: Traces): Float64Array {
  const row = z.object({ t_s: number, out_tok: number });
  const [file = ""] = traces.find("llm-arrivals", /azure_llm.*conv\.csv$/);
  const sums = new Float64Array(hour);
  for (const { t_s, out_tok } of traces.csv(file, row)) sums[Math.floor(t_s / stepS) % hour]! += out_tok;
  const mean = sums.reduce((sum, value) => sum + value, 0) / hour;
  if (mean === 0) throw new BotError("bad_input", `reading traces: ${traces.folder}/${file} has no tokens`);
  return sums.map((value) => value / mean);
}

/** Three quiet hours, then 20 to 200 times as much for an hour and a half; or, of a launch that was announced, 2 to 5 times for two. */
export function drawDay(tokens: Float64Array, isLegitimate: boolean, random: Random): AgentDay {
  const start = random.below(hour);
  const from = 3 * hour + random.below(hour / 2);
  const times = isLegitimate ? 2 + 3 * random.next() : 20 * 10 ** random.next();
  const until = from + (isLegitimate ? 2 : 1.5) * hour;
  const asked = Float64Array.from({ length: steps }, (_, step) => {
    const usual = tokens[(start + step) % hour] ?? 1;
    return step >= from && step < until ? times * usual : usual;
  });
  return { asked, from, until, isLegitimate };
}

/** How much of what is asked in a step somebody lets through. */
export type Valve = (step: number, asked: number) => number;

export interface Spent {
  /** Spent in the time of the runaway beyond what is usual, in dollars. */
  readonly overUsd: number;
  /** What was asked for a good reason and not done, in dollars of its tokens. */
  readonly withheldUsd: number;
}

const usdAStep = usualUsd / hour;

/** Adds up a day under somebody who may hold back. */
export function meter({ asked, from, until, isLegitimate }: AgentDay, valve: Valve): Spent {
  let [overUsd, withheldUsd] = [0, 0];
  asked.forEach((wanted, step) => {
    const done = Math.min(wanted, valve(step, wanted));
    const isMore = step >= from && step < until;
    const due = isMore && !isLegitimate ? Math.min(wanted, 1) : wanted;
    overUsd += Math.max(0, done - due) * usdAStep;
    withheldUsd += Math.max(0, due - done) * usdAStep;
  });
  return { overUsd, withheldUsd };
}
