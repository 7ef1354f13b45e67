import { type TimerClock, VirtualClock } from "../../sim/clock.ts";
import { BotError } from "../../src/bot-error.ts";
import type { Duration } from "../../src/clock.ts";
import { toMs } from "../../src/clock.ts";
import { invalid, notFound } from "./aws-errors.ts";
import { checkpoint, type CheckpointReply } from "./checkpoint.ts";
import { type CallbackOutcome, Executions } from "./executions.ts";
import type { Faults } from "./faults.ts";
import { Functions, type FunctionOptions, type Handler } from "./functions.ts";
import { type Described, toDescribed } from "./described.ts";
import { historyOf } from "./history.ts";
import { type Invocation, Invocations } from "./invocations.ts";
import { invokeDurable } from "./invoker.ts";
import { type Answer, callOrdinary, type DeadLetter, Jobs } from "./jobs.ts";
import { Ledger } from "./ledger.ts";
import { type Log, logToStandardError } from "./log.ts";
import { type Place, readFunction } from "./names.ts";
import type { ErrorObject } from "./operation.ts";
import { Scheduler } from "./scheduler.ts";
import { openDatabase } from "./schema.ts";
import { type OnStatusChange, StatusOutbox } from "./status-outbox.ts";
import { settle, type SettleBounds } from "./settle.ts";
import { type Execution, Store } from "./store.ts";
import { Tasks } from "./tasks.ts";
import type { Update } from "./update.ts";

export interface DurableServiceOptions {
  /** Where everything is kept; made if it is not there. */
  readonly file: string;
  /** Waits, retries, timeouts of callbacks and executions, and backoffs are all on this clock. */
  readonly clock: TimerClock;
  readonly region?: string;
  /** Twelve digits. */
  readonly account?: string;
  /** How long ended executions are kept, and with them their names: Lambda's default is 14 days. */
  readonly retention?: Duration;
  readonly onStatusChange?: OnStatusChange;
  readonly onDeadLetter?: (letter: DeadLetter) => void | Promise<void>;
  readonly onLog?: Log;
}

/**
 * The durable execution service of AWS Lambda, and Lambda's asynchronous invocation, on one SQLite file.
 *
 * Handlers made by `withDurableExecution` run on it unmodified, in this process. Every checkpoint is one transaction;
 * whatever was accepted survives `kill -9`. Order of use: open, `register` everything, {@link recover}, then the rest.
 * A file with unfinished work stays still until `recover` is called; a new one needs no such call.
 */
export class DurableService {
  /** Set and cleared by tests, at any time. */
  readonly faults: Faults = {};

  readonly #clock: TimerClock;
  readonly #store: Store;
  readonly #functions = new Functions();
  readonly #tasks = new Tasks();
  readonly #ledger: Ledger;
  readonly #executions: Executions;
  readonly #invocations: Invocations;
  readonly #jobs: Jobs;
  readonly #outbox: StatusOutbox | undefined;
  readonly #scheduler: Scheduler;
  readonly #log: Log;
  readonly #place: Place;
  readonly #ended = new Map<string, (() => void)[]>();
  #checkpoints = 0;
  #isClosed = false;

  constructor(options: DurableServiceOptions) {
    const { file, clock, region = "us-east-1", account = "123456789012", onLog = logToStandardError } = options;
    const { onStatusChange, onDeadLetter = () => undefined, retention = { days: 14 } } = options;
    this.#clock = clock;
    this.#log = onLog;
    this.#place = { region, account };
    this.#store = new Store(openDatabase(file));
    this.#ledger = new Ledger(this.#store, {
      place: this.#place,
      clock,
      retentionMs: toMs(retention),
      announces: onStatusChange !== undefined,
      kindOf: (name) => this.#kindOf(name),
      executionTimeoutMs: (name) => this.#executionTimeoutMs(name),
      onReleased: (arn) => this.#released(arn),
    });
    this.#executions = new Executions(this.#ledger);
    this.#invocations = new Invocations(this.#ledger);
    this.#jobs = new Jobs(this.#ledger, this.#functions, onLog, onDeadLetter);
    this.#outbox = onStatusChange && new StatusOutbox(this.#ledger, onStatusChange, onLog);
    this.#scheduler = new Scheduler(
      clock,
      () => this.#store.nextDue(),
      () => this.#dispatch(),
    );
    if (!this.#store.hasUnfinished()) this.#scheduler.open();
  }

  get place(): Place {
    return this.#place;
  }

  register(name: string, handler: Handler, options?: FunctionOptions): void {
    this.#functions.register(name, handler, options);
  }

  /** Takes up what a process that is gone had in hand, and lets timers that have passed fire. Call after `register`. */
  recover(): void {
    // Once only: what is in hand later is in our own.
    if (!this.#scheduler.isOpen) this.#store.reclaim(this.#clock.now());
    this.#executions.forgetOld();
    this.#scheduler.open();
  }

  /** A registered function, by name or ARN. @throws ResourceNotFoundException */
  find(fn: string, qualifier?: string): { name: string; qualifier: string | undefined; executionTimeoutMs?: number } {
    const reference = readFunction(fn, qualifier);
    const { executionTimeoutMs } = this.#functions.get(reference.name, reference.qualifier);
    return { ...reference, ...(executionTimeoutMs !== undefined && { executionTimeoutMs }) };
  }

  /**
   * Starts an execution of a durable function, given by name or ARN.
   *
   * The same name with the same payload finds the execution there is, even an ended one.
   *
   * @throws DurableExecutionAlreadyStartedException for the same name with another payload
   */
  start(fn: string, { name, payload }: { name?: string | undefined; payload: string }): { arn: string } {
    const { name: fnName, qualifier } = readFunction(fn);
    this.#functions.get(fnName, qualifier);
    return this.#changing(() => this.#executions.start(fnName, { name, payload }));
  }

  /** Invokes an ordinary function and waits for its answer. */
  async invoke(fn: string, payload: string): Promise<Answer> {
    return callOrdinary(this.#ordinary(fn), payload, this.#place);
  }

  /** Invokes an ordinary function asynchronously: at least once, up to three attempts, surviving the process. */
  send(fn: string, payload: string): { id: string } {
    const { name } = this.#ordinary(fn);
    return this.#changing(() => this.#jobs.add(name, payload));
  }

  /** @throws CallbackTimeoutException when the callback is closed */
  completeCallback(callbackId: string, outcome: CallbackOutcome): void {
    this.#changing(() => this.#executions.completeCallback(callbackId, outcome));
  }

  /** Ends an execution from outside; nothing of it is undone. Ended ones stay as they are. */
  stop(arnOrName: string, error?: ErrorObject): { stoppedAt: number } {
    const { arn } = this.#named(arnOrName);
    return this.#changing(() => ({ stoppedAt: this.#executions.stop(arn, error) }));
  }

  /** Makes the sandbox of an execution die now, if it has one. */
  crash(arnOrName: string): void {
    const { arn } = this.#named(arnOrName);
    this.#changing(() => this.#invocations.crash(arn));
  }

  /** @throws ResourceNotFoundException */
  describe(arnOrName: string): Described {
    const execution = this.#named(arnOrName);
    return toDescribed(execution, this.#store.operations(execution.arn));
  }

  /** Every execution, oldest first, without its operations. */
  list(): Omit<Described, "operations">[] {
    return this.#store.executions().map((execution) => {
      const { operations: _, ...rest } = toDescribed(execution, []);
      return rest;
    });
  }

  /** The history in the wire format of GetDurableExecutionHistory, oldest first. */
  history(arnOrName: string, { withData = true }: { withData?: boolean } = {}): Record<string, unknown>[] {
    return historyOf(this.#store, this.#named(arnOrName).arn, withData);
  }

  /** Resolves with the ended execution. */
  async ended(arn: string): Promise<Described> {
    while (this.describe(arn).status === "RUNNING")
      await new Promise<void>((resolve) => this.#ended.set(arn, [...(this.#ended.get(arn) ?? []), resolve]));
    return this.describe(arn);
  }

  /** A checkpoint as a sandbox asks for it; the sandboxes of this service and the REST door both come through here. */
  checkpoint(arn: string, token: string, updates: readonly Update[]): CheckpointReply {
    const execution = this.#isClosed ? undefined : this.#store.execution(arn);
    if (!execution) return { kind: "stale" };
    const { name, invocations: invocation } = execution;
    this.#checkpoints += 1;
    const site = { arn, name, invocation, ordinal: this.#checkpoints, updates };
    const crashes = (fault: Faults[keyof Faults]) => execution.token === token && fault?.(site) === "crash";
    if (crashes(this.faults.beforeCheckpoint)) {
      this.crash(arn);
      return { kind: "stale" };
    }
    const reply = this.#changing(() => checkpoint(this.#ledger, this.#executions, { arn, token, updates }));
    if (reply.kind === "stale" || !crashes(this.faults.afterCheckpoint)) return reply;
    this.crash(arn);
    return { kind: "stale" };
  }

  /** The state as a sandbox asks for it. `undefined` when its token is stale. */
  state(arn: string, token: string): Invocation["operations"] | undefined {
    return this.#isClosed ? undefined : this.#invocations.state(arn, token);
  }

  /** Resolves when nothing is running and nothing is ready to run. Timers may be set. */
  async idle(): Promise<void> {
    while (this.#tasks.size > 0) await this.#tasks.quiet();
  }

  /**
   * With a VirtualClock: lets everything run, jumps to the next timer, and so on, until `until` says so or no timer is
   * left. Handlers that themselves wait for the virtual clock are not moved on: a wait belongs into `context.wait`.
   *
   * @throws BotError `bad_setting` on another clock; `not_found` when it comes to no end, naming what is left
   */
  async settle(until: () => boolean = () => false, bounds?: SettleBounds): Promise<void> {
    const clock = this.#clock;
    if (!(clock instanceof VirtualClock))
      throw new BotError("bad_setting", "settling: only a VirtualClock can be moved");
    await settle(clock, { idle: () => this.idle(), until, pending: () => this.#pending() }, bounds);
  }

  /** Leaves everything as it is, in the file. What is in flight is lost, as in a crash, and taken up by the next one. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#scheduler.close();
    for (const key of this.#tasks.keys()) this.#tasks.abandon(key);
    this.#store.close();
  }

  #changing<T>(change: () => T): T {
    const result = change();
    this.#scheduler.poke();
    return result;
  }

  #dispatch(): void {
    this.#ledger.wakeDue();
    const now = this.#clock.now();
    for (const { arn } of this.#store.due("invokeAt", now)) {
      const invocation = this.#invocations.begin(arn);
      this.#tasks.run(arn, () => this.#invoke(invocation));
    }
    for (const job of this.#store.dueJobs(now)) {
      this.#store.patchJob(job.id, { ...job, due: null });
      this.#work(`job ${job.id} of ${job.fn}`, () => this.#jobs.run(job));
    }
    for (const event of this.#store.dueStatusEvents(now)) {
      // With nobody to listen it waits for the next process that does.
      this.#store.patchStatusEvent(event.id, { ...event, due: null });
      this.#work(`status change ${event.id}`, async () => this.#outbox?.deliver(event));
    }
  }

  #work(key: string, work: () => Promise<void>): void {
    this.#tasks.run(key, async () => {
      try {
        await work();
      } catch (error) {
        // The file is closed: what was at work is taken up by whoever opens it next.
        if (!this.#isClosed) throw error;
      }
      this.#scheduler.poke();
    });
  }

  async #invoke(invocation: Invocation): Promise<void> {
    const { arn } = invocation;
    const fn = this.#functions.find(invocation.fn);
    const error = { ErrorType: "ResourceNotFoundException", ErrorMessage: `Function not found: ${invocation.fn}` };
    const { requestId, how } = fn
      ? await invokeDurable(fn, invocation, this, this.#place)
      : { requestId: "none", how: { kind: "lost", error } as const };
    // Given up meanwhile, or the file is closed: nobody asks for the answer of a zombie.
    if (this.#isClosed) return;
    const isTaken = this.#changing(() => this.#invocations.end(invocation, requestId, how));
    if (isTaken && how.kind === "lost")
      this.#log({ level: "warn", message: `an invocation of ${invocation.fn} was lost`, arn, error: how.error });
  }

  #released(arn: string): void {
    this.#tasks.abandon(arn);
    const waiting = this.#ended.get(arn) ?? [];
    this.#ended.delete(arn);
    for (const resolve of waiting) resolve();
  }

  #pending(): string {
    const running = this.#store.executions().filter(({ status }) => status === "RUNNING");
    return `at work: ${this.#tasks.keys().join(", ") || "nothing"}; not ended: ${running.map(({ name }) => name).join(", ")}`;
  }

  #named(arnOrName: string): Execution {
    const found = this.#store.execution(arnOrName) ?? this.#store.executionNamed(arnOrName);
    if (!found) throw notFound(`Durable execution not found: ${arnOrName}`);
    return found;
  }

  #kindOf(name: string): "durable" | "ordinary" | "unknown" {
    const fn = this.#functions.find(name);
    if (!fn) return "unknown";
    return fn.executionTimeoutMs === undefined ? "ordinary" : "durable";
  }

  #executionTimeoutMs(name: string): number {
    const { executionTimeoutMs } = this.#functions.get(name);
    if (executionTimeoutMs === undefined) throw invalid(`The function ${name} is not a durable function.`);
    return executionTimeoutMs;
  }

  #ordinary(fn: string) {
    const { name, qualifier } = readFunction(fn);
    const found = this.#functions.get(name, qualifier);
    if (found.executionTimeoutMs !== undefined) throw invalid(`The function ${name} is durable: start an execution.`);
    return found;
  }
}

/** Opens the service on its file. @throws BotError `bad_setting` when the file cannot be had for itself alone */
export const openDurableService = (options: DurableServiceOptions): DurableService => new DurableService(options);
