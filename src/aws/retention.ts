import { type Duration, toMs } from "../clock.ts";

/** What people may want to read a year later: thirteen months. */
const record: Duration = { days: 400 };

/**
 * How long an item is kept after it was last written, by what its key begins with. DynamoDB deletes it by itself, usually
 * within two days after that. `undefined`: for ever, because there is one of it, or one for each runbook and service.
 */
export const retention: Readonly<Record<string, Duration | undefined>> = {
  story: record,
  journal: record,
  approval: record,
  callback: record,
  // Longer than its story: the episode that is counted next must not find lines of an earlier one under its name.
  incident: { days: 430 },
  alias: { days: 430 },
  // An execution that holds one ends within a day.
  lock: { days: 3 },
  // No limit looks back further than a week.
  limit: { days: 30 },
  unread: { days: 30 },
  // A series that is not sent any more. One that comes back after so long has to be learnt anew in any case.
  series: { days: 60 },
  circuit: { days: 30 },
  "in-flight": { days: 2 },
  trust: undefined,
  durations: undefined,
  quarantine: undefined,
  "spot-supply": undefined,
  watch: undefined,
};

/** The attribute by which DynamoDB deletes items, in seconds since the epoch. */
export function expiryOf(pk: string, now: number): { expiresAt: number } | undefined {
  const kept = retention[pk.split("#")[0] ?? ""];
  return kept && { expiresAt: Math.floor((now + toMs(kept)) / 1_000) };
}
