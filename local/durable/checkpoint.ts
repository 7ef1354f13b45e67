import { randomBytes, randomUUID } from "node:crypto";
import type { WireOperation } from "@aws/durable-execution-sdk-js";
import { invalid } from "./aws-errors.ts";
import type { Executions } from "./executions.ts";
import type { End, Ledger } from "./ledger.ts";
import { limits } from "./limits.ts";
import { readFunction } from "./names.ts";
import type { Operation } from "./operation.ts";
import type { Execution } from "./store.ts";
import { newToken } from "./token.ts";
import { transition } from "./transition.ts";
import { bytesOf, checkUpdates, type Update } from "./update.ts";
import { toWire } from "./wire.ts";

/** A checkpoint is stale when another invocation has the execution now, or nobody because it has ended. */
export type CheckpointReply =
  | { readonly kind: "accepted"; readonly token: string; readonly operations: WireOperation[] }
  | { readonly kind: "stale" };

/**
 * Applies the updates of one checkpoint in one transaction, and tells what has changed since the last one.
 *
 * @throws InvalidParameterValueException when one of them does not fit; then none is applied
 */
export function checkpoint(
  ledger: Ledger,
  executions: Executions,
  { arn, token, updates }: { arn: string; token: string; updates: readonly Update[] },
): CheckpointReply {
  const { store } = ledger;
  // What is due is due: a poll must not miss the end of a wait by the width of a timer.
  ledger.wakeDue();
  return store.transaction(() => {
    const execution = ledger.heldBy(token, arn);
    if (!execution) return { kind: "stale" };
    checkUpdates(updates, (id) => store.operation(arn, id)?.op);
    meter(ledger, execution, updates);
    const end = updates.find(({ Type }) => Type === "EXECUTION");
    for (const update of updates) if (update !== end) apply(ledger, executions, arn, update);
    const now = ledger.now();
    const operations = store.operationsRevisedAfter(arn, execution.seen).map(({ op }) => toWire(op, now));
    const next = newToken();
    if (end) ledger.close(execution, endOf(end));
    else store.patchExecution(arn, { token: next, seen: ledger.get(arn).revision });
    return { kind: "accepted", token: next, operations };
  });
}

function meter({ store }: Ledger, { arn, operations, writtenBytes }: Execution, updates: readonly Update[]): void {
  const seen = new Set<string>();
  let total = operations;
  for (const { Id, Type, Action } of updates) {
    const isNew = !seen.has(Id) && !store.operation(arn, Id);
    seen.add(Id);
    // An operation counts when it first appears and again with each retry or poll.
    if (Type !== "EXECUTION" && (isNew || Action === "RETRY")) total += 1;
  }
  const bytes = updates.reduce((sum, one) => sum + bytesOf(one), writtenBytes);
  if (total > limits.operations) throw invalid(`The durable execution has more than ${limits.operations} operations.`);
  if (bytes > limits.writtenBytes) throw invalid(`The durable execution wrote more than ${limits.writtenBytes} bytes.`);
  store.patchExecution(arn, { operations: total, writtenBytes: bytes });
}

function apply(ledger: Ledger, executions: Executions, arn: string, update: Update): void {
  const { store } = ledger;
  const newCallbackId = () => randomBytes(24).toString("base64");
  const op = transition(store.operation(arn, update.Id)?.op, update, { now: ledger.now(), newCallbackId });
  const parent = op.parentId === undefined ? undefined : store.operation(arn, op.parentId);
  ledger.change({ arn, pruned: parent !== undefined && (parent.pruned || isSealed(parent.op)) }, op);
  if (isSealed(op)) store.prune(arn, op.id);
  if (op.type !== "CHAINED_INVOKE") return;

  const { name: fn } = readFunction(op.functionName);
  const [payload, parentOperation] = [op.payload ?? "null", op.id];
  switch (ledger.rules.kindOf(fn)) {
    case "durable":
      executions.start(fn, { payload, parent: { arn, operation: parentOperation } });
      return;
    case "ordinary":
      return store.addJob({ id: randomUUID(), fn, payload, parentArn: arn, parentOperation, due: ledger.now() });
    case "unknown": {
      const error = { ErrorType: "ResourceNotFoundException", ErrorMessage: `Function not found: ${op.functionName}` };
      return ledger.settleChained(arn, parentOperation, { status: "FAILED", error });
    }
  }
}

/** A finished context whose children no replay will ask for. */
const isSealed = (op: Operation) => op.type === "CONTEXT" && op.status !== "STARTED" && !op.replayChildren;

/** A result too large for the answer of an invocation ends the execution from within. */
function endOf({ Action, Payload, Error }: Update): End {
  if (Action === "SUCCEED") return { status: "SUCCEEDED", result: Payload };
  if (Action === "FAIL") return { status: "FAILED", error: Error };
  throw invalid("Invalid action for the given operation type.");
}
