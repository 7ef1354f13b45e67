import { VirtualClock } from "../../../sim/clock.ts";
import { memoryTable } from "../../../sim/memory-table.ts";
import type { Fact, FactBus } from "../../../src/aws/fact-bus.ts";
import type { Point, SampleBus, Undelivered } from "../../../src/aws/sample-bus.ts";
import type { readLearned } from "../../../src/aws/learned-memory.ts";
import type { FoundLevel } from "../../../src/aws/level.ts";
import type { Table } from "../../../src/aws/table.ts";
import { type Client, type ClientOptions, createClient } from "../../../src/client/client.ts";
import type { ClientEvent } from "../../../src/client/event.ts";
import { Random } from "../../support/random.ts";

export const startMs = Date.UTC(2026, 2, 4, 10, 0);

/** What a store does when it is asked: answers, fails, never answers, or does it and fails all the same. */
export type Mood = "well" | "failing" | "hanging" | "losing answers";

export class StoreDown extends Error {
  override readonly name = "InternalServerError";
}

/** A table whose mood can be set, and which counts what it is asked. */
export function moodyTable() {
  const table = memoryTable();
  const asked = { reads: 0, writes: 0 };
  let mood: Mood = "well";
  const answer = async <T>(work: () => Promise<T>): Promise<T> => {
    if (mood === "hanging") return new Promise(() => {});
    if (mood === "failing") throw new StoreDown("503");
    const done = await work();
    if (mood === "losing answers") throw new StoreDown("the connection was lost");
    return done;
  };
  return {
    ...table,
    asked,
    is: (now: Mood) => void (mood = now),
    get: (key) => ((asked.reads += 1), answer(() => table.get(key))),
    create: (item) => ((asked.writes += 1), answer(() => table.create(item))),
    replace: (item) => ((asked.writes += 1), answer(() => table.replace(item))),
  } satisfies Table & { asked: typeof asked; is: (now: Mood) => void };
}

/** Lets everything that waits for no clock happen. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Workload processes that share a table, on time that only the test moves. */
export function givenWorkload({ seed = 1 }: { seed?: number } = {}) {
  const clock = new VirtualClock(startMs);
  const random = new Random(seed);
  const table = moodyTable();
  const levels = new Map<string, FoundLevel>();
  const levelStore = { mood: "well" as Mood, reads: 0 };
  /** What is known of the memory of families of jobs: by default nothing. */
  const memoryStore: { read: (family: string) => ReturnType<typeof readLearned> } = {
    read: () => Promise.resolve(undefined),
  };
  const sent: (readonly Point[])[] = [];
  const busAnswers: (readonly Undelivered[] | "hanging")[] = [];
  const bus: SampleBus = {
    send(points) {
      sent.push(points);
      const answer = busAnswers.shift() ?? [];
      return answer === "hanging" ? new Promise(() => {}) : Promise.resolve(answer);
    },
  };
  const told: Fact[] = [];
  const factBus = { isDown: false };
  const facts: FactBus = {
    tell(some) {
      if (factBus.isDown) return Promise.reject(new StoreDown("503"));
      told.push(...some);
      return Promise.resolve();
    },
  };
  const events: ClientEvent[] = [];
  let ids = 0;

  const advance = async (ms: number) => {
    const endMs = clock.now() + ms;
    await settle();
    for (let next = clock.next(); next !== undefined && next <= endMs; next = clock.next()) {
      clock.advanceTo(next);
      await settle();
    }
    clock.advanceTo(endMs);
    await settle();
  };

  return {
    clock,
    random,
    table,
    levels,
    levelStore,
    memoryStore,
    sent,
    busAnswers,
    told,
    factBus,
    events,
    ofKind: <K extends ClientEvent["kind"]>(kind: K) =>
      events.filter((event): event is Extract<ClientEvent, { kind: K }> => event.kind === kind),
    advance,
    /** Moves time on until the work has ended. */
    ended: async <T>(work: Promise<T>): Promise<T> => {
      const over = { is: false };
      const end = () => void (over.is = true);
      work.then(end, end);
      for (await settle(); !over.is; await settle()) {
        const next = clock.next();
        if (next === undefined) throw new Error("the work waits for something that no clock brings");
        clock.advanceTo(next);
      }
      return work;
    },
    /** A new process of the workload. */
    process: (options: ClientOptions = {}): Client =>
      createClient(
        {
          table,
          bus,
          facts,
          instanceId: () => Promise.resolve("i-1"),
          readMemory: (family) => memoryStore.read(family),
          readLevel(service) {
            levelStore.reads += 1;
            if (levelStore.mood === "hanging") return new Promise(() => {});
            if (levelStore.mood === "failing") return Promise.reject(new StoreDown("503"));
            return Promise.resolve(levels.get(service));
          },
        },
        {
          clock,
          timer: (ms, fn) => clock.at(clock.now() + ms, fn),
          chance: () => random.next(),
          newId: () => `attempt-${++ids}`,
          onEvent: (event) => events.push(event),
          ...options,
        },
      ),
  };
}

/** An error as an SDK throws it. */
export function failure(name: string, facts: Record<string, unknown> = {}): Error {
  const error = new Error(`${name} happened`);
  error.name = name;
  return Object.assign(error, facts);
}
