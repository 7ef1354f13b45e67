import { ChangeMessageVisibilityBatchCommand } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import { defineAction, nothingToUndo } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

/** The service takes at most ten messages a call. */
export const messagesMax = 10;

/** The worker has finished with it or lost it meanwhile: it is no longer in flight under this receipt. */
const alreadyReleased = ["ReceiptHandleIsInvalid", "MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"];

/**
 * Gives messages that a doomed worker is busy with back to their queue at once, instead of after the visibility timeout.
 *
 * It needs the receipt handles, which only the worker has: they come from the in-flight ledger.
 */
export const releaseMessages = defineAction({
  id: "sqs.release-messages",
  summary: ({ queueUrl, messages }) =>
    `give ${messages.length} message${messages.length === 1 ? "" : "s"} back to ${queueUrl.split("/").at(-1)}`,
  params: z.object({
    instance: z.string(),
    queueUrl: z.string(),
    messages: z
      .array(z.object({ id: z.string(), receiptHandle: z.string() }))
      .min(1)
      .max(messagesMax),
  }),
  permissions: ["sqs:ChangeMessageVisibility"],
  // The messages are the instance's: whoever works on the instance works on them.
  touches: ({ instance }) => [resource.instance(instance)],
  takes: { seconds: 1 },
  narrows: ({ planned, asked }) =>
    asked.instance === planned.instance &&
    asked.queueUrl === planned.queueUrl &&
    asked.messages.every(({ id, receiptHandle }) =>
      planned.messages.some((message) => message.id === id && message.receiptHandle === receiptHandle),
    ),
  do: async ({ params: { queueUrl, messages }, aws }) => {
    const { Failed = [] } = await aws.sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        })),
      }),
    );
    const failed = Failed.filter(({ Code }) => !alreadyReleased.includes(Code ?? ""));
    if (failed.length === messages.length) {
      throw new BotError(
        "aws_failed",
        `giving messages back to ${queueUrl}: ${failed[0]?.Code} ${failed[0]?.Message ?? ""}`.trim(),
      );
    }
    return { released: messages.length - Failed.length, already: Failed.length - failed.length, failed: failed.length };
  },
  // Nobody can ask a queue about one message. A second release could take it from a worker that has received it since, and
  // without one it comes back by itself when the visibility timeout is over: so what is unknown counts as done.
  probe: () => Promise.resolve({ applied: true, out: { released: "unknown" } }),
  undo: nothingToUndo("the messages are only visible sooner"),
});
