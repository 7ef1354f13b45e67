import { LambdaClient } from "@aws-sdk/client-lambda";
import { type CallLimits, reading } from "./calls.ts";

/**
 * The client by which an execution records its steps. It may repeat: a second record of the same moment is refused by its
 * token.
 *
 * The durable SDK would make one that waits 55 s three times, which is longer than a spot notice lasts. With this one an
 * invocation that nobody answers fails within twenty seconds, and Lambda begins another.
 */
export function createCheckpointing(settings: CallLimits = reading): LambdaClient {
  return new LambdaClient(settings);
}
