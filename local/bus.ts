import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { z } from "zod";
import { rulesOf } from "../infra/rules.ts";
import { matchesPattern } from "../sim/event-pattern.ts";
import type { EventBridgeEvent } from "../sim/ground.ts";
import type { DurableService } from "./durable/service.ts";

/** What the rules need: which they are, where fast events go, and the queue of the slow lane. */
interface Wires {
  readonly stage: string;
  readonly service: DurableService;
  readonly sqs: SQSClient;
  readonly intakeQueue: string;
  readonly log: (message: string) => void;
}

/**
 * EventBridge's rules, as the deployed bot has them: what has a deadline goes straight to `spot`, everything else that we
 * read goes through a queue to `intake`.
 */
export function rules({ stage, service, sqs, intakeQueue, log }: Wires): (event: EventBridgeEvent) => void {
  const deployed = Object.values(rulesOf({ stage }));
  return (event) => {
    const rule = deployed.find(({ when }) => "EventPattern" in when && matchesPattern(when.EventPattern, event));
    if (rule?.to === "spot") {
      service.send("paramedic-spot", JSON.stringify(event));
    } else if (rule?.to === "IntakeQueue") {
      sqs
        .send(new SendMessageCommand({ QueueUrl: intakeQueue, MessageBody: JSON.stringify(event) }))
        .catch((error: unknown) => log(`an event could not be queued: ${String(error)}`));
    }
  };
}

const batchResponse = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).default([]) });

/**
 * Lambda's event source mapping: reads the queue in batches, invokes the function, and deletes the records that did not
 * fail. What fails comes again after the visibility timeout and, after the third time, is moved by the queue itself.
 */
export function pollQueue({
  sqs,
  queueUrl,
  invoke,
  log,
}: {
  sqs: SQSClient;
  queueUrl: string;
  invoke: (event: SQSEvent) => Promise<unknown>;
  log: (message: string) => void;
}): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
          { abortSignal: stopping.signal },
        );
        if (Messages.length === 0) continue;
        const records = Messages.map((message) => toRecord(message, queueUrl));
        const answer = batchResponse.parse(await invoke({ Records: records }));
        const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        const Entries = records
          .filter(({ messageId }) => !failed.has(messageId))
          .map(({ messageId, receiptHandle }) => ({ Id: messageId, ReceiptHandle: receiptHandle }));
        if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      } catch (error) {
        if (stopping.signal.aborted) return;
        log(`reading ${queueUrl}: ${String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
  };
  const running = loop();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function toRecord(
  { MessageId = "", ReceiptHandle = "", Body = "" }: { MessageId?: string; ReceiptHandle?: string; Body?: string },
  queueUrl: string,
): SQSEvent["Records"][number] {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "local",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:us-east-2:123456789012:${queueUrl.split("/").at(-1)}`,
    awsRegion: "us-east-2",
  };
}
