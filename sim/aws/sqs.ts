import { createHash } from "node:crypto";
import type {
  ChangeMessageVisibilityBatchResult,
  DeleteMessageBatchResult,
  GetQueueAttributesResult,
  GetQueueUrlResult,
  ReceiveMessageResult,
  SendMessageBatchResult,
  SendMessageResult,
} from "@aws-sdk/client-sqs";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { Message, Queue } from "../world.ts";
import { attributesOf, changeVisibility, handleOf, queueAt, receive, remove, send } from "./sqs-queue.ts";
import { moveOperations, moveSome } from "./sqs-move.ts";

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** Runs a batch entry by entry: what fails is reported, the rest is done. */
function eachEntry<E extends { Id: string }, R>(entries: readonly E[], run: (entry: E) => R) {
  if (entries.length === 0)
    throw new SimError("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.length > 10)
    throw new SimError("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10.");
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw new SimError("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id.");
  const Successful: (R & { Id: string })[] = [];
  const Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ ...run(entry), Id: entry.Id });
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.name, Message: error.message });
    }
  }
  return { Successful, Failed };
}

const systemAttributes = (message: Message) => ({
  SentTimestamp: String(message.sentAt),
  ApproximateReceiveCount: String(message.receives),
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? 0),
});

const QueueUrl = z.string();
const seconds = z.int().min(0).max(43_200);
const content = {
  MessageBody: z.string().min(1),
  DelaySeconds: z.int().min(0).max(900).default(0),
  MessageAttributes: z.json().optional(),
};
const visibility = { ReceiptHandle: z.string(), VisibilityTimeout: seconds };
const entry = { Id: z.string() };

const sent = (
  ground: Ground,
  queue: Queue,
  { MessageBody, DelaySeconds, MessageAttributes }: z.output<z.ZodObject<typeof content>>,
) => {
  const { id } = send(ground, queue, MessageBody, {
    delayMs: DelaySeconds * 1000,
    ...(MessageAttributes === undefined ? {} : { attributes: MessageAttributes }),
  });
  return { MessageId: id, MD5OfMessageBody: md5(MessageBody) };
};

/**
 * Standard queues. Not simulated: FIFO, and waiting: `WaitTimeSeconds` is taken and answered at once, because a test that
 * holds the clock would wait for itself.
 */
export const sqs: SimulatedService = {
  name: "sqs",
  target: "AmazonSQS",
  wording: wording(
    {
      throttled: "RequestThrottled",
      denied: "AccessDeniedException",
      broken: "InternalFailure",
      invalid: "InvalidParameterValueException",
    },
    { denied: 403 },
  ),
  operations: {
    GetQueueUrl: reads(z.strictObject({ QueueName: z.string() }), (ground, { QueueName }): GetQueueUrlResult => {
      const queue = Object.values(ground.world.queues).find(({ name }) => name === QueueName);
      if (!queue) throw new SimError("QueueDoesNotExist", "The specified queue does not exist.");
      return { QueueUrl: queue.url };
    }),
    GetQueueAttributes: reads(
      z.strictObject({ QueueUrl, AttributeNames: z.array(z.string()).default([]) }),
      (ground, { QueueUrl, AttributeNames }): GetQueueAttributesResult => {
        const all = Object.entries(attributesOf(ground, queueAt(ground, QueueUrl)));
        return {
          Attributes: Object.fromEntries(
            all.filter(([name]) => AttributeNames.includes("All") || AttributeNames.includes(name)),
          ),
        };
      },
    ),
    SendMessage: acts(z.strictObject({ QueueUrl, ...content }), (ground, input): SendMessageResult =>
      sent(ground, queueAt(ground, input.QueueUrl), input),
    ),
    SendMessageBatch: acts(
      z.strictObject({ QueueUrl, Entries: z.array(z.strictObject({ ...entry, ...content })) }),
      (ground, { QueueUrl, Entries }): SendMessageBatchResult => {
        const queue = queueAt(ground, QueueUrl);
        return eachEntry(Entries, (one) => sent(ground, queue, one));
      },
    ),
    ReceiveMessage: acts(
      z.strictObject({
        QueueUrl,
        MaxNumberOfMessages: z.int().min(1).max(10).default(1),
        VisibilityTimeout: seconds.optional(),
        WaitTimeSeconds: z.int().min(0).max(20).optional(),
        AttributeNames: z.array(z.string()).default([]),
        MessageSystemAttributeNames: z.array(z.string()).default([]),
        MessageAttributeNames: z.array(z.string()).default([]),
      }),
      (ground, input): ReceiveMessageResult => {
        const queue = queueAt(ground, input.QueueUrl);
        const visibilityMs =
          input.VisibilityTimeout === undefined ? queue.visibilityMs : input.VisibilityTimeout * 1000;
        const wanted = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
        const messages = receive(ground, queue, input.MaxNumberOfMessages, visibilityMs).map((message) => ({
          MessageId: message.id,
          ReceiptHandle: handleOf(message),
          Body: message.body,
          MD5OfBody: md5(message.body),
          Attributes: Object.fromEntries(
            Object.entries(systemAttributes(message)).filter(
              ([name]) => wanted.includes("All") || wanted.includes(name),
            ),
          ),
          ...(message.attributes !== undefined && input.MessageAttributeNames.length > 0
            ? {
                MessageAttributes: z
                  .record(z.string(), z.looseObject({ DataType: z.string() }))
                  .parse(message.attributes),
              }
            : {}),
        }));
        return messages.length > 0 ? { Messages: messages } : {};
      },
    ),
    DeleteMessage: acts(
      z.strictObject({ QueueUrl, ReceiptHandle: z.string() }),
      (ground, { QueueUrl, ReceiptHandle }) => {
        remove(ground, queueAt(ground, QueueUrl), ReceiptHandle);
        return {};
      },
    ),
    DeleteMessageBatch: acts(
      z.strictObject({ QueueUrl, Entries: z.array(z.strictObject({ ...entry, ReceiptHandle: z.string() })) }),
      (ground, { QueueUrl, Entries }): DeleteMessageBatchResult => {
        const queue = queueAt(ground, QueueUrl);
        return eachEntry(Entries, ({ ReceiptHandle }) => {
          remove(ground, queue, ReceiptHandle);
          return {};
        });
      },
    ),
    ChangeMessageVisibility: acts(
      z.strictObject({ QueueUrl, ...visibility }),
      (ground, { QueueUrl, ReceiptHandle, VisibilityTimeout }) => {
        changeVisibility(ground, queueAt(ground, QueueUrl), ReceiptHandle, VisibilityTimeout);
        return {};
      },
    ),
    ChangeMessageVisibilityBatch: acts(
      z.strictObject({ QueueUrl, Entries: z.array(z.strictObject({ ...entry, ...visibility })) }),
      (ground, { QueueUrl, Entries }): ChangeMessageVisibilityBatchResult => {
        const queue = queueAt(ground, QueueUrl);
        return eachEntry(Entries, ({ ReceiptHandle, VisibilityTimeout }) => {
          changeVisibility(ground, queue, ReceiptHandle, VisibilityTimeout);
          return {};
        });
      },
    ),
    ...moveOperations,
  },
  due: { "messages-move": (ground, { of }) => moveSome(ground, of) },
};
