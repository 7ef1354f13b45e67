import { z } from "zod";
import { alarm, alarmAction } from "./alarm.ts";
import { word } from "./event.ts";
import { jsonText } from "./json-text.ts";
import { metricSamples } from "./metric-samples.ts";
import { metricStreamObject } from "./metric-stream.ts";
import { moment } from "./moment.ts";
import { rebalance } from "./rebalance.ts";
import type { Signal } from "./signal.ts";
import { spotInterruption } from "./spot-interruption.ts";
import { unreadable, whyNot } from "./unreadable.ts";

/** The most SQS carries in a message, in bytes, and so also in characters. Longer texts are not looked into. */
const textCharsMax = 1_048_576;

/**
 * Readers by detail-type, with the source they believe. EventBridge refuses `aws.` sources from anybody but AWS, so a
 * workload cannot claim a spot warning; measurements are for anybody to send.
 */
const readers = new Map<string, { source?: string; reader: z.ZodType<Signal> }>([
  ["EC2 Spot Instance Interruption Warning", { source: "aws.ec2", reader: spotInterruption }],
  ["EC2 Instance Rebalance Recommendation", { source: "aws.ec2", reader: rebalance }],
  ["CloudWatch Alarm State Change", { source: "aws.cloudwatch", reader: alarm }],
  ["Paramedic Metric Sample", { reader: metricSamples }],
]);

/** What tells an EventBridge event. Capacity Block events spell two of the names otherwise. */
const outline = z
  .object({
    source: word,
    "detail-type": word.optional(),
    detail_type: word.optional(),
    id: word.optional().catch(undefined),
    customer_event_id: word.optional().catch(undefined),
    time: moment.optional().catch(undefined),
  })
  .transform(({ source, id, customer_event_id, time: at, ...said }, context) => {
    const detailType = said["detail-type"] ?? said.detail_type;
    if (detailType !== undefined) return { source, detailType, eventId: id ?? customer_event_id, at };
    context.addIssue({ code: "custom", path: ["detail-type"], message: "missing" });
    return z.NEVER;
  });

/**
 * Turns whatever arrived into one of the signals the bot knows. Never throws: unreadable is an answer.
 *
 * Takes an EventBridge event, what an alarm sends to a Lambda function, or one object of a metric stream; as a value or as
 * its JSON text of at most 1 MiB. Envelopes (SQS, SNS, Firehose) are for the entry point to open.
 */
export function readSignal(event: unknown): Signal {
  try {
    return typeof event === "string" ? readText(event) : readValue(event, event);
  } catch (error) {
    // JSON does not get here. A value made in this process can: one whose properties throw when they are looked at.
    return unreadable(`cannot be looked at (${error instanceof Error ? error.message : typeof error})`, event);
  }
}

function readText(text: string): Signal {
  if (text.length > textCharsMax) return unreadable(`${text.length} characters, more than an event can have`, text);
  const { success, data, error } = jsonText.safeParse(text);
  return success ? readValue(data, text) : unreadable(whyNot(error), text);
}

function readValue(value: unknown, arrived: unknown): Signal {
  if (has(value, "metric_stream_name")) return read(metricStreamObject, value, arrived);
  if (has(value, "alarmData")) return read(alarmAction, value, arrived);

  const { success, data, error } = outline.safeParse(value);
  if (!success) return unreadable(`not an event: ${whyNot(error)}`, arrived);
  const { source, detailType, eventId, at } = data;

  const known = readers.get(detailType);
  if (known && source === (known.source ?? source)) return read(known.reader, value, arrived);
  return {
    kind: "unknown",
    ...(eventId !== undefined && { eventId }),
    ...(at !== undefined && { at }),
    source,
    detailType,
  };
}

function read(reader: z.ZodType<Signal>, value: unknown, arrived: unknown): Signal {
  const { success, data, error } = reader.safeParse(value);
  return success ? data : unreadable(whyNot(error), arrived);
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}
