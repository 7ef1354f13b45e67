/**
 * What one event uses, counted over the real engine and rounded up by a quarter or so: `test/unit/cli/cost` counts again,
 * and fails when one of these is less than what is used or more than twice that. Writes include those of the index.
 */
export const uses = {
  interruption: { reads: 110, writes: 150, operations: 40, writtenKb: 25 },
  incident: { reads: 120, writes: 130, operations: 45, writtenKb: 20 },
  /** One that only joins an incident, or opens none. */
  event: { reads: 4, writes: 4 },
  /** A sample of a series that was sent for days, on the average: its detector is written whole once in 24 of them. */
  sample: { reads: 7, writes: 5 },
  /** The execution that a canary starts. */
  canary: { operations: 5 },
  /** One round of watching, on a day with little to look after. */
  round: { reads: 10 },
} as const;

/** A detector that has seen a few days, with the last points beside it. */
export const detectorKb = 48;

/** How long a function runs, in seconds: its trips to AWS at 10 ms each, and a cold start every hour. */
export const seconds = {
  receive: 0.1,
  score: 0.05,
  /** A durable execution is paid for while it works, not while it waits. */
  remediate: 3,
  canary: 0.2,
  round: 0.2,
  click: 0.4,
  /** Two weeks of minutes of one series: half a second to read, a third to watch. */
  learn: 1,
} as const;

/** What a run writes to its log, in kB. */
export const logKb = 1;
