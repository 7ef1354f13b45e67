import {
  DurableExecutionClientError,
  type DurableExecutionClient,
  DurableExecutionInvocationInputWithClient,
} from "@aws/durable-execution-sdk-js";
import { z } from "zod";
import type { LocalFunction } from "./functions.ts";
import type { Invocation, InvocationEnd } from "./invocations.ts";
import type { CheckpointReply } from "./checkpoint.ts";
import type { Place } from "./names.ts";
import { errorObject } from "./operation.ts";
import { callHandler } from "./sandbox.ts";
import { type Update, update } from "./update.ts";

/** What a durable handler answers. Anything else, and anything thrown, is a lost invocation. */
const output = z.discriminatedUnion("Status", [
  z.object({ Status: z.literal("SUCCEEDED"), Result: z.string().optional() }),
  z.object({ Status: z.literal("FAILED"), Error: errorObject.optional() }),
  z.object({ Status: z.literal("PENDING") }),
]);

/** The service as seen from inside a sandbox. */
export interface Backend {
  checkpoint(arn: string, token: string, updates: readonly Update[]): CheckpointReply;
  state(arn: string, token: string): Invocation["operations"] | undefined;
}

/**
 * Lets an unmodified durable handler have one go at an execution.
 *
 * The handler gets its transport with its input, which is how the SDK's own test runner does it; a transport that the
 * handler was configured with is not used. See {@link toWire} for the SDK's only timers, and mind that it lets 20 ms of
 * real time pass before each answer PENDING.
 */
export async function invokeDurable(
  fn: LocalFunction,
  invocation: Invocation,
  backend: Backend,
  place: Place,
): Promise<{ requestId: string; how: InvocationEnd }> {
  const { arn, token, operations, updatedIds } = invocation;
  const state = { InitialExecutionState: { Operations: operations, NextMarker: "" } };
  const input = { DurableExecutionArn: arn, CheckpointToken: token, ...state };
  const event = new DurableExecutionInvocationInputWithClient(input, transport(backend));
  // The class forgets this part of the input; without it plugins take news for replay.
  Object.assign(event, { UpdatedOperationIds: updatedIds });

  const returned = await callHandler(fn, event, place);
  const { requestId } = returned;
  if (returned.kind === "failed") return { requestId, how: { kind: "lost", error: returned.error } };
  const answer = output.safeParse(returned.value);
  if (!answer.success) {
    const error = { ErrorType: "InvalidOutput", ErrorMessage: `${fn.name} did not answer as a durable function does` };
    return { requestId, how: { kind: "lost", error } };
  }
  return { requestId, how: toEnd(answer.data) };
}

function toEnd(answer: z.infer<typeof output>): InvocationEnd {
  switch (answer.Status) {
    case "SUCCEEDED":
      return { kind: "closed", end: { status: "SUCCEEDED", result: answer.Result } };
    case "FAILED":
      return { kind: "closed", end: { status: "FAILED", error: answer.Error } };
    case "PENDING":
      return { kind: "pending" };
  }
}

function transport(backend: Backend): DurableExecutionClient {
  // Stale means: somebody else goes on with it. The scope says so; the SDK's own reading would fail the execution (#917).
  const stale = () => new DurableExecutionClientError("Invalid checkpoint token", { scope: "INVOCATION" });
  return {
    async checkpoint({ DurableExecutionArn: arn = "", CheckpointToken: token = "", Updates = [] }) {
      const reply = backend.checkpoint(arn, token, z.array(update).parse(Updates));
      if (reply.kind === "stale") throw stale();
      return { CheckpointToken: reply.token, NewExecutionState: { Operations: reply.operations } };
    },
    async getExecutionState({ DurableExecutionArn: arn = "", CheckpointToken: token = "" }) {
      const Operations = backend.state(arn, token);
      if (!Operations) throw stale();
      return { Operations, NextMarker: "" };
    },
  };
}
