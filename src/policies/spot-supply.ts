/** Which zones of a region had a spot instance to give, as it was seen at one time. */
export interface Seen {
  readonly atH: number;
  readonly available: ReadonlySet<string>;
}

/** What the recent past says about the spot supply of a region. Times in hours. */
export interface Supply {
  /** How long a zone keeps an instance, on average, before EC2 takes it. */
  readonly keepsH: (zone: string) => number;
  /** How long it takes, when no zone has one, until one has again. */
  readonly returnsH: number;
  /** The share of losses (0–1) after which another zone has one at once. */
  readonly elsewhere: number;
}

/**
 * What is believed before anything is seen, as one spell of each kind: a loss every half day, two hours without, and another zone
 * in half of the cases. Recorded supply of GPUs scatters around these; a day of looking outweighs them.
 */
const belief = { keepsH: 12, returnsH: 2, elsewhere: 0.5 };

/** Reads the supply from what was seen, oldest first. Of the time between two looks, the earlier one is believed. */
export function supplyOf(seen: readonly Seen[]): Supply {
  const kept = new Map<string, { hours: number; losses: number }>();
  const none = { hours: 0, ends: 0 };
  const losses = { all: 0, elsewhere: 0 };
  for (const [index, { atH, available }] of seen.entries()) {
    const next = seen[index + 1];
    if (!next) break;
    const hours = next.atH - atH;
    if (available.size === 0) {
      none.hours += hours;
      if (next.available.size > 0) none.ends += 1;
    }
    for (const zone of available) {
      const held = kept.get(zone) ?? { hours: 0, losses: 0 };
      kept.set(zone, held);
      held.hours += hours;
      if (next.available.has(zone)) continue;
      held.losses += 1;
      losses.all += 1;
      if (next.available.size > 0) losses.elsewhere += 1;
    }
  }
  return {
    keepsH: (zone) => {
      const { hours, losses } = kept.get(zone) ?? { hours: 0, losses: 0 };
      return (hours + belief.keepsH) / (losses + 1);
    },
    returnsH: (none.hours + belief.returnsH) / (none.ends + 1),
    elsewhere: (losses.elsewhere + belief.elsewhere) / (losses.all + 1),
  };
}
