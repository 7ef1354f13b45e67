import type { FirehoseTransformationEvent, FirehoseTransformationResult, SQSBatchResponse, SQSEvent } from "aws-lambda";
import settings from "../paramedic.config.ts";
import { runbooks } from "../runbooks/index.ts";
import { eachRecord } from "../src/aws/each-record.ts";
import { firehoseRecords } from "../src/aws/firehose-records.ts";
import { emitMetrics } from "../src/aws/metrics.ts";
import { receivingWorld } from "../src/aws/receiving.ts";
import { take, type Taken } from "../src/engine/take.ts";
import { takeStream } from "../src/engine/take-stream.ts";
import { namedMetrics } from "../src/settings/named-metrics.ts";

const world = receivingWorld(process.env, { runbooks, settings });
const wanted = namedMetrics(settings);

/**
 * Alarms and metric samples in, incidents out: the slow lane.
 *
 * Records succeed or fail one by one, so a bad one never makes its neighbours run twice. SQS delivers the failed ones
 * again and, after the third time, parks them in a queue the bot also watches. Firehose hands over a metric stream, where
 * the installation has one.
 */
export const handler = (
  batch: SQSEvent | FirehoseTransformationEvent,
): Promise<SQSBatchResponse | FirehoseTransformationResult> =>
  "records" in batch
    ? firehoseRecords(batch, async (text) => measure(await takeStream(world, text, wanted)))
    : eachRecord(batch, async (body) => measure(await take(world, body)), world.log);

/** How much was scored, and of how much the detector said that it could not. */
function measure({ scored }: Taken): void {
  const abstained = scored.filter(({ verdict }) => verdict.kind !== "scored").length;
  emitMetrics(process.env, settings.stage, world.clock.now(), [
    ...(scored.length > 0 ? [{ name: "Scored", value: scored.length } as const] : []),
    ...(abstained > 0 ? [{ name: "Abstentions", value: abstained } as const] : []),
  ]);
}
