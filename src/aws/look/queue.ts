import { GetQueueAttributesCommand, ListMessageMoveTasksCommand } from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { MetricLook } from "../../runbook/look/metric.ts";
import type { QueueLook } from "../../runbook/look/queue.ts";
import { isNamed } from "../failure.ts";
import { queueName } from "../../queue-name.ts";
import type { Needs } from "./needs.ts";

export const queueLookPermissions = ["sqs:GetQueueAttributes", "sqs:ListMessageMoveTasks"] as const;

const count = z.coerce.number().int().nonnegative();
const attributes = z.object({
  QueueArn: z.string(),
  ApproximateNumberOfMessages: count,
  ApproximateNumberOfMessagesNotVisible: count,
  VisibilityTimeout: count,
  RedrivePolicy: z.string().optional(),
});
/** People write the count as text or as a number; SQS gives it back as they did. */
const redrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() });

/** Queues as SQS counts them, with what only CloudWatch knows: the age of the oldest message and the pace of new ones. */
export function queueLook({ aws }: Needs, metrics: MetricLook): QueueLook {
  const ofQueue = (url: string, name: string, stat: string) =>
    metrics.metric(
      { namespace: "AWS/SQS", name, dimensions: { QueueName: queueName(url) }, stat },
      { over: { minutes: 10 }, every: { minutes: 1 } },
    );
  return {
    async queue(url) {
      const found = await readQueue(aws, url);
      if (!found) return { kind: "gone" };
      const [ages, sent] = await Promise.all([
        ofQueue(url, "ApproximateAgeOfOldestMessage", "Maximum"),
        ofQueue(url, "NumberOfMessagesSent", "Sum"),
      ]);
      const age = ages.at(-1);
      const policy = found.RedrivePolicy && redrivePolicy.parse(JSON.parse(found.RedrivePolicy));
      return {
        kind: "found",
        arn: found.QueueArn,
        visible: found.ApproximateNumberOfMessages,
        inFlight: found.ApproximateNumberOfMessagesNotVisible,
        visibilitySeconds: found.VisibilityTimeout,
        ...(policy && { deadLetter: { arn: policy.deadLetterTargetArn, maxReceives: policy.maxReceiveCount } }),
        ...(age && { oldestSeconds: age.value }),
        sentByMinute: sent.map(({ value }) => value),
      };
    },
    async moves(deadLettersArn) {
      const { Results = [] } = await aws.sqs.send(
        new ListMessageMoveTasksCommand({ SourceArn: deadLettersArn, MaxResults: 10 }),
      );
      return Results.map(({ StartedTimestamp = 0, Status = "", ApproximateNumberOfMessagesMoved = 0 }) => ({
        startedAt: StartedTimestamp,
        state: Status,
        moved: ApproximateNumberOfMessagesMoved,
      }));
    },
  };
}

async function readQueue({ sqs }: Needs["aws"], url: string) {
  try {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          "QueueArn",
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesNotVisible",
          "VisibilityTimeout",
          "RedrivePolicy",
        ],
      }),
    );
    return attributes.parse(Attributes);
  } catch (error) {
    if (isNamed(error, "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")) return undefined;
    throw error;
  }
}
