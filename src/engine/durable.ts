import {
  CallbackError,
  type DurableContext,
  DurableExecutionApiClient,
  type DurableExecutionClient,
  DurableExecutionClientError,
  type DurableLambdaHandler,
  StepError,
  StepSemantics,
  withDurableExecution,
} from "@aws/durable-execution-sdk-js";
import { createCheckpointing } from "../aws/checkpointing.ts";
import type { Steps } from "./steps.ts";

/** A step that failed for a passing reason is tried again for about a minute before the execution fails. */
const retriesMax = 6;

/**
 * The interpreter's steps on AWS Lambda durable functions. This file owns every trap of that SDK:
 *
 * - At most once means `AtMostOncePerRetry` *and* no retry. After a crash the SDK answers with a StepError.
 * - Errors come back from a replay without class or fields, so bodies answer with values and only the store throws.
 * - A result that is not JSON would run a step for ever; bodies of ours answer plain data.
 * - `waitForCondition` can end an execution when its check throws, so polling is made of steps and sleeps.
 * - A wait is at least one second and whole seconds.
 */
export function durableSteps(context: DurableContext): Steps {
  const arn = context.executionContext.durableExecutionArn;
  return {
    execution: arn,
    atLeastOnce: async (name, body) =>
      await context.step(label(name), body, {
        retryStrategy: (_, attempt) =>
          attempt < retriesMax ? { shouldRetry: true, delay: { seconds: 2 ** (attempt - 1) } } : { shouldRetry: false },
      }),
    atMostOnce: async (name, body) => {
      try {
        const value = await context.step(label(name), body, {
          semantics: StepSemantics.AtMostOncePerRetry,
          retryStrategy: () => ({ shouldRetry: false }),
        });
        return { kind: "ended", value };
      } catch (error) {
        if (!(error instanceof StepError)) throw error;
        return { kind: "unknown", why: error.cause?.name ?? error.message };
      }
    },
    sleep: async (name, ms) => {
      if (ms > 0) await context.wait(label(name), { seconds: Math.max(1, Math.ceil(ms / 1000)) });
    },
    waitForPeople: async (name, submit, timeoutMs) => {
      try {
        await context.waitForCallback(label(name), (callbackId) => submit(callbackId), {
          timeout: { seconds: Math.max(1, Math.ceil(timeoutMs / 1000)) },
        });
      } catch (error) {
        // Too late or ended from outside: what was decided is in the table either way.
        if (!(error instanceof CallbackError)) throw error;
      }
    },
  };
}

/** Operation names are printable ASCII, at most 256 characters. */
const label = (name: string): string => name.replace(/[^\x20-\x7e]/g, "?").slice(0, 256);

/**
 * The durable handler: `run` with our steps, on the transport below. While the service does not answer, an invocation
 * fails instead of waiting for it (`createCheckpointing`); nothing it did unrecorded counts as done.
 */
export function durableHandler<Result>(
  run: (event: unknown, steps: Steps) => Promise<Result>,
  lambda = createCheckpointing(),
): DurableLambdaHandler {
  return withDurableExecution((event: unknown, context: DurableContext) => run(event, durableSteps(context)), {
    durableExecutionClient: safeClient(new DurableExecutionApiClient(lambda)),
  });
}

/**
 * Keeps a stale checkpoint token from killing an execution.
 *
 * SDK 2.4.0 compares the service's message with other capitals than the service writes (issue 917) and takes a stale
 * token for the end of the whole execution, skipping every undo. It only means that another invocation has taken over.
 */
function safeClient(client: DurableExecutionApiClient): DurableExecutionClient {
  const staleIsNotTheEnd = (error: unknown): never => {
    if (error instanceof Error && /^invalid checkpoint token/i.test(error.message)) {
      throw new DurableExecutionClientError(error.message, { scope: "INVOCATION", cause: error });
    }
    throw error;
  };
  return {
    checkpoint: (request) => client.checkpoint(request).catch(staleIsNotTheEnd),
    getExecutionState: (request) => client.getExecutionState(request).catch(staleIsNotTheEnd),
  };
}
