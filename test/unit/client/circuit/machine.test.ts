import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Circuit,
  endProbe,
  force,
  type Pace,
  permission,
  rampOn,
  shareOf,
  stateAt,
  takeProbe,
  trip,
  untouched,
} from "../../../../src/client/circuit/machine.ts";
import { Random } from "../../../support/random.ts";

const pace: Pace = {
  openMs: 15_000,
  openMaxMs: 300_000,
  leaseMs: 65_000,
  probes: 2,
  ramp: [0.01, 0.1, 0.5, 1],
  rampStepMs: 10_000,
};

const cause = { why: "it failed" };
const opened = (opens: number, chance = 1, retryAfterMs = 0) =>
  trip(
    { generation: 7, state: { kind: "closed", since: 0, opens } },
    7,
    { ...cause, retryAfterMs },
    1_000,
    chance,
    pace,
  );

describe("a circuit's back-off", () => {
  it.each([
    [0, 15_000],
    [1, 30_000],
    [2, 60_000],
    [4, 240_000],
    [5, 300_000],
    [60, 300_000],
  ])("after %i openings in a row is %i ms", (opens, ms) => {
    expect(opened(opens)).toMatchObject({
      generation: 8,
      state: { kind: "open", until: 1_000 + ms, opens: opens + 1 },
    });
  });

  it("is between three quarters and all of that, by chance", () => {
    expect(opened(0, 0)?.state).toMatchObject({ until: 1_000 + 11_250 });
    expect(opened(0, 0.5)?.state).toMatchObject({ until: 1_000 + 13_125 });
  });

  it("is at least what the provider asks for, up to an hour", () => {
    expect(opened(0, 1, 120_000)?.state).toMatchObject({ until: 121_000 });
    expect(opened(0, 1, 10_000)?.state).toMatchObject({ until: 16_000 });
    expect(opened(0, 1, 10 ** 12)?.state).toMatchObject({ until: 1_000 + 3_600_000 });
  });

  it("starts anew after the circuit has stayed closed for longer than the longest back-off", () => {
    const closed: Circuit = { generation: 1, state: { kind: "closed", since: 0, opens: 4 } };

    expect(trip(closed, 1, cause, 300_000, 1, pace)?.state).toMatchObject({ opens: 5 });
    expect(trip(closed, 1, cause, 300_001, 1, pace)?.state).toMatchObject({ opens: 1 });
  });
});

describe("what was forced", () => {
  const forced = (kind: "forced-open" | "forced-closed" | "metrics-only") =>
    force(untouched, { kind, until: 5_000, by: "alex", why: "maintenance" });

  it("ends by itself: open goes on to a probe, the others are closed", () => {
    expect(permission(forced("forced-open"), 4_999, 0, pace)).toEqual({ kind: "refuse", retryAt: 5_000 });
    expect(permission(forced("forced-open"), 5_000, 0, pace)).toEqual({ kind: "probe" });
    expect(stateAt(forced("forced-closed"), 5_000).kind).toBe("closed");
    expect(stateAt(forced("metrics-only"), 5_000).kind).toBe("closed");
  });

  it("is not moved by what is measured", () => {
    expect(trip(forced("forced-closed"), 1, cause, 4_999, 1, pace)).toBeUndefined();
    expect(trip(forced("metrics-only"), 1, cause, 4_999, 1, pace)).toBeUndefined();
  });
});

describe("the ramp", () => {
  it.each([0.01, 0.1, 0.5, 1])("lets the share of its step through: %d", (share) => {
    const circuit: Circuit = { generation: 1, state: { kind: "ramping", share, since: 0, opens: 1 } };
    const random = new Random(7);
    const calls = 200_000;
    let passed = 0;
    for (let i = 0; i < calls; i++) if (permission(circuit, 5_000, random.next(), pace).kind === "pass") passed += 1;

    // Five standard deviations of a binomial: a sound ramp fails this once in two million seeds, and the seed is fixed.
    expect(Math.abs(passed / calls - share)).toBeLessThanOrEqual(5 * Math.sqrt((share * (1 - share)) / calls));
  });

  it("widens a step that nobody finishes, never beyond the next one", () => {
    fc.assert(
      fc.property(fc.constantFrom(...pace.ramp), fc.nat(10 ** 7), (share, ms) => {
        const circuit: Circuit = { generation: 1, state: { kind: "ramping", share, since: 0, opens: 1 } };
        const now = shareOf(circuit, ms, pace);

        expect(now).toBeGreaterThanOrEqual(share);
        expect(now).toBeLessThanOrEqual(pace.ramp.find((step) => step > share) ?? 1);
        if (ms <= pace.rampStepMs) expect(now).toBe(share);
      }),
      { seed: 20_260_304 },
    );
  });

  it("needs its time on every step", () => {
    const circuit: Circuit = { generation: 3, state: { kind: "ramping", share: 0.5, since: 0, opens: 1 } };

    expect(rampOn(circuit, 3, 9_999, pace)).toBeUndefined();
    expect(rampOn(circuit, 3, 10_000, pace)?.state).toMatchObject({ kind: "ramping", share: 1 });
  });
});

/** One thing that one of several processes tries, on the circuit as it knows it, which may be old. */
const tries = fc.record({
  process: fc.nat(2),
  isFresh: fc.boolean(),
  // Rather the ways back than the ways down, so that many runs come all the way round.
  does: fc.oneof(
    { weight: 14, arbitrary: fc.constantFrom("probe", "well", "ramp", "wait") },
    { weight: 2, arbitrary: fc.constantFrom("trip", "unwell", "nothing", "force") },
  ),
  ms: fc.integer({ min: 0, max: 80_000 }),
  chance: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
});

describe("processes that share a circuit, act on what they last read, and write by conditional write", () => {
  it("never have two probes at a time, and close only on evidence of the generation that it closes", () => {
    // Short ways, so that random steps often come all the way round.
    const pace: Pace = {
      openMs: 5_000,
      openMaxMs: 20_000,
      leaseMs: 30_000,
      probes: 1,
      ramp: [0.5, 1],
      rampStepMs: 1_000,
    };
    let closings = 0;
    let probes = 0;
    fc.assert(
      fc.property(fc.array(tries, { minLength: 20, maxLength: 150 }), (steps) => {
        let now = 10_000;
        let shared = untouched;
        const known: Circuit[] = Array.from({ length: 3 }, () => untouched);
        const owners: (string | undefined)[] = Array.from({ length: 3 }, () => undefined);
        let live: { owner: string; generation: number; leaseUntil: number } | undefined;

        for (const [i, { process, isFresh, does, ms, chance }] of steps.entries()) {
          if (isFresh) known[process] = shared;
          const mine = known[process] ?? untouched;
          const owner = owners[process] ?? "nobody";
          const next = {
            wait: () => void (now += ms),
            trip: () => trip(mine, mine.generation, cause, now, chance, pace),
            probe: () => takeProbe(mine, `attempt-${i}`, now, pace),
            well: () => endProbe(mine, owner, { kind: "succeeded" }, now, chance, pace),
            unwell: () => endProbe(mine, owner, { kind: "failed", ...cause }, now, chance, pace),
            nothing: () => endProbe(mine, owner, { kind: "said-nothing" }, now, chance, pace),
            ramp: () => rampOn(mine, mine.generation, now, pace),
            // Rare, or nothing else would ever last.
            force: () =>
              chance < 0.1
                ? force(mine, { kind: "forced-open", until: now + ms, by: "alex", why: "a test" })
                : undefined,
          }[does]();
          // The conditional write: only over what was read.
          if (!next || shared.generation !== mine.generation) continue;

          const before = stateAt(shared, now);
          expect(next.generation).toBe(shared.generation + 1);
          if (next.state.kind === "half-open") {
            // The probe before this one has ended, was overruled, or its lease is over.
            expect(live === undefined || live.leaseUntil <= now).toBe(true);
            expect(next.state.owner).toBe(`attempt-${i}`);
            owners[process] = next.state.owner;
            live = { ...next.state, generation: next.generation };
            probes += 1;
          } else {
            if (before.kind === "half-open" && does !== "force") {
              expect(owner).toBe(before.owner);
              expect(shared.generation).toBe(live?.generation);
            }
            live = undefined;
          }
          if (next.state.kind === "open") expect(next.state.until - now).toBeLessThanOrEqual(pace.openMaxMs);
          if (next.state.kind === "closed") {
            expect(before).toMatchObject({ kind: "ramping", share: 1 });
            closings += 1;
          }
          if (next.state.kind === "ramping" && before.kind === "ramping") {
            expect(next.state.share).toBeGreaterThan(before.share);
          }
          shared = next;
          known[process] = next;
        }
      }),
      { seed: 20_260_304, numRuns: 2_000 },
    );
    expect(probes).toBeGreaterThan(1_000);
    expect(closings).toBeGreaterThan(50);
  });

  it("do not close a circuit on the success of an older generation", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), (generation, older) => {
        const ramping: Circuit = { generation, state: { kind: "ramping", share: 1, since: 0, opens: 1 } };
        const probing: Circuit = {
          generation,
          state: { kind: "half-open", owner: "new", leaseUntil: 10 ** 6, opens: 1, successes: 1, why: "it failed" },
        };

        expect(rampOn(ramping, generation - older, 20_000, pace)).toBeUndefined();
        expect(endProbe(probing, "old", { kind: "succeeded" }, 1, 0, pace)).toBeUndefined();
        expect(endProbe(probing, "new", { kind: "succeeded" }, 10 ** 6, 0, pace)).toBeUndefined();
      }),
      { seed: 20_260_304 },
    );
  });
});
