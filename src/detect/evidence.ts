/** A point counts for at most 1, so that three clear ones in a row open an episode and no single point ever does. */
const pointMax = 1;
/** A point this many bands away counts for more: two of them in a row open an episode. */
const hugeDistance = 5;
const hugeMax = 1.3;
/** Evidence fades: ten points ago counts for 3 %. What stays below 0.64 a point never adds up to {@link openAt}. */
const fade = 0.7;
/** Three clear points add up to 2.19; in 45 quiet weeks 2.0 was reached twice by chance. */
const openAt = 2.15;
/** Hysteresis: an episode ends only far below the evidence that began it, and after that many points in a row. */
const calmBelow = 0.5;
const calmPoints = 10;

export interface EvidenceState {
  /** 0 to about 4.4. */
  readonly amount: number;
  readonly open: boolean;
  /** Points since the evidence was last calm: the run-up of an episode, or its length so far. */
  readonly points: number;
  /** Calm points in a row. */
  readonly calm: number;
}

export const noEvidence: EvidenceState = { amount: 0, open: false, points: 0, calm: 0 };

/** Adds a point's severity, given how many bands away it is, to what the points before it said. */
export function weigh(state: EvidenceState, severity: number, distance: number): EvidenceState {
  const amount = state.amount * fade + Math.min(severity, distance >= hugeDistance ? hugeMax : pointMax);
  const open = state.open || amount >= openAt;
  const calm = amount < calmBelow ? state.calm + 1 : 0;
  if (calm >= (open ? calmPoints : 1)) return { amount, open: false, points: 0, calm: 0 };
  return { amount, open, points: state.points + 1, calm };
}
