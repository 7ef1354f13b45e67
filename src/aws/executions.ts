import { InvokeCommand, type LambdaClient, SendDurableExecutionCallbackSuccessCommand } from "@aws-sdk/client-lambda";
import type { Executions } from "../engine/world.ts";
import { isNamed } from "./failure.ts";

/**
 * The durable executions behind the alias of the remediate function. `functionName` must be qualified (`name:alias` or an
 * ARN with a qualifier): AWS refuses to invoke a durable function without.
 */
export function lambdaExecutions(client: LambdaClient, functionName: string): Executions {
  return {
    async start(name, request) {
      try {
        await client.send(
          new InvokeCommand({
            FunctionName: functionName,
            InvocationType: "Event",
            DurableExecutionName: name,
            Payload: JSON.stringify(request),
          }),
        );
      } catch (error) {
        if (!isNamed(error, "DurableExecutionAlreadyStartedException")) throw error;
      }
    },
    async wake(callbackId) {
      try {
        await client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId: callbackId }));
      } catch (error) {
        // It no longer waits: somebody has woken it before, or its time is over. The table has the truth.
        if (!isNamed(error, "CallbackTimeoutException", "ResourceNotFoundException")) throw error;
      }
    },
  };
}
