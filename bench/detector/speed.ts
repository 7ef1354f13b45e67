import { createDetector, restoreDetector } from "../../src/detect/detector.ts";
import type { Series } from "./nab-corpus.ts";

export interface SpeedResult {
  /** By processor time: other programs on the machine do not count. */
  readonly pointsPerSecond: number;
  readonly microsPerScore: { readonly p50: number; readonly p99: number };
  /** The largest saved state of the series. */
  readonly bytesPerSeries: number;
  /** From bytes to a detector that scores: the first time in this process, and the median of later ones. */
  readonly coldLoadMs: { readonly first: number; readonly median: number };
}

/** One detector at a time, one core. */
export function measureSpeed(corpus: readonly Series[]): SpeedResult {
  const micros: number[] = [];
  let bytesPerSeries = 0;
  const cpu = process.cpuUsage();
  let saved: Uint8Array = new Uint8Array();
  for (const { atMs, values } of corpus) {
    const detector = createDetector({ warmUpPoints: 600 });
    atMs.forEach((at, row) => {
      const from = performance.now();
      detector.next(at, values[row]!);
      micros.push((performance.now() - from) * 1000);
    });
    saved = detector.save();
    bytesPerSeries = Math.max(bytesPerSeries, saved.length);
  }
  const { user, system } = process.cpuUsage(cpu);
  const loads = Array.from({ length: 20 }, () => {
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
