import { describe, expect, it } from "vitest";
import { CircuitOpen } from "../../../../src/client/circuit/circuit.ts";
import type { CircuitSettings } from "../../../../src/client/circuit/settings.ts";
import { circuitKey, forceCircuit, lookAtCircuit, releaseCircuit } from "../../../../src/client/circuit/stored.ts";
import { failure, givenWorkload } from "../given.ts";

const name = "bedrock/claude";
const well = () => Promise.resolve("an answer");
const unwell = () => Promise.reject(failure("ServiceUnavailableException"));
const throttled = (headers = {}) => Promise.reject(failure("ThrottlingException", { $response: { headers } }));
const hanging = () => new Promise<string>(() => {});

/** Jitter at its most, and every call in the share of the ramp unless a test says otherwise. */
function given(settings: CircuitSettings = {}, chance = 0.999_999) {
  const world = givenWorkload();
  const process = () => world.process({ circuits: { [name]: settings }, chance: () => chance }).circuit(name);
  const circuit = process();
  return {
    ...world,
    process,
    circuit,
    stored: async () => (await lookAtCircuit(world.table, name, world.clock)).state,
    /** Calls it again and again, one second apart; what comes out is not looked at. */
    calls: async (count: number, fn: () => Promise<unknown>) => {
      for (let i = 0; i < count; i++) {
        await world.ended(circuit.attempt(fn));
        await world.advance(1_000);
      }
    },
  };
}

describe("a circuit", () => {
  it("reads once in five seconds and writes nothing while all is well", async () => {
    const { calls, table } = given();

    await calls(60, well);

    expect(table.asked).toEqual({ reads: 12, writes: 0 });
  });

  it("opens once, for every process, when half of at least ten calls failed", async () => {
    const { calls, process, advance, table, stored, ofKind } = given();
    const other = process();

    await calls(5, well);
    await calls(4, unwell);
    expect((await stored()).kind).toBe("closed");
    await calls(1, unwell);
    await advance(5_000);

    expect(await other.attempt(well)).toMatchObject({ kind: "refused" });
    expect(await stored()).toMatchObject({ kind: "open", why: "5 of 10 calls failed" });
    expect(table.asked.writes).toBe(1);
    expect(ofKind("circuit-changed")).toMatchObject([{ from: "closed", to: "open", share: 0, isFatal: false }]);
  });

  it("is told of on the bus with every transition, once, and a bus that is down harms no call", async () => {
    const { calls, process, advance, told, factBus, ofKind, circuit } = given();
    const other = process();
    await calls(10, unwell);
    await advance(5_000);
    await other.attempt(well);

    expect(told).toMatchObject([
      { type: "Paramedic Circuit Transition", detail: { circuit: name, from: "closed", to: "open", generation: 1 } },
    ]);

    factBus.isDown = true;
    await advance(120_000);
    expect(await circuit.attempt(well)).toMatchObject({ kind: "done" });
    await advance(0);
    expect(told).toHaveLength(1);
    expect(ofKind("store-failed")[0]?.doing).toBe(`telling of the circuit ${name}`);
  });

  it("forgets failures after a minute", async () => {
    const { calls, advance, stored } = given();

    await calls(5, well);
    await calls(4, unwell);
    await advance(60_000);
    await calls(1, unwell);

    expect((await stored()).kind).toBe("closed");
  });

  it("opens on six failures in a row, however rare its calls and however good the minute before", async () => {
    const quiet = given();
    for (let i = 0; i < 6; i++) {
      expect((await quiet.stored()).kind).toBe("closed");
      await quiet.calls(1, unwell);
      await quiet.advance(50_000);
    }
    expect(await quiet.stored()).toMatchObject({ kind: "open", why: "6 calls in a row failed" });

    const busy = given();
    await busy.calls(59, well);
    await busy.calls(6, unwell);
    expect((await busy.stored()).kind).toBe("open");
  });

  it("answers with the fallback when it is open and when the call fails, and throws without one", async () => {
    const { calls, circuit } = given();

    expect(await circuit.call(unwell, { fallback: ({ kind }) => kind })).toBe("failed");
    await expect(circuit.call(unwell)).rejects.toThrow("ServiceUnavailableException happened");
    await calls(8, unwell);

    expect(await circuit.call(well, { fallback: ({ kind }) => kind })).toBe("refused");
    await expect(circuit.call(well)).rejects.toThrow(CircuitOpen);
  });

  it("throws on what the request itself is to blame for, whatever the fallback, and does not count it", async () => {
    const { circuit, calls, stored } = given();
    const wrong = () => Promise.reject<string>(failure("ValidationException"));

    await expect(circuit.call(wrong, { fallback: () => "hidden" })).rejects.toThrow("ValidationException happened");
    await calls(50, wrong);

    expect((await stored()).kind).toBe("closed");
  });

  it("calls a hanging call off after its time limit and counts it as failed", async () => {
    const { circuit, ended, clock, calls, stored } = given();
    const beganAt = clock.now();
    let isAborted = false;

    const call = circuit.attempt((signal) => {
      signal.addEventListener("abort", () => (isAborted = true));
      return hanging();
    });

    expect(await ended(call)).toMatchObject({ kind: "failed", verdict: { kind: "fault" } });
    expect({ isAborted, ms: clock.now() - beganAt }).toEqual({ isAborted: true, ms: 60_000 });
    await Promise.all(Array.from({ length: 10 }, () => ended(circuit.attempt(hanging))));
    await calls(0, well);
    expect((await stored()).kind).toBe("open");
  });

  it("does not count what the caller calls off", async () => {
    const { circuit, ended, stored } = given();

    for (let i = 0; i < 20; i++) {
      const caller = new AbortController();
      const call = circuit.attempt(
        (signal) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(failure("ServiceUnavailableException")));
          }),
        { signal: caller.signal },
      );
      await Promise.resolve();
      setImmediate(() => caller.abort());
      expect(await ended(call)).toMatchObject({ kind: "failed", verdict: { kind: "ignored" } });
    }

    expect((await stored()).kind).toBe("closed");
  });

  it("counts slow answers apart: open when four in five are slow", async () => {
    const { calls, clock, stored } = given({ slowAfter: { seconds: 1 } });
    const slow = () => new Promise((resolve) => void clock.at(clock.now() + 1_000, () => resolve("late")));

    await calls(3, well);
    await calls(11, slow);
    expect((await stored()).kind).toBe("closed");
    await calls(1, slow);

    expect(await stored()).toMatchObject({ kind: "open", why: "12 of 15 calls were slow" });
  });

  it("bears more throttling than failing, and then opens for as long as the provider asks", async () => {
    const { calls, clock, stored } = given();

    await calls(3, well);
    await calls(11, throttled);
    expect((await stored()).kind).toBe("closed");
    await calls(1, () => throttled({ "retry-after": "120" }));

    expect(await stored()).toMatchObject({
      kind: "open",
      why: "12 of 15 calls were throttled",
      until: clock.now() - 1_000 + 120_000,
    });
  });

  it.each(["AccessDeniedException", "ResourceNotFoundException"])(
    "opens at once on %s, and says so",
    async (refusal) => {
      const { calls, ofKind } = given();
      const refusing = () => Promise.reject(failure(refusal));

      await calls(1, refusing);

      expect(ofKind("circuit-changed")).toMatchObject([{ to: "open", isFatal: true, why: `it answered ${refusal}` }]);
    },
  );

  it("comes back by one probe, then 1, 10, 50 and 100 % of calls, then closed", async () => {
    const { calls, advance, ofKind } = given({}, 0);

    await calls(10, unwell);
    await advance(15_000);
    await calls(60, well);

    expect(ofKind("circuit-changed").map(({ to, share }) => [to, share])).toEqual([
      ["open", 0],
      ["half-open", 0],
      ["ramping", 0.01],
      ["ramping", 0.1],
      ["ramping", 0.5],
      ["ramping", 1],
      ["closed", 1],
    ]);
  });

  it("opens again for twice as long when the probe fails", async () => {
    const { calls, advance, clock, stored } = given();

    await calls(10, unwell);
    await advance(15_000);
    await calls(1, unwell);

    const state = await stored();
    expect(state).toMatchObject({ kind: "open", opens: 2 });
    expect(state.kind === "open" && state.until - clock.now()).toBeCloseTo(29_000, -1);
  });

  it("opens again on two failures on the ramp", async () => {
    const { calls, advance, stored } = given({}, 0);

    await calls(10, unwell);
    await advance(15_000);
    await calls(1, well);
    expect((await stored()).kind).toBe("ramping");
    await calls(2, unwell);

    expect(await stored()).toMatchObject({ kind: "open", why: "2 of 2 calls failed" });
  });

  it("probes with the small request it is given, and then lets the waiting call go", async () => {
    const probed: string[] = [];
    const { calls, advance, circuit, stored } = given({ probe: async () => void probed.push("a tiny prompt") });

    await calls(10, unwell);
    await advance(15_000);

    expect(await circuit.call(well)).toBe("an answer");
    expect(probed).toEqual(["a tiny prompt"]);
    expect((await stored()).kind).toBe("ramping");
  });

  it("lets no call go when its small request is not answered well", async () => {
    const { calls, advance, circuit, stored } = given({ probe: unwell });
    await calls(10, unwell);
    await advance(15_000);
    let sent = 0;

    expect(await circuit.attempt(() => Promise.resolve(++sent))).toMatchObject({ kind: "refused" });
    expect({ sent, ...(await stored()) }).toMatchObject({ sent: 0, kind: "open", opens: 2 });
  });

  it("takes no word of calls that began before its last transition", async () => {
    const { calls, advance, circuit, stored, ended } = given({}, 0);
    const old = Promise.withResolvers<never>();
    const before = Promise.all(Array.from({ length: 20 }, () => circuit.attempt(() => old.promise)));
    await calls(10, unwell);
    await advance(15_000);
    await calls(1, well);
    expect((await stored()).kind).toBe("ramping");

    old.reject(failure("ServiceUnavailableException"));
    await ended(before);

    expect((await stored()).kind).toBe("ramping");
  });

  it("does not forget its own transition when an older read is answered after it", async () => {
    const { calls, advance, circuit, table, ended } = given();
    await calls(5, unwell);
    const last = Promise.withResolvers<never>();
    const failing = circuit.attempt(() => last.promise);
    await advance(5_000);
    const { get } = table;
    const gate = Promise.withResolvers<void>();
    table.get = async (key) => {
      const item = await get(key);
      await gate.promise;
      return item;
    };
    const reading = circuit.state();
    await advance(0);
    last.reject(failure("ServiceUnavailableException"));
    await ended(failing);
    gate.resolve();
    await reading;

    expect((await circuit.state()).kind).toBe("open");
  });

  it("recovers from a crashed probe when its lease is over, and takes no word of it after that", async () => {
    const { calls, advance, clock, process, circuit, stored } = given({ timeout: { seconds: 20 } });
    await calls(10, unwell);
    await advance(15_000);
    // This process hangs for a whole minute, timers and all, as a frozen sandbox does.
    const frozen = Promise.withResolvers<string>();
    void circuit.attempt(() => frozen.promise);
    await advance(0);
    expect(await stored()).toMatchObject({ kind: "half-open", leaseUntil: clock.now() + 25_000 });

    const other = process();
    expect(await other.attempt(well)).toMatchObject({ kind: "refused", retryAt: clock.now() + 25_000 });
    await advance(25_000);
    frozen.resolve("an answer from before");
    await advance(0);
    expect((await stored()).kind).not.toBe("ramping");
    await advance(45_000);

    expect(await other.attempt(well)).toMatchObject({ kind: "done" });
    expect((await stored()).kind).toBe("ramping");
  });

  it("gives a probe back that said nothing about the provider", async () => {
    const { calls, advance, circuit, stored } = given();
    await calls(10, unwell);
    await advance(15_000);

    await calls(1, () => Promise.reject(failure("ValidationException")));

    expect(await stored()).toMatchObject({ kind: "open", opens: 1 });
    expect(await circuit.attempt(well)).toMatchObject({ kind: "done" });
  });

  it("finds its own write when the answer to it was lost", async () => {
    const { calls, advance, circuit, table, stored } = given();
    await calls(10, unwell);
    await advance(15_000);
    const { replace } = table;
    // The SDK repeats a conditional write whose answer was lost, and the repetition is refused.
    table.replace = async (item) => (await replace(item), replace(item));

    expect(await circuit.attempt(well)).toMatchObject({ kind: "done" });
    expect((await stored()).kind).toBe("ramping");
  });

  it("that only counts tells when it would open, refuses nothing and asks no store", async () => {
    const { calls, table, circuit, ofKind } = given({ metricsOnly: true });

    await calls(10, unwell);

    expect(await circuit.attempt(well)).toMatchObject({ kind: "done" });
    expect(ofKind("circuit-would-open")).toMatchObject([{ why: "6 calls in a row failed" }]);
    expect(table.asked).toEqual({ reads: 0, writes: 0 });
  });

  it("refuses settings that cannot be meant", () => {
    const world = givenWorkload();
    const made = (settings: CircuitSettings) => () => world.process({ circuits: { "*": settings } }).circuit(name);

    expect(made({ failureRate: 50 })).toThrow("failureRate cannot be 50");
    expect(made({ timeout: {} })).toThrow("timeoutMs cannot be 0");
    expect(made({ ramp: [0.5, 0.1] })).toThrow("ramp must rise");
  });
});

describe("a forced circuit", () => {
  const hold = { lease: { minutes: 5 }, by: "alex", why: "the provider is on fire", key: "step-1" };

  it("is open for its lease whatever the calls say, and then probes", async () => {
    const { table, clock, circuit, advance, stored } = given();

    await forceCircuit(table, name, { ...hold, to: "forced-open" }, clock);
    expect(await circuit.attempt(well)).toMatchObject({ kind: "refused", retryAt: clock.now() + 300_000 });
    await advance(300_000);

    expect(await circuit.attempt(well)).toMatchObject({ kind: "done" });
    expect((await stored()).kind).toBe("ramping");
  });

  it("is closed for its lease however many calls fail", async () => {
    const { table, clock, calls, stored, advance } = given();

    await forceCircuit(table, name, { ...hold, to: "forced-closed" }, clock);
    await calls(100, unwell);
    expect((await stored()).kind).toBe("forced-closed");
    await advance(300_000);
    await calls(10, unwell);

    expect((await stored()).kind).toBe("open");
  });

  it("is forced once by one step, and released only by it", async () => {
    const { table, clock, advance, stored } = given();

    await forceCircuit(table, name, { ...hold, to: "forced-open" }, clock);
    await advance(1_000);
    await forceCircuit(table, name, { ...hold, to: "forced-open" }, clock);
    expect(await table.get(circuitKey(name))).toMatchObject({ version: 1 });

    await releaseCircuit(table, name, { key: "another step" }, clock);
    expect((await stored()).kind).toBe("forced-open");
    await releaseCircuit(table, name, { key: "step-1" }, clock);
    await releaseCircuit(table, name, { key: "step-1" }, clock);
    expect(await stored()).toMatchObject({ kind: "open", until: clock.now() });
  });
});

describe("without its store a circuit", () => {
  it.each(["failing", "hanging", "losing answers"] as const)(
    "that allows lets calls go and goes by what its own process sees (%s)",
    async (mood) => {
      const { table, calls, circuit, ended, ofKind } = given();
      table.is(mood);

      await calls(5, unwell);
      expect(await ended(circuit.attempt(unwell))).toMatchObject({ kind: "failed" });

      expect(await ended(circuit.attempt(well))).toMatchObject({ kind: "refused" });
      expect(ofKind("store-failed")[0]).toMatchObject({ instead: "goes by what this process sees" });
    },
  );

  it.each(["failing", "hanging"] as const)(
    "that refuses lets no call go (%s), until it answers again",
    async (mood) => {
      const { table, circuit, ended, advance, ofKind } = given({ ifStoreFails: "refuse" });
      let calls = 0;
      const counted = () => ((calls += 1), well());
      table.is(mood);

      expect(await ended(circuit.attempt(counted))).toMatchObject({ kind: "refused" });
      expect(calls).toBe(0);
      expect(ofKind("store-failed")).toMatchObject([{ instead: "refuses calls" }]);
      table.is("well");
      await advance(5_000);

      expect(await ended(circuit.attempt(counted))).toMatchObject({ kind: "done" });
    },
  );

  it("sends one probe of its own at a time", async () => {
    const { table, circuit, ended, advance, clock } = given();
    await forceCircuit(table, name, { to: "forced-open", lease: { seconds: 10 }, by: "alex", why: "a test" }, clock);
    await circuit.state();
    table.is("failing");
    await advance(10_000);
    let calls = 0;
    const counted = () => ((calls += 1), well());

    await ended(Promise.all(Array.from({ length: 5 }, () => circuit.attempt(counted))));

    expect(calls).toBe(1);
  });

  it("waits half a second in five, not at every call", async () => {
    const { table, circuit, ended, clock } = given();
    table.is("hanging");
    const beganAt = clock.now();

    for (let i = 0; i < 100; i++) await ended(circuit.attempt(well));

    expect({ ms: clock.now() - beganAt, reads: table.asked.reads }).toEqual({ ms: 500, reads: 1 });
  });

  it("goes by the shared state again as soon as it can be read", async () => {
    const { table, calls, circuit, ended, advance, clock } = given();
    table.is("failing");
    await calls(3, well);
    table.is("well");
    await forceCircuit(table, name, { to: "forced-open", lease: { minutes: 5 }, by: "alex", why: "a test" }, clock);
    await advance(5_000);

    expect(await ended(circuit.attempt(well))).toMatchObject({ kind: "refused" });
  });
});
