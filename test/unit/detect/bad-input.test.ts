import * as fc from "fast-check";
import { explain } from "../../../src/engine/explain.ts";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../../src/detect/binary.ts";
import { createDetector, restoreDetector } from "../../../src/detect/detector.ts";
import { IsolationForest, readForest } from "../../../src/detect/forest.ts";
import { scoreSeries } from "../../../src/detect/series.ts";
import { ServiceDetector } from "../../../src/detect/service-detector.ts";
import type { Verdict } from "../../../src/detect/verdict.ts";

/** Whatever a broken clock, a broken exporter or a broken file may say. */
const sampleOf = (at: number, value: number) => ({
  series: { namespace: "Paramedic", name: "LatencyMs", dimensions: {} },
  at,
  value,
});

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 5e-324, 1.7e308, -1.7e308, Number.MAX_SAFE_INTEGER),
);

function numbersOf(verdict: Verdict): number[] {
  if (verdict.kind === "abstained") return [];
  const { score, tail, severity, novelty, expected, carried } = verdict;
  return [score, tail, severity, novelty, expected.low, expected.high, ...carried.map(({ share }) => share)];
}

describe("a detector that is given rubbish", () => {
  it("answers every time and value with a verdict of finite numbers or with why it has none", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyNumber, anyNumber), { maxLength: 60 }), fc.nat(120), (rubbish, warm) => {
        const detector = createDetector({ warmUpPoints: 24 });
        for (let i = 0; i < warm; i++) detector.next(i * 60_000, i % 5);
        for (const [atMs, value] of rubbish) {
          const verdict = detector.next(atMs, value);
          for (const x of numbersOf(verdict)) expect(Number.isFinite(x)).toBe(true);
          if (verdict.kind === "scored")
            expect(explain(sampleOf(atMs, value), verdict)).not.toMatch(/NaN|undefined|Infinity/);
          else expect(verdict.detail).not.toBe("");
        }
        expect(restoreDetector(detector.save()).save()).toEqual(detector.save());
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("says nothing of a series without points, and of a single one that it is cold", () => {
    expect(scoreSeries(createDetector(), [])).toEqual([]);
    expect(scoreSeries(createDetector(), [{ atMs: 0, value: 1 }])[0]!.verdict).toMatchObject({ why: "cold" });
  });

  it("takes a series whose times all go back as late, but for its first point", () => {
    const detector = createDetector();
    const verdicts = Array.from({ length: 50 }, (_, i) => detector.next(-i * 60_000, i));
    expect(verdicts.slice(1).every((verdict) => verdict.kind === "abstained" && verdict.why === "late")).toBe(true);
    expect(detector.points).toBe(1);
  });

  it("neither alerts on a hundred thousand equal values nor grows with them", () => {
    const detector = createDetector();
    let told = 0;
    for (let i = 0; i < 100_000; i++) {
      const verdict = detector.next(i * 60_000, 42);
      told += Number(verdict.kind === "scored" && (verdict.onset || verdict.novel));
    }
    expect(told).toBe(0);
    expect(detector.save().length).toBeLessThan(48_000);
  });

  it("tells a change of the unit once, says that it lasts, and then knows the new one", () => {
    const detector = createDetector();
    const seconds = Array.from({ length: 600 }, (_, i) => 0.7 + (i % 7) * 0.02);
    const verdicts = [...seconds, ...seconds.map((x) => x * 1_000)].map((value, i) => detector.next(i * 60_000, value));
    const scored = verdicts.flatMap((verdict) => (verdict.kind === "scored" ? verdict : []));
    expect(scored.filter(({ onset }) => onset)).toHaveLength(1);
    expect(scored.filter(({ adapted }) => adapted)).toHaveLength(1);
    expect(scored.at(-1)).toMatchObject({ inEpisode: false });
    expect(scored.at(-1)!.expected.low).toBeGreaterThan(100);
  });

  it("judges irregular points in their order, and is silent about no one of them", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 20, max: 240 }), { minLength: 200, maxLength: 200 }), (seconds) => {
        const detector = createDetector();
        let atMs = 0;
        const verdicts = seconds.map((step, i) => detector.next((atMs += step * 1_000), 5 + (i % 4)));
        expect(verdicts.slice(60).every(({ kind }) => kind === "scored")).toBe(true);
        expect(verdicts.some((verdict) => verdict.kind === "scored" && verdict.onset)).toBe(false);
      }),
      { seed: 1, numRuns: 10 },
    );
  });

  it("tells a counter that was reset, and goes on", () => {
    const detector = createDetector();
    const counter = (from: number) => Array.from({ length: 400 }, (_, i) => (i - from) * 7 + (i % 3));
    const verdicts = [...counter(0), ...counter(0)].map((value, i) => detector.next(i * 60_000, value));
    expect(verdicts.slice(400, 404).some((verdict) => verdict.kind === "scored" && verdict.inEpisode)).toBe(true);
    expect(verdicts.at(-1)!.kind).toBe("scored");
  });
});

describe("bytes of another version", () => {
  const readService = (bytes: Uint8Array) => ServiceDetector.restore(bytes);
  const of = (magic: string) => new ByteWriter({ magic, version: 999, what: "a model" }).finish();

  it.each([
    ["PIDT", restoreDetector],
    ["PIFO", readForest],
    ["PISD", readService],
  ] as const)("are refused with both versions named: %s", (magic, read) => {
    expect(() => read(of(magic))).toThrow(/version 999, and this build reads version \d+/);
  });

  it("are refused whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const read of [restoreDetector, readForest, readService]) {
          expect(() => read(bytes)).toThrow(expect.objectContaining({ code: "bad_input" }));
        }
      }),
      { seed: 1 },
    );
  });
});

describe("a forest that is given rubbish", () => {
  it("refuses what is infinite or not whole rows, and scores any row above 0 and below 1", () => {
    expect(() => IsolationForest.fit(Float64Array.of(1, -Infinity), 1, { seed: 1 })).toThrow("infinite");
    const forest = IsolationForest.fit(
      Float64Array.from({ length: 300 }, (_, i) => i % 17),
      3,
      { seed: 1 },
    );
    fc.assert(
      fc.property(fc.tuple(anyNumber, anyNumber, anyNumber), (row) => {
        const score = forest.score(Float64Array.from(row));
        expect(score > 0 && score < 1).toBe(true);
      }),
      { seed: 1 },
    );
  });
});
