import { describe, expect, it } from "vitest";
import type { Circuit } from "../../../../src/client/circuit/circuit.ts";
import type { CircuitSettings } from "../../../../src/client/circuit/settings.ts";
import { forceCircuit, lookAtCircuit } from "../../../../src/client/circuit/stored.ts";
import { failure, givenWorkload } from "../given.ts";

const name = "bedrock/claude";
const processes = 50;
const callMs = 200;

/** Fifty processes, each calling once a second, a provider that can be unwell, and what the provider saw of them. */
function givenFleet({ seed = 1, settings = {} }: { seed?: number; settings?: CircuitSettings } = {}) {
  const world = givenWorkload({ seed });
  const { clock, random, ofKind } = world;
  const provider = { isWell: true, isHanging: false, calls: 0 };
  const fleet: Circuit[] = Array.from({ length: processes }, () =>
    world.process({ circuits: { [name]: settings } }).circuit(name),
  );
  const answer = () =>
    new Promise<string>((resolve, reject) => {
      provider.calls += 1;
      if (provider.isHanging) return;
      const { isWell } = provider;
      clock.at(clock.now() + callMs, () =>
        isWell ? resolve("an answer") : reject(failure("ServiceUnavailableException")),
      );
    });
  for (const circuit of fleet) {
    const again = () => {
      void circuit.attempt(answer);
      clock.at(clock.now() + 1_000, again);
    };
    clock.at(clock.now() + random.below(1_000), again);
  }
  const stored = async () => (await lookAtCircuit(world.table, name, clock)).state;
  return {
    ...world,
    fleet,
    provider,
    answer,
    stored,
    changes: () => ofKind("circuit-changed").map(({ to }) => to),
    /** Advances second by second until it holds; how many seconds that took. */
    secondsUntil: async (holds: () => Promise<boolean>, atMost: number): Promise<number> => {
      for (let seconds = 0; seconds < atMost; seconds++) {
        if (await holds()) return seconds;
        await world.advance(1_000);
      }
      throw new Error(`not within ${atMost} s: ${JSON.stringify(await stored())}`);
    },
  };
}

describe("fifty processes that share a circuit", () => {
  it("write nothing and read once in five seconds each while the provider is well", async () => {
    const { advance, table, provider } = givenFleet();

    await advance(60_000);

    expect(provider.calls).toBe(processes * 60);
    expect(table.asked).toEqual({ reads: processes * 12, writes: 0 });
  });

  it("all stop within the age of their reads after one of them has opened it", async () => {
    const { advance, provider, secondsUntil, stored, changes } = givenFleet();
    provider.isWell = false;

    await secondsUntil(async () => (await stored()).kind === "open", 20);
    await advance(5_000);
    const { calls } = provider;
    await advance(4_000);

    expect(provider.calls).toBe(calls);
    expect(changes()).toEqual(["open"]);
  });

  it("send exactly one probe when they find it ripe at the same moment", async () => {
    const { clock, table, fleet, provider, advance, answer, changes } = givenFleet();
    await forceCircuit(table, name, { to: "forced-open", lease: { seconds: 10 }, by: "alex", why: "a test" }, clock);
    await advance(10_000 - 1);
    const { calls } = provider;

    const attempts = Promise.all(fleet.map((circuit) => circuit.attempt(answer)));
    await advance(1);
    const together = Promise.all(fleet.flatMap((circuit) => [circuit.attempt(answer), circuit.attempt(answer)]));
    await advance(callMs - 1);

    expect(provider.calls - calls).toBe(1);
    expect(changes()).toEqual(["half-open"]);
    await advance(1);
    await attempts;
    expect((await together).filter(({ kind }) => kind === "done")).toHaveLength(1);
  });

  it("send one probe at a time, two or three a minute, for as long as the provider is down", async () => {
    const { advance, provider, changes, secondsUntil, stored, ofKind } = givenFleet();
    provider.isWell = false;
    await secondsUntil(async () => (await stored()).kind === "open", 20);
    await advance(5_000);
    const { calls } = provider;

    await advance(30 * 60_000);

    // 15 s and then every half minute, each between three quarters and all of that.
    const probes = changes().filter((to) => to === "half-open").length;
    expect(provider.calls - calls).toBe(probes);
    expect(probes).toBeGreaterThanOrEqual(58);
    expect(probes).toBeLessThanOrEqual(80);
    const generations = ofKind("circuit-changed").map(({ generation }) => generation);
    expect(generations).toEqual(generations.map((_, i) => i + 1));
  });

  it.each([1, 2, 3])(
    "come back all together within two minutes of the provider's recovery, step by step (seed %i)",
    async (seed) => {
      const { advance, provider, secondsUntil, stored, changes } = givenFleet({ seed });
      provider.isWell = false;
      await secondsUntil(async () => (await stored()).kind === "open", 20);
      await advance(5_000);
      provider.isWell = true;

      const seconds = await secondsUntil(async () => (await stored()).kind === "closed", 240);

      expect(seconds).toBeLessThanOrEqual(120);
      expect(changes()).toEqual(["open", "half-open", "ramping", "ramping", "ramping", "ramping", "closed"]);
      await advance(5_000);
      const { calls } = provider;
      await advance(10_000);
      expect(provider.calls - calls).toBe(processes * 10);
    },
  );

  it("survive the crash of the one that probes: its lease ends, and another one probes", async () => {
    const { advance, provider, secondsUntil, stored, changes, clock } = givenFleet({
      settings: { timeout: { seconds: 20 } },
    });
    provider.isWell = false;
    await secondsUntil(async () => (await stored()).kind === "open", 20);
    provider.isWell = true;
    provider.isHanging = true;
    await secondsUntil(async () => (await stored()).kind === "half-open", 30);
    const probing = await stored();
    provider.isHanging = false;
    const { calls } = provider;
    const leftMs = probing.kind === "half-open" ? probing.leaseUntil - clock.now() : 0;
    expect(leftMs).toBeGreaterThan(20_000);

    await advance(leftMs - 6_000);
    expect(provider.calls).toBe(calls);
    await secondsUntil(async () => (await stored()).kind === "ramping", 60);

    expect(changes().filter((to) => to === "half-open")).toHaveLength(2);
  });

  it("keep calling while the store is down, and share one circuit again after it", async () => {
    const { advance, provider, table, secondsUntil, stored } = givenFleet();
    await advance(10_000);
    table.is("failing");
    const { calls } = provider;
    await advance(10_000);
    expect(provider.calls - calls).toBe(processes * 10);

    provider.isWell = false;
    await advance(20_000);
    const down = provider.calls;
    await advance(5_000);
    expect(provider.calls).toBeLessThan(down + processes);
    table.is("well");

    await secondsUntil(async () => (await stored()).kind === "open", 30);
  });
});
