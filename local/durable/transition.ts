import { invalid } from "./aws-errors.ts";
import type { Operation, OperationOf } from "./operation.ts";
import type { Update } from "./update.ts";

/** What a transition may need besides the operation and the update. */
export interface Moment {
  readonly now: number;
  readonly newCallbackId: () => string;
}

/**
 * The operation after one update: the state machine the service keeps, and the only place that knows it.
 *
 * Pure. What time changes is in {@link wake}, what people change is where callbacks are completed.
 *
 * @throws InvalidParameterValueException when the update does not fit the present state, as closing a closed step
 */
export function transition(current: Operation | undefined, update: Update, moment: Moment): Operation {
  if (current && current.type !== update.Type) throw invalid("Invalid operation type.");
  if (update.Action === "FAIL" && update.Payload !== undefined)
    throw invalid("Cannot provide a Payload for FAIL action.");
  if (update.Action === "SUCCEED" && update.Error) throw invalid("Cannot provide an Error for SUCCEED action.");
  switch (update.Type) {
    case "STEP":
      return step(of("STEP", current), update, moment);
    case "WAIT":
      return wait(of("WAIT", current), update, moment);
    case "CALLBACK":
      return callback(of("CALLBACK", current), update, moment);
    case "CONTEXT":
      return context(of("CONTEXT", current), update, moment);
    case "CHAINED_INVOKE":
      return chainedInvoke(of("CHAINED_INVOKE", current), update, moment);
    case "EXECUTION":
      throw invalid("Invalid operation type.");
  }
}

function of<T extends Operation["type"]>(type: T, op: Operation | undefined): OperationOf<T> | undefined {
  const is = (one: Operation): one is OperationOf<T> => one.type === type;
  return op && is(op) ? op : undefined;
}

const born = (update: Update, now: number) => ({
  id: update.Id,
  parentId: update.ParentId,
  name: update.Name,
  subType: update.SubType,
  startedAt: now,
});

const misfit = () => invalid("Invalid action for the given operation type.");

function step(current: OperationOf<"STEP"> | undefined, update: Update, { now }: Moment): Operation {
  const op = current ?? ({ ...born(update, now), type: "STEP", status: "STARTED", attempt: 0 } as const);
  const open = op.status === "STARTED" || op.status === "READY";
  switch (update.Action) {
    case "START":
      if (current && current.status !== "READY") throw invalid("Invalid current STEP state to start.");
      return { ...op, status: "STARTED" };
    case "SUCCEED":
    case "FAIL": {
      if (!open) throw invalid("Invalid current STEP state to close.");
      const status = update.Action === "SUCCEED" ? "SUCCEEDED" : "FAILED";
      const end = { result: update.Payload, error: update.Error, endedAt: now, nextAttemptAt: undefined };
      return { ...op, ...end, status, attempt: op.attempt + 1 };
    }
    case "RETRY": {
      if (!open) throw invalid("Invalid current STEP state to re-attempt.");
      if (!update.StepOptions) throw invalid("Invalid StepOptions for the given action.");
      if (update.Error && update.Payload !== undefined)
        throw invalid("Cannot provide both error and payload to RETRY a STEP.");
      // A poll (waitForCondition) keeps its state in Result; the next attempt begins with it.
      const nextAttemptAt = now + (update.StepOptions.NextAttemptDelaySeconds ?? 0) * 1000;
      const kept = { result: update.Payload, error: update.Error, nextAttemptAt };
      return { ...op, ...kept, status: "PENDING", attempt: op.attempt + 1 };
    }
    case "CANCEL":
      throw misfit();
  }
}

function wait(current: OperationOf<"WAIT"> | undefined, update: Update, { now }: Moment): Operation {
  if (update.Action === "START") {
    if (current) throw invalid("Cannot start a WAIT that already exists.");
    const seconds = update.WaitOptions?.WaitSeconds;
    if (seconds === undefined || seconds < 1) throw invalid("Invalid WaitOptions for the given action.");
    return { ...born(update, now), type: "WAIT", status: "STARTED", seconds, endsAt: now + seconds * 1000 };
  }
  if (update.Action !== "CANCEL") throw misfit();
  if (current?.status !== "STARTED") throw invalid("Cannot cancel a WAIT that does not exist or is closed.");
  return { ...current, status: "CANCELLED", endedAt: now };
}

function callback(current: OperationOf<"CALLBACK"> | undefined, update: Update, moment: Moment): Operation {
  if (update.Action !== "START") throw misfit();
  if (current) throw invalid("Cannot start a CALLBACK that already exists.");
  const { now } = moment;
  // 0 and nothing both mean: no limit but that of the execution.
  const timeoutSeconds = update.CallbackOptions?.TimeoutSeconds || undefined;
  const heartbeatSeconds = update.CallbackOptions?.HeartbeatTimeoutSeconds || undefined;
  return {
    ...born(update, now),
    type: "CALLBACK",
    status: "STARTED",
    callbackId: moment.newCallbackId(),
    timeoutSeconds,
    timesOutAt: timeoutSeconds && now + timeoutSeconds * 1000,
    heartbeatSeconds,
    heartbeatBy: heartbeatSeconds && now + heartbeatSeconds * 1000,
  };
}

function context(current: OperationOf<"CONTEXT"> | undefined, update: Update, { now }: Moment): Operation {
  const op = current ?? ({ ...born(update, now), type: "CONTEXT", status: "STARTED", replayChildren: false } as const);
  switch (update.Action) {
    case "START":
      if (current) throw invalid("Cannot start a CONTEXT that already exists.");
      return op;
    case "SUCCEED":
    case "FAIL": {
      if (op.status !== "STARTED") throw invalid("Invalid current CONTEXT state to close.");
      const status = update.Action === "SUCCEED" ? "SUCCEEDED" : "FAILED";
      const replayChildren = update.ContextOptions?.ReplayChildren ?? false;
      return { ...op, status, replayChildren, result: update.Payload, error: update.Error, endedAt: now };
    }
    case "RETRY":
    case "CANCEL":
      throw misfit();
  }
}

function chainedInvoke(current: OperationOf<"CHAINED_INVOKE"> | undefined, update: Update, { now }: Moment): Operation {
  if (update.Action !== "START") throw misfit();
  if (current) throw invalid("Cannot start a CHAINED_INVOKE that already exists.");
  if (!update.ChainedInvokeOptions) throw invalid("Invalid ChainedInvokeOptions for the given action.");
  const { FunctionName: functionName } = update.ChainedInvokeOptions;
  return { ...born(update, now), type: "CHAINED_INVOKE", status: "STARTED", functionName, payload: update.Payload };
}
