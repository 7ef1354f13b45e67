import { readError } from "./history.ts";
import type { ErrorObject, Operation } from "./operation.ts";
import type { Execution, ExecutionStatus, Kept } from "./store.ts";

/** An execution to look at. Times are milliseconds on the service's clock. */
export interface Described {
  readonly arn: string;
  readonly name: string;
  readonly fn: string;
  readonly status: ExecutionStatus;
  readonly payload: string;
  readonly result: string | undefined;
  readonly error: ErrorObject | undefined;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly invocations: number;
  /** All there ever were, in the order of their start. */
  readonly operations: readonly Operation[];
}

export function toDescribed(execution: Execution, operations: readonly Kept[]): Described {
  const { arn, name, fn, status, payload, startedAt, invocations } = execution;
  return {
    arn,
    name,
    fn,
    status,
    payload,
    result: execution.result ?? undefined,
    error: readError(execution.error),
    startedAt,
    endedAt: execution.endedAt ?? undefined,
    invocations,
    operations: operations.map(({ op }) => op),
  };
}
