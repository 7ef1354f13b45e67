import { z } from "zod";
import { alarmAction } from "./alarm.ts";
import { budgetText, isBudgetText } from "./budget.ts";
import { costAnomalyMessage } from "./cost-anomaly.ts";
import { word } from "./event.ts";
import { jsonText } from "./json-text.ts";
import { metricStreamObject, readMetricStream } from "./metric-stream.ts";
import { moment } from "./moment.ts";
import { notification } from "./notification.ts";
import { readers } from "./readers.ts";
import type { Signal } from "./signal.ts";
import { unreadable, whyNot } from "./unreadable.ts";

/** The most SQS carries in a message, in bytes, and so also in characters. Longer texts are not looked into. */
const textCharsMax = 1_048_576;

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
 * Takes an EventBridge event, what an alarm sends to a Lambda function, one object of a metric stream, what AWS Budgets and
 * Cost Anomaly Detection send to SNS; as a value or as its text of at most 1 MiB.
 *
 * A notification of SNS is opened, for what is in it may have neither id nor time of its own: so a queue subscribed to a topic
 * (without raw delivery) needs nothing but this. Records (`{ Records: [...] }` of SQS, of SNS to Lambda, of Firehose) are for
 * the entry point to take apart, since each succeeds or fails by itself; an SNS record's signal is in its `Sns`.
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
  if (isBudgetText(text)) return read(budgetText, text, text);
  const { success, data, error } = jsonText.safeParse(text);
  if (success) return readValue(data, text);
  // A record of Firehose has an object on each line.
  return text.includes('"metric_stream_name"') ? readMetricStream(text) : unreadable(whyNot(error), text);
}

function readValue(value: unknown, arrived: unknown): Signal {
  return has(value, "TopicArn") ? readNotification(value, arrived) : readOne(value, arrived);
}

/** Reads what SNS carries. What it carries for Budgets and Cost Anomaly Detection is of the topic's own account, or false. */
function readNotification(value: unknown, arrived: unknown): Signal {
  const { success, data, error } = notification.safeParse(value);
  if (!success) return unreadable(`a notification of SNS: ${whyNot(error)}`, arrived);
  const { id, at, account, message } = data;

  const signal = isBudgetText(message) ? read(budgetText, message, arrived) : readMessage(message, arrived);
  if (signal.kind !== "budget" && signal.kind !== "cost-anomaly") return signal;
  if (signal.account !== account)
    return unreadable(`a notification of SNS: about ${signal.account}, from a topic of ${account}`, arrived);
  return { ...signal, eventId: id, at };
}

function readMessage(message: string, arrived: unknown): Signal {
  const { success, data, error } = jsonText.safeParse(message);
  return success ? readOne(data, arrived) : unreadable(`a notification of SNS: Message: ${whyNot(error)}`, arrived);
}

function readOne(value: unknown, arrived: unknown): Signal {
  if (has(value, "metric_stream_name")) return read(metricStreamObject, value, arrived);
  if (has(value, "alarmData")) return read(alarmAction, value, arrived);
  if (has(value, "anomalyId")) return read(costAnomalyMessage, value, arrived);

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
