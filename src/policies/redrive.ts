/** What is known of dead letters and of those who will get them again. */
export interface DeadLetterWork {
  readonly waiting: number;
  /** For how long a received message is hidden, in seconds, and how often it may be received before it is dead. */
  readonly visibilitySeconds: number;
  readonly maxReceives: number;
  readonly workers: number;
  readonly secondsPerMessage: number;
  readonly atOnce: number;
}

export interface RedrivePace {
  /** How many are tried first, at one a second. */
  readonly canary: number;
  /** How long a message that fails again takes to come back, in seconds. */
  readonly comesBackSeconds: number;
  /** How fast the rest is moved. */
  readonly perSecond: number;
  /** How long that takes, with as much again for a service that moves slower than asked. */
  readonly takesSeconds: number;
}

/** Ten say enough about a cause that lasts, and what ten do again is little. */
const canaryMax = 10;
/**
 * A message that fails is received as often as its queue allows, each time after a visibility timeout. Five minutes at
 * least, because depths in SQS are approximate for a minute; two hours at most, so that an incident ends the same shift.
 */
const comesBackSecondsMin = 300;
const comesBackSecondsMax = 7_200;
/** The rest is moved within three hours, however few workers there are: they find it in their queue, not in another. */
const restSecondsMax = 10_800;
/** SQS moves no faster. */
const perSecondMax = 500;

/** How fast dead letters go back: a few first, and the rest no faster than the workers get through. Pure. */
export function redrivePace(work: DeadLetterWork): RedrivePace {
  const { waiting, visibilitySeconds, maxReceives, workers, secondsPerMessage, atOnce } = work;
  const canary = Math.min(canaryMax, waiting);
  const rest = waiting - canary;
  const throughput = (workers * atOnce) / secondsPerMessage;
  const perSecond = clamp(Math.ceil(Math.max(throughput, rest / restSecondsMax)), 1, perSecondMax);
  return {
    canary,
    comesBackSeconds: clamp(Math.ceil(visibilitySeconds * maxReceives), comesBackSecondsMin, comesBackSecondsMax),
    perSecond,
    takesSeconds: Math.max(600, Math.ceil((2 * rest) / perSecond)),
  };
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
