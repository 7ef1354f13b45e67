import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Together } from "../../../src/detect/service-detector.ts";
import { ServiceDetector } from "../../../src/detect/service-detector.ts";
import { noise } from "./series-of.ts";

const minuteMs = 60_000;
type Values = Record<string, number>;

/** Feeds frames a minute apart, and one value more, which closes the last of them. */
function feed(detector: ServiceDetector, frames: readonly Values[], from = 0): Together[] {
  const said = frames.flatMap((values, i) =>
    Object.entries(values).flatMap(([name, value]) => detector.next((from + i) * minuteMs, name, value) ?? []),
  );
  return said;
}

/** Load that swings, with a latency and a queue that follow it. */
function normal(count: number, seed = 1): Values[] {
  const { gauss, uniform } = noise(seed);
  return Array.from({ length: count }, () => {
    const load = uniform(50, 150);
    return {
      load,
      latency: 4 * load + 20 * gauss(),
      queue: load / 10 + gauss(),
      errors: uniform(0, 2),
      tokens: 100 * load,
    };
  });
}

const onsets = (said: readonly Together[]) => said.filter(({ onset }) => onset).length;

describe("the signals of a service together", () => {
  it("say nothing while too little is known, and open no episode in quiet times", () => {
    const said = feed(new ServiceDetector(1), normal(2_000));
    expect(said[0]!.atMs).toBeGreaterThanOrEqual(60 * minuteMs);
    expect(onsets(said)).toBeLessThanOrEqual(1);
  });

  it("open one episode for a shift of all that is small in each, and name who carried it", () => {
    const detector = new ServiceDetector(1);
    feed(detector, normal(600));
    const shifted = normal(30, 2).map(({ load, latency, queue, errors, tokens }) => ({
      load: load! + 70,
      latency: latency! + 280,
      queue: queue! + 8,
      errors: errors! + 1.5,
      tokens: tokens! + 7_000,
    }));
    const said = feed(detector, shifted, 600);
    expect(onsets(said)).toBe(1);
    expect(said.find(({ onset }) => onset)!.why).toMatch(
      /^\w+ [\d.]+ \(usually [\d.]+ to [\d.]+\) carried \d+ %, .+ of the deviation$/,
    );
  });

  it("say nothing of a signal that is where it usually is, though it be the only one of its minute", () => {
    const detector = new ServiceDetector(1);
    feed(detector, normal(600));
    feed(detector, [{ load: 101 }], 600);
    expect(detector.explain()).toBe("");
  });

  it("explain what is odd in the frame that is still open", () => {
    const detector = new ServiceDetector(1);
    feed(detector, normal(200));
    expect(detector.next(200 * minuteMs, "latency", 2_400)).toBeDefined();
    expect(detector.explain()).toMatch(/^latency 2400 \(usually \d+.* to \d+.*\) carried 100 % of the deviation$/);
  });

  it("do not depend on the order within a minute, and pass over what is late or endless", () => {
    const frames = normal(300);
    const sorted = new ServiceDetector(1);
    const mixed = new ServiceDetector(1);
    const first = feed(sorted, frames);
    const second = frames.flatMap((values, i) => {
      const said = Object.entries(values)
        .toReversed()
        .flatMap(([name, value]) => mixed.next(i * minuteMs + 1_000, name, value) ?? []);
      expect(mixed.next((i - 1) * minuteMs, "latency", 9e9)).toBeUndefined();
      expect(mixed.next(i * minuteMs, "latency", NaN)).toBeUndefined();
      return said;
    });
    expect(second.map(({ onset, inEpisode }) => [onset, inEpisode])).toEqual(
      first.map(({ onset, inEpisode }) => [onset, inEpisode]),
    );
  });

  it("learn nothing while they are frozen", () => {
    const detector = new ServiceDetector(1);
    feed(detector, normal(200));
    detector.freeze();
    feed(
      detector,
      normal(300, 2).map((values) => ({ ...values, latency: 9_000 })),
      200,
    );
    detector.thaw();
    detector.next(600 * minuteMs, "latency", 9_000);
    expect(detector.explain()).toContain("latency 9000 (usually");
  });

  it("go on bit by bit wherever they were cut, in at most 60 kB", () => {
    const frames = normal(700).map((values, i) => (i > 500 && i < 520 ? { ...values, latency: 5_000 } : values));
    fc.assert(
      fc.property(fc.nat(frames.length), (cut) => {
        const whole = new ServiceDetector(7);
        feed(whole, frames.slice(0, cut));
        const bytes = whole.save();
        expect(bytes.length).toBeLessThan(60_000);
        const copy = ServiceDetector.restore(bytes);
        expect(feed(copy, frames.slice(cut), cut)).toEqual(feed(whole, frames.slice(cut), cut));
        expect(copy.save()).toEqual(whole.save());
      }),
      { seed: 1, numRuns: 8 },
    );
  });

  it("are refused when damaged", () => {
    const detector = new ServiceDetector(1);
    feed(detector, normal(100));
    const bytes = detector.save();
    for (const at of [0, 5, 20, 500, bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1;
      expect(() => ServiceDetector.restore(damaged)).toThrow(expect.objectContaining({ code: "bad_input" }));
    }
  });
});
