import type { VirtualClock } from "../../sim/clock.ts";
import { BotError } from "../../src/bot-error.ts";

export interface SettleBounds {
  /** A week of polls a minute apart is about 10,000, the default; a handler that goes round in circles is more. */
  readonly timersMax?: number;
  /** Real time to come to rest in, between two timers. SDK suspensions take 20 ms each; 20 s mean a handler that hangs. */
  readonly restMsMax?: number;
}

/** Alternates letting things come to rest and jumping to the next timer, until somebody is content or no timer is left. */
export async function settle(
  clock: VirtualClock,
  { idle, until, pending }: { idle: () => Promise<void>; until: () => boolean; pending: () => string },
  { timersMax = 10_000, restMsMax = 20_000 }: SettleBounds = {},
): Promise<void> {
  for (let round = 0; round < timersMax; round++) {
    await within(restMsMax, idle(), () => `settling: it does not come to rest; ${pending()}`);
    const next = clock.next();
    if (until() || next === undefined) return;
    clock.advanceTo(next);
  }
  throw new BotError("not_found", `settling: no end after ${timersMax} timers; ${pending()}`);
}

async function within(ms: number, work: Promise<void>, complaint: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BotError("not_found", complaint())), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
