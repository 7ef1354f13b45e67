import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import settings from "../paramedic.config.ts";
import { runbooks } from "../runbooks/index.ts";
import { receivingWorld } from "../src/aws/receiving.ts";
import { take } from "../src/engine/take.ts";

const world = receivingWorld(process.env, { runbooks, settings });
const processor = new BatchProcessor(EventType.SQS);

/**
 * Alarms and metric samples in, incidents out: the slow lane.
 *
 * Records succeed or fail one by one, so a bad one never makes its neighbours run twice. SQS delivers the failed ones
 * again and, after the third time, parks them in a queue the bot also watches.
 */
export const handler = (batch: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  processPartialResponse(batch, async ({ body }: SQSRecord) => void (await take(world, body)), processor, {
    context,
    throwOnFullBatchFailure: false,
  });
