import type { WireOperation } from "@aws/durable-execution-sdk-js";
import type { Operation } from "./operation.ts";
import type { Execution } from "./store.ts";

/**
 * An operation as the durable SDK is told of it.
 *
 * The SDK compares the time at which a retry or a wait is due with the wall clock, and while another branch of the same
 * handler is busy it holds a real timer until then. So those two times are given as wall time: as far from the wall's
 * now as they are from ours. On a clock that jumps they are only a hint; the service answers by its own clock.
 */
export function toWire(op: Operation, now: number, wallNow = Date.now()): WireOperation {
  const onWall = (at: number | undefined) => (at === undefined ? undefined : new Date(wallNow + Math.max(0, at - now)));
  const common = {
    Id: op.id,
    ParentId: op.parentId,
    Name: op.name,
    SubType: op.subType,
    Status: op.status,
    StartTimestamp: new Date(op.startedAt),
    ...(op.endedAt !== undefined && { EndTimestamp: new Date(op.endedAt) }),
  };
  switch (op.type) {
    case "STEP": {
      const { attempt: Attempt, result: Result, error: Error, nextAttemptAt } = op;
      const StepDetails = { Attempt, Result, Error, NextAttemptTimestamp: onWall(nextAttemptAt) };
      return { ...common, Type: "STEP", StepDetails };
    }
    case "WAIT":
      return { ...common, Type: "WAIT", WaitDetails: { ScheduledEndTimestamp: onWall(op.endsAt) } };
    case "CALLBACK": {
      const { callbackId: CallbackId, result: Result, error: Error } = op;
      return { ...common, Type: "CALLBACK", CallbackDetails: { CallbackId, Result, Error } };
    }
    case "CONTEXT": {
      const { replayChildren: ReplayChildren, result: Result, error: Error } = op;
      return { ...common, Type: "CONTEXT", ContextDetails: { ReplayChildren, Result, Error } };
    }
    case "CHAINED_INVOKE":
      return { ...common, Type: "CHAINED_INVOKE", ChainedInvokeDetails: { Result: op.result, Error: op.error } };
  }
}

/** The operation every state begins with: the SDK takes the first one for the input. */
export const executionOperation = ({ id, name, payload, startedAt }: Execution): WireOperation => ({
  Id: id,
  Name: name,
  Type: "EXECUTION",
  Status: "STARTED",
  StartTimestamp: new Date(startedAt),
  ExecutionDetails: { InputPayload: payload },
});
