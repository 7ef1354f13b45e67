import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Detector } from "../../../src/detect/detector.ts";
import { createDetector, restoreDetector } from "../../../src/detect/detector.ts";
import { scoreSeries } from "../../../src/detect/series.ts";
import type { Verdict } from "../../../src/detect/verdict.ts";
import { noise } from "./series-of.ts";

const minuteMs = 60_000;

/** Feeds values a minute apart, after those already fed. */
function feed(detector: Detector, values: Iterable<number>, from = detector.points): Verdict[] {
  return Array.from(values, (value, i) => detector.next((from + i) * minuteMs, value));
}

const times = <T>(count: number, value: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => value(i));
const onsets = (verdicts: readonly Verdict[]) =>
  verdicts.flatMap((verdict, i) => (verdict.kind === "scored" && verdict.onset ? [i] : []));
const last = (verdicts: readonly Verdict[]) => {
  const verdict = verdicts.at(-1);
  if (verdict?.kind !== "scored") throw new Error(`not scored: ${verdict?.why}`);
  return verdict;
};

/** Two hours of latency between 0.6 and 0.9 s. */
function warm(seed = 1): { detector: Detector; calm: (count: number) => number[] } {
  const { uniform } = noise(seed);
  const calm = (count: number) => times(count, () => uniform(0.6, 0.9));
  const detector = createDetector({ seed, name: "latency" });
  feed(detector, calm(120));
  return { detector, calm };
}

describe("the detector on an incident", () => {
  it("alerts once, within three points, when latency goes from 0.6–0.9 s to 2.4 s for ten minutes", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { detector, calm } = warm(seed);
      const { gauss } = noise(seed + 100);
      const found = onsets(feed(detector, [...times(10, () => 2.4 + 0.1 * gauss()), ...calm(110)]));
      expect(found).toHaveLength(1);
      expect(found[0]).toBeLessThan(3);
      expect(detector.inEpisode).toBe(false);
    }
  });

  it("says what it saw, what it expected and which feature carried it", () => {
    const { detector } = warm();
    const { expected, carried, severity, tail } = last(feed(detector, [2.4]));
    expect(carried[0]?.feature).toMatch(/^(level|jump)$/);
    expect(expected.low).toBeGreaterThan(0.4);
    expect(expected.high).toBeLessThan(1.1);
    expect(severity).toBeGreaterThan(1);
    expect(tail).toBeLessThan(0.02);
    expect(carried.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(carried.map(({ share }) => share)).toEqual(carried.map(({ share }) => share).sort((a, b) => b - a));
  });

  it("does not alert on a single point, however far", () => {
    const { detector, calm } = warm();
    const verdicts = feed(detector, [1e9, ...calm(60)]);
    expect(onsets(verdicts)).toEqual([]);
  });

  it("alerts again on a second episode, and not on a wobble within the first", () => {
    const { detector, calm } = warm();
    const verdicts = feed(detector, [
      ...times(5, () => 2.4),
      ...calm(3),
      ...times(5, () => 2.4),
      ...calm(60),
      ...times(5, () => 3),
    ]);
    expect(onsets(verdicts)).toHaveLength(2);
    expect(onsets(verdicts)[1]).toBeGreaterThanOrEqual(73);
  });

  it("stops alerting on what comes back every two hours", () => {
    const { detector, calm } = warm();
    const days = times(24, () => [...calm(110), ...times(10, () => 2.4)]).flat();
    expect(onsets(feed(detector, days)).length).toBeLessThanOrEqual(4);
  });

  it("names the spread where only the noise has grown", () => {
    const { gauss } = noise(4);
    const detector = createDetector();
    feed(detector, times(600, gauss));
    const verdicts = feed(
      detector,
      times(20, (i) => (i % 2 ? 8 : -8)),
    );
    expect(onsets(verdicts)).toHaveLength(1);
    expect(last(verdicts).carried[0]?.feature).toBe("spread");
  });

  it("names the level where a rise was too slow for a jump", () => {
    const { gauss } = noise(5);
    const detector = createDetector();
    feed(detector, times(600, gauss));
    detector.freeze();
    const verdicts = feed(
      detector,
      times(400, (i) => gauss() + i / 20),
    );
    expect(last(verdicts).carried[0]?.feature).toBe("level");
    expect(onsets(verdicts)).toHaveLength(1);
  });

  it("flags any step of a series that was constant for ten thousand points", () => {
    for (const constant of [5, 0, -3, 1e12]) {
      const detector = createDetector();
      const verdicts = feed(
        detector,
        times(10_000, () => constant),
      );
      expect(onsets(verdicts)).toEqual([]);
      expect(
        onsets(
          feed(
            detector,
            times(3, () => constant + Math.max(1, Math.abs(constant))),
          ),
        ),
      ).toEqual([1]);
    }
  });
});

describe("the detector in quiet times", () => {
  const weekPoints = 7 * 24 * 60;
  const quiet = {
    "a daily pattern": (seed: number) => {
      const { gauss } = noise(seed);
      return times(weekPoints, (i) => 100 - 30 * Math.cos((2 * Math.PI * i) / 1440) + 3 * gauss());
    },
    latency: (seed: number) => {
      const { gauss } = noise(seed);
      return times(weekPoints, () => 0.2 * Math.exp(0.5 * gauss()));
    },
    counts: (seed: number) => {
      const { poisson } = noise(seed);
      return times(weekPoints, () => poisson(seed % 2 ? 0.5 : 5));
    },
  };

  it.each(Object.entries(quiet))("alerts at most once a week on %s", (_, series) => {
    for (let seed = 1; seed <= 2; seed++) {
      const verdicts = feed(createDetector({ seed }), series(seed));
      expect(onsets(verdicts).length).toBeLessThanOrEqual(1);
      const scored = verdicts.filter((verdict) => verdict.kind === "scored");
      const rare = scored.filter(({ tail }) => tail <= 0.01).length / scored.length;
      // Calibrated: one point in a hundred is as rare as one in a hundred. A daily pattern has its strangest points in the
      // first day, when all is new, and they stay in the ranks: it may be rarer by a factor of five, never commoner by two.
      expect(rare).toBeGreaterThan(0.002);
      expect(rare).toBeLessThan(0.02);
    }
  });
});

describe("the detector's baseline", () => {
  it("takes a lasting change as normal after a while, and says so", () => {
    const { detector } = warm();
    const { uniform } = noise(9);
    const verdicts = feed(
      detector,
      times(600, () => uniform(1.6, 1.9)),
    );
    const adapted = verdicts.filter((verdict) => verdict.kind === "scored" && verdict.adapted);
    expect(onsets(verdicts)).toHaveLength(1);
    expect(adapted).toHaveLength(1);
    expect(detector.inEpisode).toBe(false);
    expect(last(verdicts).expected.high).toBeGreaterThan(1.6);
  });

  it("learns nothing and adapts to nothing while it is frozen", () => {
    const { detector, calm } = warm();
    const before = last(feed(detector, calm(1)));
    detector.freeze();
    expect(detector.frozen).toBe(true);
    const during = feed(
      detector,
      times(600, () => 2.4),
    );
    expect(onsets(during)).toHaveLength(1);
    expect(detector.inEpisode).toBe(true);
    feed(detector, calm(60));
    detector.thaw();
    const after = last(feed(detector, calm(1)));
    expect(after.expected.high).toBeCloseTo(before.expected.high, 0);
  });
});

describe("the detector abstains", () => {
  it("while it is cold, counting the points", () => {
    const detector = createDetector();
    expect(detector.next(0, 1)).toEqual({ kind: "abstained", why: "cold", detail: "1 of 60 points seen" });
    const verdicts = feed(
      detector,
      times(60, (i) => i % 7),
    );
    expect(verdicts.slice(0, 59).every(({ kind }) => kind === "abstained")).toBe(true);
    expect(verdicts[59]?.kind).toBe("scored");
  });

  it("when frozen before it was warm", () => {
    const detector = createDetector();
    feed(detector, [1, 2]);
    detector.freeze();
    expect(detector.next(minuteMs * 9, 3)).toMatchObject({ why: "frozen", detail: "frozen with 2 of 60 points seen" });
  });

  it("on late, repeated and unreadable points, which change nothing", () => {
    const { detector, calm } = warm();
    const before = detector.save();
    expect(detector.next(119 * minuteMs, 9)).toMatchObject({ why: "duplicate" });
    expect(detector.next(100 * minuteMs, 9)).toMatchObject({ why: "late", detail: "1140 s behind the newest point" });
    expect(detector.next(120 * minuteMs, NaN)).toMatchObject({ why: "not-finite", detail: "the value is NaN" });
    expect(detector.next(120 * minuteMs, -Infinity)).toMatchObject({ why: "not-finite" });
    expect(detector.next(NaN, 1)).toMatchObject({ why: "not-finite", detail: "the time is NaN" });
    expect(detector.save()).toEqual(before);
    expect(last(feed(detector, calm(1))).kind).toBe("scored");
  });

  it("after a gap, until it has seen a few points again", () => {
    const { detector, calm } = warm();
    const verdicts = feed(detector, calm(13), 1000);
    expect(verdicts[2]).toMatchObject({ why: "stale", detail: "3 of 12 points seen since a gap of 52860 s" });
    expect(verdicts[11]?.kind).toBe("abstained");
    expect(verdicts[12]?.kind).toBe("scored");
  });

  it("after days without points at another level, which it learns anew, and tells no episode", () => {
    const { detector } = warm();
    const { uniform } = noise(17);
    const away = 2 * 1_440;
    const verdicts = feed(
      detector,
      times(120, () => uniform(1.6, 1.9)),
      away,
    );
    expect(verdicts[11]).toMatchObject({ why: "stale" });
    expect(verdicts[12]).toMatchObject({
      why: "drifted",
      detail: expect.stringMatching(/^1 of 60 points seen after a gap of \d+ s/),
    });
    expect(verdicts[70]).toMatchObject({ why: "drifted" });
    expect(onsets(verdicts)).toEqual([]);
    expect(last(verdicts).expected.high).toBeGreaterThan(1.6);
  });

  it("not for long after days without points at the same level, and still sees what leaves it", () => {
    const { detector, calm } = warm();
    const verdicts = feed(detector, [...calm(13), ...times(5, () => 2.4)], 2 * 1_440);
    expect(verdicts[12]?.kind).toBe("scored");
    expect(onsets(verdicts)).toHaveLength(1);
  });

  it("where it would alert on a series that is unusual half of the time", () => {
    const detector = createDetector();
    const { uniform } = noise(18);
    // Another level every two hours and a half, never the same one.
    const verdicts = feed(
      detector,
      times(3_000, (i) => 2 ** (1 + Math.floor(i / 150)) * uniform(0.95, 1.05)),
    );
    const noisy = verdicts.filter((verdict) => verdict.kind === "abstained" && verdict.why === "noisy");
    expect(noisy[0]).toMatchObject({ detail: expect.stringMatching(/^unusual for 4\d % of the time lately/) });
    // Of twenty changes.
    expect(onsets(verdicts).length).toBeLessThan(10);
  });

  it("only for a while when a metric goes over to a slower beat", () => {
    const { detector, calm } = warm();
    const verdicts = calm(40).map((value, i) => detector.next((200 + i * 30) * minuteMs, value));
    expect(verdicts[5]).toMatchObject({ why: "stale" });
    expect(verdicts.at(-1)?.kind).toBe("scored");
  });
});

describe("a saved detector", () => {
  /** Everything at once: cold, warm, full, an episode, gaps, a lasting change. */
  const eventful = () => {
    const { gauss, uniform } = noise(11);
    let atMs = 0;
    return times(2500, (i) => {
      atMs += i % 700 === 699 ? 3_600_000 : minuteMs;
      const level = i > 1900 ? 9 : i > 1500 && i < 1520 ? 20 : 5;
      return { atMs, value: uniform(0, 1) < 0.002 ? 50 : level + gauss() };
    });
  };

  it("goes on bit by bit wherever it was cut", () => {
    const points = eventful();
    fc.assert(
      fc.property(fc.nat(points.length), fc.nat(points.length), (a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const whole = createDetector({ seed: 3, name: "queue, Länge" });
        scoreSeries(whole, points.slice(0, first));
        const cut = restoreDetector(whole.save());
        expect(cut.settings).toEqual(whole.settings);
        expect(scoreSeries(cut, points.slice(first, second))).toEqual(scoreSeries(whole, points.slice(first, second)));
        expect(cut.save()).toEqual(whole.save());
      }),
      { seed: 1, numRuns: 12 },
    );
  });

  it("takes at most 48 kB, also in the longest episode", () => {
    const { gauss } = noise(12);
    const detector = createDetector({ adaptPoints: 300, warmUpPoints: 750 });
    feed(detector, times(10_000, gauss));
    feed(
      detector,
      times(295, () => 50),
    );
    expect(detector.inEpisode).toBe(true);
    expect(detector.save().length).toBeLessThan(48_000);
  });

  it("is refused with any byte changed or missing", () => {
    const bytes = warm().detector.save();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at]! ^= change;
        for (const wrong of [damaged, bytes.subarray(0, at)]) {
          expect(() => restoreDetector(wrong)).toThrow(
            expect.objectContaining({ name: "BotError", code: "bad_input" }),
          );
        }
      }),
      { seed: 1 },
    );
  });

  it("keeps an open episode open: the restored one does not alert again", () => {
    const { detector } = warm();
    expect(onsets(feed(detector, [2.4, 2.4, 2.4]))).toHaveLength(1);
    const restored = restoreDetector(detector.save());
    expect(onsets(feed(restored, [2.4, 2.4, 2.4]))).toEqual([]);
    expect(restored.inEpisode).toBe(true);
  });
});

describe("any detector", () => {
  it("gives the same verdicts for the same seed, and other scores for another", () => {
    const { gauss } = noise(13);
    const values = times(300, gauss);
    const of = (seed: number) => feed(createDetector({ seed }), values);
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it("keeps every number finite and in its range for any finite input", () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, 1, -1, 1e308, -1e308, 5e-324),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 61, maxLength: 150 }), fc.boolean(), (values, calmFirst) => {
        const detector = createDetector();
        if (calmFirst)
          feed(
            detector,
            times(80, (i) => i % 5),
          );
        for (const verdict of feed(detector, values)) {
          if (verdict.kind === "abstained") continue;
          const { score, tail, severity, expected, carried } = verdict;
          for (const share of [score, tail, ...carried.map((part) => part.share)]) {
            expect(share >= 0 && share <= 1).toBe(true);
          }
          expect(tail).toBeGreaterThan(0);
          expect(severity).toBeGreaterThanOrEqual(0);
          for (const x of [severity, expected.low, expected.high]) expect(Number.isFinite(x)).toBe(true);
          expect(expected.low).toBeLessThanOrEqual(expected.high);
          expect(carried.reduce((sum, part) => sum + part.share, 0)).toBeCloseTo(1, 9);
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("scores a batch in the order of time", () => {
    const { calm } = warm();
    const points = calm(100).map((value, i) => ({ atMs: i * minuteMs, value }));
    const sorted = scoreSeries(createDetector(), points);
    expect(scoreSeries(createDetector(), points.toReversed())).toEqual(sorted);
    expect(scoreSeries(createDetector(), [])).toEqual([]);
  });

  it("refuses settings out of range", () => {
    for (const settings of [
      { seed: -1 },
      { warmUpPoints: 10 },
      { staleIntervals: NaN },
      { adaptPoints: 301 },
      { warmUpPoints: 751 },
    ]) {
      expect(() => createDetector(settings)).toThrow(expect.objectContaining({ code: "bad_setting" }));
    }
  });
});
