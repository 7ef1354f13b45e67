import { randomUUID } from "node:crypto";
import { types } from "node:util";
import type { Context } from "aws-lambda";
import type { LocalFunction } from "./functions.ts";
import { functionArn, type Place, version } from "./names.ts";
import type { ErrorObject } from "./operation.ts";

/** What came of one call of a handler. */
export type Returned =
  | { readonly kind: "returned"; readonly value: unknown; readonly requestId: string }
  | { readonly kind: "failed"; readonly error: ErrorObject; readonly requestId: string };

/**
 * Calls a handler as Lambda does: with a context, within a time limit, and with every error caught and written down.
 *
 * Limit and remaining time are wall time, on every clock: they measure the machine. A handler that is over its limit is
 * given up, not killed; whatever it still does finds its tokens stale.
 */
export async function callHandler(fn: LocalFunction, event: unknown, place: Place): Promise<Returned> {
  const requestId = randomUUID();
  const deadline = Date.now() + fn.timeoutMs;
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    const message = `${requestId} Task timed out after ${(fn.timeoutMs / 1000).toFixed(2)} seconds`;
    timer = setTimeout(() => reject(Object.assign(new Error(message), { name: "Sandbox.Timedout" })), fn.timeoutMs);
  });
  try {
    const value = await Promise.race([fn.handler(event, contextFor(fn, place, requestId, deadline)), overdue]);
    return { kind: "returned", value, requestId };
  } catch (error) {
    return { kind: "failed", error: toErrorObject(error), requestId };
  } finally {
    clearTimeout(timer);
  }
}

function contextFor(fn: LocalFunction, place: Place, awsRequestId: string, deadline: number): Context {
  const qualifier = fn.executionTimeoutMs === undefined ? undefined : version;
  const nothing = () => undefined;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: fn.name,
    functionVersion: qualifier ?? "$LATEST",
    invokedFunctionArn: functionArn(place, fn.name, qualifier),
    memoryLimitInMB: "1024",
    awsRequestId,
    logGroupName: `/aws/lambda/${fn.name}`,
    logStreamName: awsRequestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: nothing,
    fail: nothing,
    succeed: nothing,
  };
}

export function toErrorObject(error: unknown): ErrorObject {
  if (!types.isNativeError(error)) return { ErrorType: "Error", ErrorMessage: String(error) };
  const StackTrace = error.stack?.split("\n").slice(1);
  return { ErrorType: error.name, ErrorMessage: error.message, ...(StackTrace && { StackTrace }) };
}
