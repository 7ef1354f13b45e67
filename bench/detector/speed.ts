import { createDetector, restoreDetector } from "../../src/detect/detector.ts";
import type { Series } from "./nab-corpus.ts";

const warmUpPoints = 600;

export interface SpeedResult {
  /** By processor time: other programs on the machine do not count. */
  readonly pointsPerSecond: number;
  readonly microsPerScore: { readonly p50: number; readonly p99: number };
  /** The largest saved state of the series. */
  readonly bytesPerSeries: number;
  /** From bytes to a detector that scores: the first time in this process, and the median of later ones. */
  readonly coldLoadMs: { readonly first: number; readonly median: number };
}

/** One detector at a time, one core; a first round, not measured, lets the compiler do its work, as in a sandbox that lives on. */
export function measureSpeed(corpus: readonly Series[]): SpeedResult {
  const micros: number[] = [];
  let bytesPerSeries = 0;
  let saved: Uint8Array = new Uint8Array();
  for (const { atMs, values } of corpus) {
    const detector = createDetector({ warmUpPoints });
    for (let row = 0; row < values.length; row++) detector.next(atMs[row]!, values[row]!);
    saved = detector.save();
    bytesPerSeries = Math.max(bytesPerSeries, saved.length);
  }
  const cpu = process.cpuUsage();
  for (const { atMs, values } of corpus) {
    const detector = createDetector({ warmUpPoints });
    for (let row = 0; row < values.length; row++) {
      const from = performance.now();
      detector.next(atMs[row]!, values[row]!);
      micros.push((performance.now() - from) * 1000);
    }
  }
  const { user, system } = process.cpuUsage(cpu);
  const loads = Array.from({ length: 21 }, () => {
    const from = performance.now();
    restoreDetector(saved);
    return performance.now() - from;
  });
  const sorted = Float64Array.from(micros).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  return {
    pointsPerSecond: (micros.length / (user + system)) * 1e6,
    microsPerScore: { p50: at(0.5), p99: at(0.99) },
    bytesPerSeries,
    coldLoadMs: { first: loads[0]!, median: loads.toSorted((a, b) => a - b)[10]! },
  };
}
