import type { VirtualClock } from "../../sim/clock.ts";
import type { Duration } from "../../src/clock.ts";
import { toMs } from "../../src/clock.ts";
import type { Steps, Tried } from "../../src/engine/steps.ts";

/** As much of a durable service as a stack needs. The local one, which runs the real SDK, has it all. */
export interface Engine {
  start(fn: string, about: { name: string; payload: string }): unknown;
  completeCallback(callbackId: string, outcome: { kind: "succeed" }): void;
  /** Lets the sandbox of an execution die; it goes on in another one. */
  crash(execution: string): void;
  /** Ends an execution from outside. */
  stop(execution: string): unknown;
  list(): readonly { readonly name: string; readonly status: string }[];
  settle(until?: () => boolean): Promise<void>;
  close(): void;
}

/** What a step has left behind: that it was begun, or its answer as JSON. */
type Recorded =
  | { readonly kind: "begun" }
  | { readonly kind: "ended"; readonly json: string }
  | { readonly kind: "unknown" };

interface Execution {
  readonly name: string;
  readonly payload: string;
  readonly records: Map<string, Recorded>;
  readonly callbacks: Map<string, { isDone: boolean; wake?: () => void }>;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "STOPPED" | "TIMED_OUT";
  /** Which sandbox is the present one, from 1: those before it have died. */
  sandbox: number;
  failures: number;
  /** Whether the present sandbox is at work, and does not wait for time or people. */
  isAtWork: boolean;
}

export interface LightOptions {
  readonly clock: VirtualClock;
  readonly executionTimeout: Duration;
  readonly run: (event: unknown, steps: Steps) => Promise<unknown>;
  /** Every moment at which something is recorded: a sandbox may die before it or after it. */
  readonly record: (what: string, work: () => Promise<void>) => Promise<void>;
  readonly onEnd: (event: unknown) => Promise<void>;
}

const retriesMax = 6;
const backoffMs = (failures: number): number => Math.min(1_000 * 2 ** failures, 300_000);
const never = <T>(): Promise<T> => new Promise<T>(() => {});

/**
 * Durable executions in memory, without the SDK and its pauses: thousands of worlds in the time of a hundred. It keeps
 * what `Steps` promises and no more: recorded answers come back as JSON, a step that was begun and not recorded is unknown,
 * a sandbox that dies is replaced and repeats what was not recorded. That the SDK keeps it too is for crash.test.ts.
 */
export class LightEngine implements Engine {
  readonly #executions = new Map<string, Execution>();
  readonly #options: LightOptions;
  /** Word of ended executions that is on its way. */
  readonly #telling = new Set<Promise<void>>();
  #isClosed = false;

  constructor(options: LightOptions) {
    this.#options = options;
  }

  start(_: string, { name, payload }: { name: string; payload: string }): void {
    const known = this.#executions.get(name);
    if (known && known.payload !== payload) throw new Error(`starting ${name}: it was started with something else`);
    if (known) return;
    const { clock, executionTimeout } = this.#options;
    const execution: Execution = {
      name,
      payload,
      records: new Map(),
      callbacks: new Map(),
      status: "RUNNING",
      sandbox: 0,
      failures: 0,
      isAtWork: false,
    };
    this.#executions.set(name, execution);
    clock.at(clock.now() + toMs(executionTimeout), () => this.#end(execution, "TIMED_OUT"));
    this.#begin(execution);
  }

  completeCallback(callbackId: string): void {
    for (const execution of this.#executions.values()) {
      const callback = execution.callbacks.get(callbackId);
      if (!callback) continue;
      callback.isDone = true;
      callback.wake?.();
    }
  }

  crash(name: string): void {
    const execution = this.#executions.get(name);
    if (execution?.status !== "RUNNING") return;
    execution.sandbox += 1;
    execution.isAtWork = false;
    const { clock } = this.#options;
    clock.at(clock.now() + backoffMs(execution.failures), () => this.#begin(execution));
    execution.failures += 1;
  }

  stop(name: string): void {
    const execution = this.#executions.get(name);
    if (execution) this.#end(execution, "STOPPED");
  }

  list(): readonly Execution[] {
    return [...this.#executions.values()];
  }

  /** Lets everything come to rest that does not wait for time or for people. */
  async settle(): Promise<void> {
    for (;;) {
      await Promise.all(this.#telling);
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (this.#telling.size === 0 && !this.list().some(({ isAtWork }) => isAtWork)) return;
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  #begin(execution: Execution): void {
    if (execution.status !== "RUNNING" || this.#isClosed) return;
    const sandbox = (execution.sandbox += 1);
    execution.isAtWork = true;
    const { run } = this.#options;
    run(JSON.parse(execution.payload), this.#steps(execution, sandbox)).then(
      () => this.#isAlive(execution, sandbox) && this.#end(execution, "SUCCEEDED"),
      () => this.#isAlive(execution, sandbox) && this.#end(execution, "FAILED"),
    );
  }

  #end(execution: Execution, status: Exclude<Execution["status"], "RUNNING">): void {
    if (execution.status !== "RUNNING" || this.#isClosed) return;
    Object.assign(execution, { status, isAtWork: false, sandbox: execution.sandbox + 1 });
    const detail = { durableExecutionName: execution.name, status };
    const telling = this.#options
      .onEnd({ source: "aws.lambda", "detail-type": "Durable Execution Status Change", detail })
      .finally(() => this.#telling.delete(telling));
    this.#telling.add(telling);
  }

  #isAlive = ({ status, sandbox }: Execution, mine: number): boolean => status === "RUNNING" && sandbox === mine;

  #steps(execution: Execution, sandbox: number): Steps {
    const { clock, record } = this.#options;
    const { records, callbacks } = execution;
    const used = new Set<string>();
    /** Goes on only in the sandbox that is alive. */
    const alive = async (): Promise<void> => {
      if (!this.#isAlive(execution, sandbox)) await never();
    };
    const write = async (name: string, recorded: Recorded): Promise<void> => {
      await record(`record ${name}`, () => {
        if (this.#isAlive(execution, sandbox)) records.set(name, recorded);
        return Promise.resolve();
      });
      await alive();
    };
    const named = (name: string): void => {
      if (used.has(name)) throw new Error(`two steps of ${execution.name} are called ${name}`);
      used.add(name);
    };
    const rest = async (untilMs: number, callback?: { isDone: boolean; wake?: () => void }): Promise<void> => {
      if (clock.now() >= untilMs || callback?.isDone) return;
      execution.isAtWork = false;
      await new Promise<void>((resolve) => {
        const go = (): void => {
          if (!this.#isAlive(execution, sandbox)) return;
          cancel();
          // Waking what no longer waits does nothing.
          if (callback) delete callback.wake;
          execution.isAtWork = true;
          resolve();
        };
        const cancel = clock.at(untilMs, go);
        if (callback) callback.wake = go;
      });
    };
    const sleepUntil = async (name: string, ms: number): Promise<number> => {
      const known = records.get(name);
      if (known?.kind === "ended") return JSON.parse(known.json) as number;
      const untilMs = clock.now() + Math.max(1_000, Math.ceil(ms / 1_000) * 1_000);
      await write(name, { kind: "ended", json: JSON.stringify(untilMs) });
      return untilMs;
    };
    const atLeastOnce = async <T>(name: string, body: () => Promise<T>): Promise<T> => {
      named(name);
      for (let attempt = 1; ; attempt++) {
        const known = records.get(name);
        if (known?.kind === "ended") return JSON.parse(known.json) as T;
        try {
          const value = await body();
          await alive();
          await write(name, { kind: "ended", json: JSON.stringify(value ?? null) });
        } catch (error) {
          await alive();
          if (attempt === retriesMax) throw error;
          await rest(clock.now() + 1_000 * 2 ** (attempt - 1));
        }
      }
    };
    return {
      execution: execution.name,
      atLeastOnce,
      async atMostOnce<T>(name: string, body: () => Promise<T>): Promise<Tried<T>> {
        named(name);
        const known = records.get(name);
        if (known?.kind === "ended") return { kind: "ended", value: JSON.parse(known.json) as T };
        if (known) {
          await write(name, { kind: "unknown" });
          return { kind: "unknown", why: "the sandbox died" };
        }
        await write(name, { kind: "begun" });
        try {
          const value = await body();
          await alive();
          await write(name, { kind: "ended", json: JSON.stringify(value) });
          return { kind: "ended", value: JSON.parse(JSON.stringify(value)) as T };
        } catch (error) {
          await alive();
          await write(name, { kind: "unknown" });
          return { kind: "unknown", why: String(error) };
        }
      },
      async sleep(name, ms) {
        named(name);
        if (ms > 0) await rest(await sleepUntil(name, ms));
      },
      async waitForPeople(name, submit, timeoutMs) {
        const callbackId = `${execution.name} ${name}`;
        const callback = callbacks.get(callbackId) ?? { isDone: false };
        callbacks.set(callbackId, callback);
        named(name);
        const untilMs = await sleepUntil(name, timeoutMs);
        await atLeastOnce(`${name} submitted`, () => submit(callbackId));
        await rest(untilMs, callback);
      },
    };
  }
}
