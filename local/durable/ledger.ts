import type { Clock } from "../../src/clock.ts";
import { notFound } from "./aws-errors.ts";
import { recordEnd, recordOperation } from "./history.ts";
import type { Place } from "./names.ts";
import { type ErrorObject, type Operation, wake } from "./operation.ts";
import { toStatusChange } from "./status-event.ts";
import type { Execution, ExecutionStatus, Kept, Store } from "./store.ts";

/** How an execution ended, and with what. */
export interface End {
  readonly status: Exclude<ExecutionStatus, "RUNNING">;
  readonly result?: string | undefined;
  readonly error?: ErrorObject | undefined;
}

/** What the bookkeeping must know of the world around it. */
export interface Rules {
  readonly place: Place;
  readonly clock: Clock;
  /** How long names and histories of ended executions are kept. */
  readonly retentionMs: number;
  /** Whether anybody listens for status changes. */
  readonly announces: boolean;
  kindOf(fn: string): "durable" | "ordinary" | "unknown";
  executionTimeoutMs(fn: string): number;
  /** An execution has ended, or lost its sandbox: whoever still works on it works in vain. Called after the commit. */
  onReleased(arn: string): void;
}

/** First wait before a lost invocation is tried again; it doubles up to the second. AWS says "exponential", not how. */
const backoffMs = { first: 1_000, most: 300_000 };

/**
 * The few ways in which anything about an execution changes, each with all that follows from it: revision, timers,
 * history, status event, the waking of the handler. Callers stand in a transaction.
 */
export class Ledger {
  readonly store: Store;
  readonly rules: Rules;

  constructor(store: Store, rules: Rules) {
    this.store = store;
    this.rules = rules;
  }

  now(): number {
    return this.rules.clock.now();
  }

  /** @throws ResourceNotFoundException */
  get(arn: string): Execution {
    const execution = this.store.execution(arn);
    if (!execution) throw notFound(`Durable execution not found: ${arn}`);
    return execution;
  }

  /** The execution, if it runs and `token` is the last one given out for it. */
  heldBy(token: string, arn: string): Execution | undefined {
    const execution = this.store.execution(arn);
    return execution?.status === "RUNNING" && execution.token === token ? execution : undefined;
  }

  /** Writes an operation that has changed, and sees to it that the handler will hear of it. */
  change({ arn, pruned }: Pick<Kept, "arn" | "pruned">, op: Operation): void {
    const { revision, inFlight, invokeAt, status } = this.get(arn);
    this.store.putOperation(arn, op, { revised: revision + 1, pruned });
    const now = this.now();
    // Awake, the handler is told with its next checkpoint or when it goes to sleep; in a backoff, when that is over.
    const wakes = status === "RUNNING" && !inFlight && invokeAt === null && !pruned;
    this.store.patchExecution(arn, { revision: revision + 1, ...(wakes && { invokeAt: now }) });
    recordOperation(this.store, arn, op, now);
  }

  /** Lets everything whose time has come happen: retries, waits, callback timeouts, ends of executions. A transaction of its own. */
  wakeDue(): void {
    const now = this.now();
    if ((this.store.nextDue() ?? Infinity) > now) return;
    this.store.transaction(() => {
      for (const kept of this.store.dueOperations(now)) this.change(kept, wake(kept.op, now));
      for (const execution of this.store.due("expiresAt", now)) {
        const ErrorMessage = "The durable execution exceeded its execution timeout.";
        this.close(execution, { status: "TIMED_OUT", error: { ErrorMessage } });
      }
    });
  }

  /** Takes the execution from its sandbox and gives the function another try after a while. */
  retryLater({ arn, failures, operations }: Execution): void {
    const invokeAt = this.now() + Math.min(backoffMs.first * 2 ** failures, backoffMs.most);
    // Each invocation that is lost is metered as one operation.
    const count = { failures: failures + 1, operations: operations + 1 };
    this.store.patchExecution(arn, { ...count, invokeAt, inFlight: 0, token: null });
    this.store.afterCommit(() => this.rules.onReleased(arn));
  }

  close(execution: Execution, { status, result, error }: End): void {
    const { arn, parentArn, parentOperation } = execution;
    const endedAt = this.now();
    const free = { inFlight: 0, token: null, invokeAt: null, expiresAt: null };
    const outcome = { result: result ?? null, error: error ? JSON.stringify(error) : null };
    this.store.patchExecution(arn, { status, endedAt, ...outcome, ...free });
    this.store.quieten(arn);
    recordEnd(this.store, execution, endedAt, { status, result, error });
    this.announce({ ...execution, status, endedAt });
    if (parentArn !== null && parentOperation !== null)
      this.settleChained(parentArn, parentOperation, { status, result, error });
    this.store.afterCommit(() => this.rules.onReleased(arn));
  }

  /** Gives the answer of an invoked function to the execution that invoked it. */
  settleChained(arn: string, operationId: string, { status, result, error }: End): void {
    const kept = this.store.operation(arn, operationId);
    if (kept?.op.type !== "CHAINED_INVOKE" || kept.op.status !== "STARTED") return;
    this.change(kept, { ...kept.op, status, result, error, endedAt: this.now() });
  }

  /** Puts a status change where it cannot be lost; who delivers it comes by later. */
  announce(execution: Parameters<typeof toStatusChange>[1]): void {
    if (!this.rules.announces) return;
    const event = toStatusChange(this.rules.place, execution);
    this.store.addStatusEvent(event.id, this.now(), JSON.stringify(event));
  }
}
