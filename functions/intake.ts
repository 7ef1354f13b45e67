import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import settings from "../paramedic.config.ts";
import { runbooks } from "../runbooks/index.ts";
import { awsWorld } from "../src/aws/world.ts";
import { silent } from "../src/engine/silent.ts";
import { take } from "../src/engine/take.ts";

const world = await awsWorld(process.env, { runbooks, settings, chat: silent });
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
