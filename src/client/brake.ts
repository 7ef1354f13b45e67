import { BotError } from "../bot-error.ts";
import { type Clock, type Duration, toMs } from "../clock.ts";
import type { Report } from "./event.ts";

/** What an agent may spend, and from when on it is held by its own process. */
export interface SpendPlan {
  /** What is planned for it in this process, in US dollars an hour. */
  readonly usdPerHour: number;
  /** US dollars a million tokens, by the exact name of the model. What has no price counts nothing, and that is told. */
  readonly prices: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
  /** How many times the plan is no good day any more. Ten: launches bring two to five times as much. At least 2. */
  readonly times?: number;
  /** Over which time that is. Half a minute: the rate of less jumps with every long answer. */
  readonly over?: Duration;
}

/** Why a call should not be made now, and when to ask again. */
export interface Held {
  readonly agent: string;
  /** In milliseconds since the epoch: the next call of a held agent goes then. */
  readonly retryAt: number;
  /** The end of the hold, whatever happens. */
  readonly until: number;
  readonly why: string;
}

/** A hold is for an hour at most, like the one by `stop-spend`: nothing stays held because somebody forgot. */
const holdMostMs = 3_600_000;
/** Nobody was refused for so long: what ran away is over. */
const calmMs = 300_000;
/** Fewer calls in the time are large, not a loop. */
const callsMin = 5;

interface Hold {
  readonly since: number;
  /** One call in so long costs what is planned. */
  readonly paceMs: number;
  nextAt: number;
  refusedAt: number;
}

export interface Brake {
  /** Counts a call. `true`: with this one the agent is held. */
  readonly count: (call: { readonly model: string; readonly input: number; readonly output: number }) => boolean;
  readonly held: () => Held | undefined;
  readonly release: () => void;
}

/**
 * Holds an agent that spends many times its plan, in the process where it does: seconds before anybody outside can.
 *
 * Held, it makes no call for as long as was looked at, and then as many as the plan pays for, at the mean price of those that
 * ran away. The hold ends when nobody was refused for five minutes, after an hour, or when it is released; what still runs
 * away then is held again. Nothing here waits or asks anybody, and what it cannot price it lets through.
 *
 * @throws BotError `bad_setting` for a plan that is none.
 * @internal
 */
export function createBrake(
  agent: string,
  { usdPerHour, prices, times = 10, over = { seconds: 30 } }: SpendPlan,
  { clock, report }: { readonly clock: Clock; readonly report: Report },
): Brake {
  const overMs = toMs(over);
  if (!(usdPerHour > 0) || !Number.isFinite(usdPerHour) || !(times >= 2) || !(overMs >= 1_000 && overMs <= 600_000)) {
    throw new BotError(
      "bad_setting",
      `the plan of ${agent}: usdPerHour must be above 0, times at least 2, over from 1 second to 10 minutes`,
    );
  }
  const usdMost = (times * usdPerHour * overMs) / 3_600_000;
  /** By second, the oldest first: at most six hundred. */
  let spent: { readonly second: number; usd: number; calls: number }[] = [];
  const unpriced = new Set<string>();
  let hold: Hold | undefined;

  const release = (why: string): void => {
    if (hold) report({ kind: "agent-released", agent, why });
    hold = undefined;
  };
  const holding = (now: number): Hold | undefined => {
    if (!hold) return undefined;
    // A clock that was put back must not make a hold longer.
    if (now >= hold.since + holdMostMs || now < hold.since) release("an hour is over");
    else if (now >= hold.refusedAt + calmMs) release("it has been calm for five minutes");
    return hold;
  };

  return {
    count({ model, input, output }) {
      const price = prices[model];
      if (!price) {
        if (unpriced.size < 100 && !unpriced.has(model)) report({ kind: "model-unpriced", agent, model });
        unpriced.add(model.slice(0, 255));
        return false;
      }
      const now = clock.now();
      const second = Math.floor(now / 1_000);
      spent = spent.filter((one) => now - one.second * 1_000 < overMs && one.second <= second);
      let last = spent.at(-1);
      if (last?.second !== second) spent.push((last = { second, usd: 0, calls: 0 }));
      last.usd += (input * price.input + output * price.output) / 1e6;
      last.calls += 1;
      const [usd, calls] = spent.reduce(([sum, count], one) => [sum + one.usd, count + one.calls], [0, 0]);
      if (holding(now) || usd <= usdMost || calls < callsMin) return false;
      const paceMs = Math.ceil((usd / calls / usdPerHour) * 3_600_000);
      hold = { since: now, paceMs, nextAt: now + overMs, refusedAt: now };
      report({ kind: "agent-held", agent, usd, overMs, plannedUsdPerHour: usdPerHour, until: now + holdMostMs });
      return true;
    },

    held() {
      const now = clock.now();
      const held = holding(now);
      if (!held) return undefined;
      if (now >= held.nextAt) {
        held.nextAt = now + held.paceMs;
        return undefined;
      }
      held.refusedAt = now;
      const until = held.since + holdMostMs;
      const why = `${agent} spent more than ${times} times the $${usdPerHour} an hour that are planned`;
      return { agent, retryAt: Math.min(held.nextAt, until), until, why };
    },

    release: () => release("the workload said so"),
  };
}
