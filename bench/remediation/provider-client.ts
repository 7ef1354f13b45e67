import { VirtualClock } from "../../sim/clock.ts";
import { memoryTable } from "../../sim/memory-table.ts";
import { createClient } from "../../src/client/client.ts";
import type { ClientEvent } from "../../src/client/event.ts";
import { Random } from "../../src/detect/random.ts";
import { callEnd, failingAt, neverMs, type Window } from "./provider-world.ts";

/** How requests fared and what the circuit of the first provider did, in milliseconds of the window. */
export interface Served {
  /** By request: whether its user had an answer in time. */
  readonly answered: readonly boolean[];
  readonly opened: readonly number[];
  readonly closed: readonly number[];
  readonly failedOver: readonly number[];
  /** Calls that were sent to a provider, for what it costs. */
  readonly calls: number;
}

/** A user who has waited this long is gone. */
export const patienceMs = 90_000;

const providers = ["bedrock/first", "bedrock/second", "bedrock/third"];
/** Processes of the service: each counts for itself, the circuit they share. */
const processes = 3;

class ProviderFailed extends Error {
  override readonly name = "InternalServerException";
}

/** A service that calls its providers through `paramedic/client`, with its defaults, over a window. */
export async function serveThroughClient(window: Window, seed: number): Promise<Served> {
  const clock = new VirtualClock(0);
  const random = Random.fromSeed(seed);
  const table = memoryTable();
  const events: { readonly at: number; readonly event: ClientEvent }[] = [];
  const counts = { calls: 0, attempts: 0 };
  const after = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const cancel = clock.at(clock.now() + ms, resolve);
      signal.addEventListener("abort", () => {
        cancel();
        reject(signal.reason instanceof Error ? signal.reason : new ProviderFailed("called off"));
      });
    });
  const call = (provider: number) => async (request: number, signal: AbortSignal) => {
    counts.calls += 1;
    const { isOk, afterMs } = callEnd(seed, request, provider, 0, failingAt(window, clock.now(), provider));
    await after(afterMs, signal);
    if (!isOk) throw new ProviderFailed(afterMs === neverMs ? "never answered" : "503");
    return request;
  };
  const workers = Array.from({ length: processes }, () =>
    createClient(
      {
        table,
        readLevel: () => Promise.resolve(undefined),
        readMemory: () => Promise.resolve(undefined),
        facts: { tell: () => Promise.resolve() },
        bus: { send: () => Promise.resolve([]) },
        instanceId: () => Promise.resolve(undefined),
      },
      {
        clock,
        timer: (ms, fn) => clock.at(clock.now() + ms, fn),
        chance: () => random.next(),
        newId: () => `attempt-${(counts.attempts += 1)}`,
        onEvent: (event) => void events.push({ at: clock.now(), event }),
      },
    ).failover<number, number>(providers.map((name, place) => ({ name, call: call(place) }))),
  );

  const answered: boolean[] = Array.from(window.arrivals, () => false);
  const open = new Set<Promise<void>>();
  const serve = async (request: number, beganAt: number): Promise<void> => {
    const answer = await workers[request % processes]!.ask(request).catch((error: unknown) => {
      if (error instanceof Error && error.name === "NoProviderLeft") return undefined;
      throw error;
    });
    answered[request] = answer !== undefined && clock.now() - beganAt <= patienceMs;
  };
  const arrive = (request: number): void => {
    const at = window.arrivals[request];
    if (at === undefined) return;
    clock.at(at, () => {
      const serving = serve(request, at).finally(() => open.delete(serving));
      open.add(serving);
      arrive(request + 1);
    });
  };
  arrive(0);
  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));
  for (await settle(); (clock.next() ?? Infinity) <= window.endMs + patienceMs; await settle()) {
    clock.advanceTo(clock.next() ?? window.endMs);
  }
  const changes = (to: string) =>
    events.flatMap(({ at, event }) =>
      event.kind === "circuit-changed" && event.circuit === providers[0] && event.to === to ? [at] : [],
    );
  return {
    answered,
    opened: changes("open"),
    closed: changes("closed"),
    failedOver: events.flatMap(({ at, event }) => (event.kind === "failed-over" ? [at] : [])),
    calls: counts.calls,
  };
}
