import type { WireOperation } from "@aws/durable-execution-sdk-js";
import { recordInvocation } from "./history.ts";
import type { End, Ledger } from "./ledger.ts";
import { type ErrorObject, isAwaited } from "./operation.ts";
import type { Execution } from "./store.ts";
import { newToken } from "./token.ts";
import { executionOperation, toWire } from "./wire.ts";

/** One go of the function over an execution. `ordinal` and `token` are its fence: a later one makes it a zombie. */
export interface Invocation {
  readonly arn: string;
  readonly fn: string;
  readonly ordinal: number;
  readonly token: string;
  readonly startedAt: number;
  readonly operations: WireOperation[];
  /** What changed since the handler last looked. */
  readonly updatedIds: string[];
}

export type InvocationEnd =
  | { readonly kind: "closed"; readonly end: End }
  | { readonly kind: "pending" }
  /** It threw, timed out or crashed: the same state is tried again later. */
  | { readonly kind: "lost"; readonly error: ErrorObject };

/** How executions pass into the hands of a sandbox and out again. Each method is one transaction. */
export class Invocations {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Hands the execution to a new invocation; any earlier one is a zombie from here on. */
  begin(arn: string): Invocation {
    const { store } = this.#ledger;
    return store.transaction(() => {
      const execution = this.#ledger.get(arn);
      const { fn, revision, seen, invocations } = execution;
      const [token, ordinal] = [newToken(), invocations + 1];
      const updatedIds = store.operationsRevisedAfter(arn, seen).map(({ op }) => op.id);
      store.patchExecution(arn, { inFlight: 1, invokeAt: null, token, invocations: ordinal, seen: revision });
      const operations = this.#state(execution);
      return { arn, fn, ordinal, token, startedAt: this.#ledger.now(), operations, updatedIds };
    });
  }

  /** The state, for a handler that asks for it. `undefined` when its token is stale. */
  state(arn: string, token: string): WireOperation[] | undefined {
    const execution = this.#ledger.heldBy(token, arn);
    return execution && this.#state(execution);
  }

  /** Takes the answer of an invocation, or says `false`: the answer of a zombie is ignored. */
  end({ arn, ordinal, startedAt }: Invocation, requestId: string, how: InvocationEnd): boolean {
    const { store } = this.#ledger;
    return store.transaction(() => {
      const execution = store.execution(arn);
      if (!execution?.inFlight || execution.invocations !== ordinal) return false;
      const error = how.kind === "lost" ? how.error : undefined;
      recordInvocation(store, arn, this.#ledger.now(), { requestId, startedAt, error });
      switch (how.kind) {
        case "closed":
          this.#ledger.close(execution, how.end);
          break;
        case "lost":
          this.#ledger.retryLater(execution);
          break;
        case "pending":
          this.#sleep(execution);
      }
      return true;
    });
  }

  /** The sandbox is gone, whatever it was doing: it is fenced off, and the function invoked again after a while. */
  crash(arn: string): void {
    this.#ledger.store.transaction(() => {
      const execution = this.#ledger.get(arn);
      if (execution.inFlight) this.#ledger.retryLater(execution);
    });
  }

  /** What a replay needs: the execution itself first, then every operation that is not behind a finished context. */
  #state(execution: Execution): WireOperation[] {
    const now = this.#ledger.now();
    const live = this.#ledger.store.operations(execution.arn).filter(({ pruned }) => !pruned);
    return [executionOperation(execution), ...live.map(({ op }) => toWire(op, now))];
  }

  #sleep(execution: Execution): void {
    const { arn, seen } = execution;
    const { store } = this.#ledger;
    const live = store.operations(arn).filter(({ pruned }) => !pruned);
    // Something may have changed after the last checkpoint was answered: then there is no sleep.
    const isNews = live.some(({ revised }) => revised > seen);
    if (!isNews && !live.some(({ op }) => isAwaited(op))) {
      const ErrorMessage = "Cannot return PENDING status with no pending operations.";
      return this.#ledger.close(execution, { status: "FAILED", error: { ErrorMessage } });
    }
    const invokeAt = isNews ? this.#ledger.now() : null;
    store.patchExecution(arn, { inFlight: 0, token: null, failures: 0, invokeAt });
  }
}
