import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { createDetector, restoreDetector } from "../../src/detect/detector.ts";

const metrics = z.object({ t: z.array(z.number()), series: z.record(z.string(), z.array(z.number().nullable())) });
const traffic = z.object({
  issues: z.record(z.string(), z.object({ metrics, target: z.object({ node: z.string(), timestamp: z.number() }) })),
  noissue: metrics,
});
const recording = z.object({ high_traffic: traffic, low_traffic: traffic });

/** What an alert means: `onset` may lead to action, `novel` is for people to look at. */
export interface PetshopResult {
  readonly incidents: number;
  readonly recall: number;
  /** Alerts in fault-free hours, counted once an hour over all metrics of the front end. */
  readonly falsePerWeek: number;
  /** Incidents whose bins before the fault alerted: the drift between the recordings. */
  readonly early: number;
}

const binMs = 300_000;
const weekMs = 7 * 24 * 3_600_000;
/** A fault is entered at some second; the bin it falls into is the first that can show it. */
const binOf = (atMs: number) => Math.floor(atMs / binMs);

/**
 * Recall on the 52 injected faults, from the metrics of the front end that its users see.
 *
 * Each detector learns the fault-free recording, made five months after the faults, and then sees an incident's five bins as if they
 * followed at once: what it does with the drift is part of the result.
 */
export function runPetshop(file: string, what: "onset" | "novel", warmUpPoints: number): PetshopResult {
  const read = recording.parse(JSON.parse(gunzipSync(readFileSync(file)).toString()));
  let found = 0;
  let early = 0;
  let incidents = 0;
  let falseHours = 0;
  let quietMs = 0;
  for (const { issues, noissue } of [read.high_traffic, read.low_traffic]) {
    const hours = new Set<number>();
    const warm = new Map<string, { bytes: Uint8Array; lastMs: number }>();
    for (const [name, values] of Object.entries(noissue.series)) {
      if (!name.startsWith("PetSite|")) continue;
      const detector = createDetector({ seed: 1, name, warmUpPoints });
      values.forEach((value, i) => {
        if (value === null) return;
        const verdict = detector.next(i * binMs, value);
        if (verdict.kind === "scored" && verdict[what]) hours.add(Math.floor((i * binMs) / 3_600_000));
      });
      warm.set(name, { bytes: detector.save(), lastMs: (values.length - 1) * binMs });
    }
    falseHours += hours.size;
    quietMs += (noissue.t.length - warmUpPoints) * binMs;
    for (const { metrics, target } of Object.values(issues)) {
      incidents++;
      let first = Infinity;
      for (const [name, { bytes, lastMs }] of warm) {
        const detector = restoreDetector(bytes);
        metrics.series[name]?.forEach((value, i) => {
          if (value === null) return;
          const verdict = detector.next(lastMs + (i + 1) * binMs, value);
          if (verdict.kind === "scored" && verdict[what]) first = Math.min(first, metrics.t[i]!);
        });
      }
      if (binOf(first * 1000) < binOf(target.timestamp * 1000)) early++;
      else if (first < Infinity) found++;
    }
  }
  return { incidents, recall: found / incidents, falsePerWeek: (falseHours * weekMs) / quietMs, early };
}
