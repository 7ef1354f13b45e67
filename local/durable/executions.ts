import { randomUUID } from "node:crypto";
import { alreadyStarted, callbackClosed, invalid, tooLarge } from "./aws-errors.ts";
import { recordStart } from "./history.ts";
import type { Ledger } from "./ledger.ts";
import { limits } from "./limits.ts";
import { checkExecutionName, executionArn } from "./names.ts";
import type { ErrorObject } from "./operation.ts";
import { checkPayload } from "./payload.ts";
import type { Execution } from "./store.ts";

export interface Start {
  readonly name?: string | undefined;
  readonly payload: string;
  readonly parent?: { readonly arn: string; readonly operation: string };
}

export type CallbackOutcome =
  | { readonly kind: "succeed"; readonly result?: string | undefined }
  | { readonly kind: "fail"; readonly error: ErrorObject }
  | { readonly kind: "heartbeat" };

/** What people and other functions do to executions. Each method is one transaction: done entirely, or not at all. */
export class Executions {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /**
   * Starts an execution, or finds the one that has this name and payload already, ended ones included.
   *
   * @throws DurableExecutionAlreadyStartedException for the name with another payload
   */
  start(fn: string, { name = randomUUID(), payload, parent }: Start): { arn: string } {
    const { store, rules } = this.#ledger;
    checkExecutionName(name);
    checkPayload(payload);
    return store.transaction(() => {
      const now = this.#ledger.now();
      const existing = store.executionNamed(name, fn);
      if (existing && this.#isOld(existing)) store.forget(existing.arn);
      else if (existing && existing.payload !== payload) throw alreadyStarted(existing.arn);
      else if (existing) return { arn: existing.arn };

      const id = randomUUID();
      const arn = executionArn(rules.place, fn, name, id);
      const timeoutMs = rules.executionTimeoutMs(fn);
      const row = { arn, fn, name, id, payload, status: "RUNNING", startedAt: now } as const;
      const times = { expiresAt: now + timeoutMs, invokeAt: now };
      const from = { parentArn: parent?.arn ?? null, parentOperation: parent?.operation ?? null };
      store.addExecution({ ...row, ...times, ...from });
      recordStart(store, row, now, timeoutMs);
      this.#ledger.announce({ ...row, endedAt: null });
      return { arn };
    });
  }

  /** @throws CallbackTimeoutException when it is closed, or nobody waits behind it any more */
  completeCallback(callbackId: string, outcome: CallbackOutcome): void {
    const { store } = this.#ledger;
    // Apart from the rest, so that what fell due stays done when the completion is refused because of it.
    this.#ledger.wakeDue();
    store.transaction(() => {
      const kept = store.operationOfCallback(callbackId);
      if (!kept) throw invalid("Invalid callback id.");
      const { arn, op, pruned } = kept;
      const open = op.type === "CALLBACK" && op.status === "STARTED" && !pruned;
      if (!open || this.#ledger.get(arn).status !== "RUNNING") throw callbackClosed(callbackId);
      const now = this.#ledger.now();
      switch (outcome.kind) {
        case "heartbeat":
          // Nothing the handler needs to hear: only the timer moves.
          return store.putOperation(
            arn,
            { ...op, heartbeatBy: op.heartbeatSeconds && now + op.heartbeatSeconds * 1000 },
            kept,
          );
        case "succeed":
          if (Buffer.byteLength(outcome.result ?? "") > limits.payloadBytes)
            throw tooLarge(`The callback result is over ${limits.payloadBytes} bytes.`);
          return this.#ledger.change(kept, { ...op, status: "SUCCEEDED", endedAt: now, result: outcome.result });
        case "fail":
          return this.#ledger.change(kept, { ...op, status: "FAILED", endedAt: now, error: outcome.error });
      }
    });
  }

  /** Ends an execution from outside, without any compensation; an ended one is left as it is. Returns when it ended. */
  stop(arn: string, error: ErrorObject = {}): number {
    return this.#ledger.store.transaction(() => {
      const execution = this.#ledger.get(arn);
      if (execution.status === "RUNNING") this.#ledger.close(execution, { status: "STOPPED", error });
      return execution.endedAt ?? this.#ledger.now();
    });
  }

  /** Drops what has ended longer ago than names and histories are kept. */
  forgetOld(): void {
    const { store } = this.#ledger;
    store.transaction(() => {
      for (const one of store.executions()) if (this.#isOld(one)) store.forget(one.arn);
    });
  }

  #isOld({ endedAt }: Execution): boolean {
    return endedAt !== null && endedAt + this.#ledger.rules.retentionMs <= this.#ledger.now();
  }
}
