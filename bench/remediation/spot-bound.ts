import type { Job, Prices } from "./spot-world.ts";

/** Narrow enough that the bound moves by less than a thousandth. */
const bisections = 25;

/**
 * The least that a job can cost if the whole future is known, its deadline kept: a lower bound, in dollars.
 *
 * Any zone of the region, and going from one to another costs nothing. Work is priced, and the cheapest way at a price is found step by
 * step; the price at which exactly the work is done gives the bound (Lagrange), between two ways where none does exactly that.
 */
export function cheapest(job: Job, prices: Prices, restartH: number): number {
  const stepH = (job.zones[0]?.stepS ?? 60) / 3_600;
  const steps = Math.floor(job.lengthH / stepH);
  const spot = Array.from({ length: steps }, (_, i) =>
    job.zones.some(({ available }) => available[job.start + i] === 1),
  );
  const restarts = Math.max(1, Math.round(restartH / stepH));
  let low = way(spot, stepH, restarts, prices, 0);
  // Far above what anything costs, all is work.
  let high = way(spot, stepH, restarts, prices, 10 * prices.onDemand);
  if (high.workH <= job.workH) return high.cost;
  let [from, to] = [0, 10 * prices.onDemand];
  for (let i = 0; i < bisections; i++) {
    const middle = (from + to) / 2;
    const found = way(spot, stepH, restarts, prices, middle);
    if (found.workH < job.workH) [from, low] = [middle, found];
    else [to, high] = [middle, found];
  }
  const share = (job.workH - low.workH) / (high.workH - low.workH || 1);
  // Between two ways a launch is shared out; but there is one at least, and nothing is cheaper than spot.
  return Math.max(low.cost + share * (high.cost - low.cost), (job.workH + restarts * stepH) * prices.spot);
}

interface Way {
  readonly cost: number;
  readonly workH: number;
}

/** The way with the least cost minus `worth` for every hour of work. */
function way(spot: readonly boolean[], stepH: number, restarts: number, prices: Prices, worth: number): Way {
  // State 0: nothing. Then, on spot and on demand, how many steps of the launch are done: with the last one it is ready.
  const markets = [
    { before: 0, price: prices.spot * stepH, isThere: (step: number) => spot[step] },
    { before: restarts, price: prices.onDemand * stepH, isThere: () => true },
  ];
  const size = 1 + 2 * restarts;
  let cost = new Float64Array(size).fill(Infinity);
  let work = new Float64Array(size);
  cost[0] = 0;
  for (const step of spot.keys()) {
    const nextCost = new Float64Array(size).fill(Infinity);
    const nextWork = new Float64Array(size);
    const reach = (state: number, from: number, dollars: number, hours: number): void => {
      const total = cost[from]! + dollars - worth * hours;
      if (total >= nextCost[state]!) return;
      nextCost[state] = total;
      nextWork[state] = work[from]! + hours;
    };
    for (let from = 0; from < size; from++) {
      if (cost[from] === Infinity) continue;
      reach(0, from, 0, 0);
      for (const { before, price, isThere } of markets) {
        if (!isThere(step)) continue;
        const done = from > before && from <= before + restarts ? from - before : 0;
        if (done === restarts) reach(from, from, price, stepH);
        else reach(before + done + 1, from, price, 0);
      }
    }
    cost = nextCost;
    work = nextWork;
  }
  const best = cost.reduce((least, value, state) => (value < cost[least]! ? state : least), 0);
  return { cost: cost[best]! + worth * work[best]!, workH: work[best]! };
}
