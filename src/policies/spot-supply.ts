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

/** All that is kept of what was seen: sums that fade, and the last look. Plain data. */
export interface SupplySums {
  readonly atH: number;
  readonly available: readonly string[];
  readonly zones: Readonly<Record<string, { readonly hours: number; readonly losses: number }>>;
  /** When no zone had one. */
  readonly none: { readonly hours: number; readonly ends: number };
  /** Losses after which another zone had one at once. */
  readonly elsewhere: number;
}

/**
 * What is believed before anything is seen, as one spell of each kind: a loss every half day, two hours without, and another zone
 * in half of the cases. Recorded supply of GPUs scatters around these; a day of looking outweighs them.
 */
const belief = { keepsH: 12, returnsH: 2, elsewhere: 0.5 };

/** What was seen counts by half after a week: about a fortnight of it matters. */
const halfLifeH = 168;
/** Of a longer gap between two looks nobody knows what was in it. */
const gapHMax = 1;

/** Adds a look to what was seen. Of the time between two looks, the earlier one is believed. Pure. */
export function see(sums: SupplySums | undefined, { atH, available }: Seen): SupplySums {
  const now = [...available].sort();
  if (!sums) return { atH, available: now, zones: {}, none: { hours: 0, ends: 0 }, elsewhere: 0 };
  const gapH = atH - sums.atH;
  const kept = 0.5 ** (gapH / halfLifeH);
  const isKnown = gapH <= gapHMax;
  const were = isKnown ? sums.available : [];
  const hours = isKnown ? gapH : 0;
  const zones = Object.fromEntries(
    [...new Set([...Object.keys(sums.zones), ...were])].map((zone) => {
      const was = sums.zones[zone] ?? { hours: 0, losses: 0 };
      const had = were.includes(zone);
      const isLost = had && !available.has(zone);
      return [zone, { hours: was.hours * kept + (had ? hours : 0), losses: was.losses * kept + Number(isLost) }];
    }),
  );
  const losses = were.filter((zone) => !available.has(zone)).length;
  const wasDry = isKnown && sums.available.length === 0;
  return {
    atH,
    available: now,
    zones,
    none: {
      hours: sums.none.hours * kept + (wasDry ? hours : 0),
      ends: sums.none.ends * kept + Number(wasDry && now.length > 0),
    },
    elsewhere: sums.elsewhere * kept + (now.length > 0 ? losses : 0),
  };
}

/** Reads the supply from what was seen; what is believed where nothing was. */
export function supplyOf(sums: SupplySums | undefined): Supply {
  const { zones = {}, none = { hours: 0, ends: 0 }, elsewhere = 0 } = sums ?? {};
  const losses = Object.values(zones).reduce((sum, zone) => sum + zone.losses, 0);
  return {
    keepsH: (zone) => ((zones[zone]?.hours ?? 0) + belief.keepsH) / ((zones[zone]?.losses ?? 0) + 1),
    returnsH: (none.hours + belief.returnsH) / (none.ends + 1),
    elsewhere: (elsewhere + belief.elsewhere) / (losses + 1),
  };
}
