/** What a point is worth: 1 if one in a hundred is as strange, and it is twice as far out as the edge of the band. Inside it is 0. */
const rarityOfOne = 2;
const distanceOfOne = 2;
/** A point counts for at most 1, so that four clear ones in a row open an episode and no single point ever does. */
const pointMax = 1;
/** A point this many bands away counts for more: two of them in a row open an episode. */
const hugeDistance = 5;
const hugeMax = 1.4;
/** Evidence fades: ten points ago counts for 3 %. What stays below 0.69 a point never adds up to {@link openAt}. */
const fade = 0.7;
/** Three clear points add up to 2.19, which two of a hundred quiet weeks reached by chance; four to 2.53, and two huge ones to 2.38. */
const openAt = 2.3;
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

/**
 * Adds what a point says, by the share of points as strange as it and how many bands away it is, to what the points before it said.
 *
 * To open an episode a point must be rare and far out; to keep it open far out is enough, since what lasts is soon no longer rare.
 */
export function weigh(state: EvidenceState, tail: number, distance: number): EvidenceState {
  const far = Math.max(0, distance - 1) / (distanceOfOne - 1);
  const worth = (-Math.log10(tail) / rarityOfOne) * far;
  const most = distance >= hugeDistance ? hugeMax : pointMax;
  const amount = state.amount * fade + Math.min(state.open ? Math.max(worth, far) : worth, most);
  const open = state.open || amount >= openAt;
  const calm = amount < calmBelow ? state.calm + 1 : 0;
  if (calm >= (open ? calmPoints : 1)) return { amount, open: false, points: 0, calm: 0 };
  return { amount, open, points: state.points + 1, calm };
}
