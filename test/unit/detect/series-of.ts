import { Random } from "../../../src/detect/random.ts";

/** Noise with a seed, for series that look like metrics. */
export function noise(seed: number) {
  const random = Random.fromSeed(seed);
  const uniform = (low: number, high: number) => low + random.next() * (high - low);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  /** Knuth's: one draw for every event and one more. */
  const poisson = (mean: number) => {
    let events = 0;
    for (let left = random.next(); left > Math.exp(-mean); left *= random.next()) events++;
    return events;
  };
  return { uniform, gauss, poisson };
}
