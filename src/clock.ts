/** Where time comes from. A test that owns the clock owns time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A length of time, said so that nobody has to guess the unit: `{ minutes: 5 }`. Parts add up. */
export interface Duration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

/** A length of time in milliseconds. */
export function toMs({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Duration): number {
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

let current: Clock = { now: () => Date.now() };

/**
 * The time of this process. Everything in the bot that needs the time asks this one.
 *
 * It is the system's, until the local stack or a test puts its own in its place with {@link useClock}: that is how
 * unmodified production handlers run on simulated time.
 */
export const systemClock: Clock = { now: () => current.now() };

/** Replaces the time of this process and returns a function that puts the earlier one back. */
export function useClock(clock: Clock): () => void {
  const before = current;
  current = clock;
  return () => {
    current = before;
  };
}
