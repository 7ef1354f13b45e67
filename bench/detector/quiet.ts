import { createDetector } from "../../src/detect/detector.ts";
import { Random } from "../../src/detect/random.ts";

/** Weeks of one-minute metrics in which nothing is wrong. */
export interface QuietResult {
  readonly metricWeeks: number;
  /** Episodes opened for each 100 metrics and week. */
  readonly onsetsPer100: number;
  readonly novelPer100: number;
}

const weekPoints = 7 * 24 * 60;

/** A daily load, a skewed latency and small counts, in turn, each with a seed of its own. */
export function runQuiet(metricWeeks: number): QuietResult {
  let onsets = 0;
  let novel = 0;
  for (let metric = 0; metric < metricWeeks; metric++) {
    const next = quietMetric(metric);
    const detector = createDetector({ seed: metric + 1 });
    for (let i = 0; i < weekPoints; i++) {
      const verdict = detector.next(i * 60_000, next(i));
      if (verdict.kind === "abstained") continue;
      onsets += Number(verdict.onset);
      novel += Number(verdict.novel);
    }
  }
  return {
    metricWeeks,
    onsetsPer100: (100 * onsets) / metricWeeks,
    novelPer100: (100 * novel) / metricWeeks,
  };
}

function quietMetric(metric: number): (minute: number) => number {
  const random = Random.fromSeed(1_000 + metric);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const poisson = (mean: number) => {
    let events = 0;
    for (let left = random.next(); left > Math.exp(-mean); left *= random.next()) events++;
    return events;
  };
  if (metric % 3 === 0) return (minute) => 100 - 30 * Math.cos((2 * Math.PI * minute) / 1440) + 3 * gauss();
  if (metric % 3 === 1) return () => 0.2 * Math.exp(0.5 * gauss());
  return () => poisson(metric % 2 ? 0.5 : 5);
}
