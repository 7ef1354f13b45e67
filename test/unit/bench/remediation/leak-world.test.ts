import { describe, expect, it } from "vitest";
import { days, drawServices, type Leaky, live, memoryOf } from "../../../../bench/remediation/leak-world.ts";
import { Random } from "../../../../src/detect/random.ts";

const startMs = Date.UTC(2026, 10, 22, 3, 0);
const day = 86_400_000;
const course = Array.from({ length: 1_440 }, (_, bin) => 40 + 5 * Math.sin(bin / 200));
const service = (perDay: number): Leaky => ({ name: "api", course, offset: 7, perDay });

describe("a service that leaks", () => {
  it("uses more the older its tasks are, and no day begins with a jump", () => {
    const at = (now: number, startedAt = now) => memoryOf(service(24), 0, startedAt, now);
    expect(at(startMs, startMs - day) - at(startMs)).toBeCloseTo(24);
    for (let now = startMs; now < startMs + 3 * day; now += 57_000)
      expect(Math.abs(at(now + 57_000) - at(now))).toBeLessThan(0.1);
  });

  it("has its tasks killed until somebody restarts them in time, and the others never", () => {
    const all = [service(45), service(0)];
    expect(live(all, startMs, () => false).kills).toBeGreaterThanOrEqual(3 * Math.floor((days * 45) / 65));
    const nightly = live(all, startMs, (_, now) => now % day === 0);
    expect(nightly).toEqual({ kills: 0, restarts: 2 * 3 * days, needless: 3 * days });
  });

  it("is drawn the same for the same seed: one as fast as recorded, one that runs out within two days", () => {
    const pods = { healthy: [course], slopes: [17] };
    const drawn = drawServices(pods, Random.fromSeed(4));
    expect(drawServices(pods, Random.fromSeed(4))).toEqual(drawn);
    const [recorded, made, ...others] = drawn.map(({ perDay }) => perDay);
    expect(recorded).toBe(17);
    expect(made).toBeGreaterThanOrEqual(30);
    expect(new Set(others)).toEqual(new Set([0]));
  });
});
