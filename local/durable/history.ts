import { z } from "zod";
import { type ErrorObject, errorObject, type Operation } from "./operation.ts";
import type { Execution, Store } from "./store.ts";

/**
 * What happened to an execution, in the words and the format of GetDurableExecutionHistory.
 *
 * Kept as it goes over the wire: times are epoch seconds. It outlives pruning, so whoever cleans up after an
 * execution that was ended from outside can read here what had been done.
 */
export function recordOperation(store: Store, arn: string, op: Operation, now: number): void {
  // Becoming ready for another attempt is no event on AWS.
  if (op.type === "STEP" && op.status === "READY") return;
  const { id: Id, name: Name, parentId: ParentId, subType: SubType } = op;
  const EventType = `${kinds[op.type]}${endings[phaseOf(op)]}`;
  record(store, arn, now, { EventType, Id, Name, ParentId, SubType, [`${EventType}Details`]: detailsOf(op, now) });
}

export function recordStart(
  store: Store,
  { arn, id, name, payload }: StartedExecution,
  now: number,
  timeoutMs: number,
): void {
  const details = { Input: { Payload: payload }, ExecutionTimeout: timeoutMs / 1000 };
  record(store, arn, now, { EventType: "ExecutionStarted", Id: id, Name: name, ExecutionStartedDetails: details });
}
type StartedExecution = Pick<Execution, "arn" | "id" | "name" | "payload">;

export function recordEnd(
  store: Store,
  { arn, id, name }: Pick<Execution, "arn" | "id" | "name">,
  now: number,
  end: { status: keyof typeof endings; result?: string | undefined; error?: ErrorObject | undefined },
): void {
  const EventType = `Execution${endings[end.status]}`;
  record(store, arn, now, { EventType, Id: id, Name: name, [`${EventType}Details`]: outcomeOf(end) });
}

export function recordInvocation(
  store: Store,
  arn: string,
  now: number,
  invocation: { requestId: string; startedAt: number; error?: ErrorObject | undefined },
): void {
  const { requestId: RequestId, startedAt, error } = invocation;
  const times = { StartTimestamp: startedAt / 1000, EndTimestamp: now / 1000 };
  const InvocationCompletedDetails = { ...times, RequestId, ...(error && { Error: { Payload: error } }) };
  record(store, arn, now, { EventType: "InvocationCompleted", InvocationCompletedDetails });
}

/** The history, oldest first; without payloads and errors unless `withData`. */
export function historyOf(store: Store, arn: string, withData: boolean): Record<string, unknown>[] {
  const hideData = (key: string, value: unknown) => (key === "Payload" && !withData ? undefined : value);
  return store.history(arn).map(({ eventId: EventId, at, body }) => {
    const entry = z.record(z.string(), z.unknown()).parse(JSON.parse(body, hideData));
    return { EventId, EventTimestamp: at / 1000, ...entry };
  });
}

/** The error an ended operation or execution was kept with. */
export const readError = (json: string | null): ErrorObject | undefined =>
  json === null ? undefined : errorObject.parse(JSON.parse(json));

const kinds = {
  STEP: "Step",
  WAIT: "Wait",
  CALLBACK: "Callback",
  CONTEXT: "Context",
  CHAINED_INVOKE: "ChainedInvoke",
} as const;
const endings = {
  STARTED: "Started",
  SUCCEEDED: "Succeeded",
  FAILED: "Failed",
  TIMED_OUT: "TimedOut",
  STOPPED: "Stopped",
  CANCELLED: "Cancelled",
} as const;

/** A step that will be tried again has failed once; a condition that will be looked at again has answered once. */
function phaseOf(op: Operation): keyof typeof endings {
  if (op.status === "PENDING") return op.error ? "FAILED" : "SUCCEEDED";
  return op.status === "READY" ? "STARTED" : op.status;
}

function detailsOf(op: Operation, now: number): object {
  const started = op.status === "STARTED";
  switch (op.type) {
    case "STEP": {
      if (started) return {};
      const NextAttemptDelaySeconds = op.nextAttemptAt === undefined ? undefined : (op.nextAttemptAt - now) / 1000;
      return { ...outcomeOf(op), RetryDetails: { CurrentAttempt: op.attempt, NextAttemptDelaySeconds } };
    }
    case "WAIT":
      return { Duration: op.seconds, ...(started && { ScheduledEndTimestamp: op.endsAt / 1000 }) };
    case "CALLBACK": {
      const { callbackId: CallbackId, timeoutSeconds: Timeout, heartbeatSeconds: HeartbeatTimeout } = op;
      return started ? { CallbackId, Timeout, HeartbeatTimeout } : outcomeOf(op);
    }
    case "CONTEXT":
      return started ? {} : outcomeOf(op);
    case "CHAINED_INVOKE":
      return started ? { FunctionName: op.functionName, Input: { Payload: op.payload } } : outcomeOf(op);
  }
}

const outcomeOf = ({ result, error }: { result?: string | undefined; error?: ErrorObject | undefined }) =>
  error ? { Error: { Payload: error } } : { Result: { Payload: result } };

const record = (store: Store, arn: string, now: number, entry: object) =>
  store.addHistory(arn, now, JSON.stringify(entry));
