import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/**
 * Time limits for every call. Without `throwOnRequestTimeout` the SDK only logs a warning and a hung connection hangs
 * for ever; 5 s is far above what these calls take and far below what a remediation may wait.
 */
const requestHandler = { connectionTimeout: 1_500, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** Reads are repeated by the SDK: a read has no effect that could happen twice. */
export const reading = { maxAttempts: 3, requestHandler };

/**
 * Changes are never repeated by the SDK: when the answer to a change is lost, a repeat would make it twice. The engine
 * asks the action's `probe` first.
 */
export const acting = { maxAttempts: 1, requestHandler };

/** How the calls of a client are limited. */
export type CallLimits = typeof reading & { region?: string };

/** The client of the bot's own table. Its writes are conditional, so the SDK may repeat them. */
export function createDynamo(settings: CallLimits = reading): DynamoDBClient {
  return new DynamoDBClient(settings);
}
