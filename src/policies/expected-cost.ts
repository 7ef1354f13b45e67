/** Spot and on-demand capacity, as far as a cost can be expected of them. Times in hours, prices in dollars an hour. */
export interface Market {
  readonly spotPrice: number;
  readonly onDemandPrice: number;
  readonly restartH: number;
  /** Mean time until an instance is taken, and until one can be had again when there is none. */
  readonly keepsH: number;
  readonly returnsH: number;
  /** The share of losses (0–1) after which another zone has one at once. */
  readonly elsewhere: number;
}

/** Dollars that a choice is expected to cost in the end, the deadline kept in every case. */
export interface Expected {
  /** Working on spot from now on, until it is taken. `extraH`: what has to be done before work goes on. */
  readonly spot: (about: Pick<Market, "spotPrice" | "keepsH"> & { extraH: number }) => number;
  /** On demand for a step, and then whatever is best. */
  readonly onDemand: (about: { extraH: number; isSpotThere: boolean }) => number;
  /** Nothing for a step. */
  readonly wait: () => number;
}

/** Finer steps change the cost on recorded supply by less than half a per cent. */
const stepsMost = 32;

/**
 * What the choices of a job are expected to cost, by dynamic programming over the time and the work that are left.
 *
 * Chance has two parts: an instance is taken after `keepsH` on average, and comes back after `returnsH`, both without memory. A job
 * whose time is only just enough goes on demand to its end: so every deadline is kept, and the cost of keeping it is in every
 * other choice. Pure; a tenth of a millisecond or two.
 */
export function expectedCost(leftH: number, workH: number, stepH: number, market: Market): Expected {
  const { onDemandPrice, restartH, returnsH, elsewhere } = market;
  const step = Math.max(stepH, leftH / stepsMost);
  const steps = Math.max(1, Math.floor(leftH / step));
  const restart = restartH / step;
  const width = Math.ceil(workH / step + 2 * restart) + 2;
  const comes = 1 - Math.exp(-step / returnsH);
  const taken = (keepsH: number) => 1 - Math.exp(-step / keepsH);

  /** Cost to the end by work left: on spot; with nothing; on demand while there is no spot; on demand while there is. */
  type Layer = readonly [onSpot: Float64Array, idle: Float64Array, dry: Float64Array, free: Float64Array];
  const zeros = () => new Float64Array(width + 1);
  const layer = (): Layer => [zeros(), zeros(), zeros(), zeros()];
  const at = (costs: Float64Array, work: number): number => {
    if (work <= 0) return 0;
    const low = Math.min(width - 1, Math.floor(work));
    return costs[low]! + (costs[low + 1]! - costs[low]!) * Math.min(1, work - low);
  };
  const toTheEnd = (work: number): number => onDemandPrice * step * work;

  const spot = ([onSpot, idle]: Layer, work: number, price: number, loss: number): number => {
    const now = price * step * Math.min(1, work);
    if (work <= 1) return now;
    const lost = elsewhere * at(onSpot, work - 1 + restart) + (1 - elsewhere) * at(idle, work - 1);
    return now + (1 - loss) * at(onSpot, work - 1) + loss * lost;
  };
  const demand = ([, , dry, free]: Layer, work: number, spotNext: number): number => {
    const now = onDemandPrice * step * Math.min(1, work);
    return work <= 1 ? now : now + spotNext * at(free, work - 1) + (1 - spotNext) * at(dry, work - 1);
  };
  const nothing = ([onSpot, idle]: Layer, work: number): number =>
    comes * at(onSpot, work + restart) + (1 - comes) * at(idle, work);

  const loss = taken(market.keepsH);
  const stays = 1 - loss * (1 - elsewhere);
  let next = layer();
  for (let work = 1; work <= width; work++) {
    next[0][work] = next[1][work] = toTheEnd(work + restart);
    next[2][work] = next[3][work] = toTheEnd(work);
  }
  for (let left = 1; left < steps; left++) {
    const now = layer();
    for (let work = 1; work <= width; work++) {
      const slack = left - work;
      const spotNow = spot(next, work, market.spotPrice, loss);
      const waiting = slack >= restart + 1 ? nothing(next, work) : Infinity;
      now[0][work] = slack >= restart ? spotNow : toTheEnd(work + restart);
      now[1][work] =
        slack >= restart ? Math.min(waiting, demand(next, work + restart, comes)) : toTheEnd(work + restart);
      now[2][work] = Math.min(waiting, demand(next, work, comes));
      now[3][work] = Math.min(
        demand(next, work, stays),
        slack >= 2 * restart ? spot(next, work + restart, market.spotPrice, loss) : Infinity,
      );
    }
    next = now;
  }
  const work = (extraH: number): number => (workH + extraH) / step;
  return {
    spot: ({ spotPrice, keepsH, extraH }) => spot(next, work(extraH), spotPrice, taken(keepsH)),
    onDemand: ({ extraH, isSpotThere }) => demand(next, work(extraH), isSpotThere ? stays : comes),
    wait: () => nothing(next, work(0)),
  };
}
