import { CancelMessageMoveTaskCommand, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { isNamed } from "../aws/failure.ts";
import { isActive, latestMove } from "../aws/message-move.ts";
import type { Json } from "../json.ts";
import { queueName } from "../queue-name.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const was = z.object({ lastStartedAt: z.number() });
/** `handle`: of a move that we have started. Without one there is nothing of ours to stop. */
const started = z.object({ handle: z.string().optional() }).catch({});

/**
 * Moves dead letters back to the queues they came from, at so many a second, until the queue is empty or somebody stops it.
 *
 * The undo stops the rest; what has moved stays moved, as new messages with new ids and a new retention time. SQS takes no
 * token and runs one move a queue: one that is running already does the same, so it is left to whoever started it.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export const redrive = defineAction({
  id: "sqs.redrive",
  summary: ({ deadLetters, perSecond }) =>
    `move messages out of ${queueName(deadLetters)}, ${perSecond} a second; those moved stay moved`,
  params: z.object({
    /** The ARN, and the URL by which others know the queue. */
    deadLetters: z.string(),
    url: z.string(),
    /** SQS takes 1 to 500. */
    perSecond: z.int().min(1).max(500),
  }),
  permissions: [
    "sqs:StartMessageMoveTask",
    "sqs:CancelMessageMoveTask",
    "sqs:ListMessageMoveTasks",
    // SQS moves in our name.
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:SendMessage",
  ],
  touches: ({ url }) => [resource.queue(url)],
  takes: { seconds: 2 },
  // Down to half: plans wait as long as the move takes, with as much again, and less often would end in a failure.
  narrows: ({ planned, asked }) =>
    asked.deadLetters === planned.deadLetters &&
    asked.url === planned.url &&
    asked.perSecond <= planned.perSecond &&
    asked.perSecond * 2 >= planned.perSecond,
  before: async ({ params, aws }) => ({
    lastStartedAt: (await latestMove(aws.sqs, params.deadLetters))?.StartedTimestamp ?? 0,
  }),
  do: async ({ params: { deadLetters, perSecond }, aws }): Promise<Json> => {
    const latest = await latestMove(aws.sqs, deadLetters);
    if (latest && isActive(latest)) return { theirs: true };
    const { TaskHandle } = await aws.sqs.send(
      new StartMessageMoveTaskCommand({ SourceArn: deadLetters, MaxNumberOfMessagesPerSecond: perSecond }),
    );
    return TaskHandle === undefined ? {} : { handle: TaskHandle };
  },
  probe: async ({ params: { deadLetters, perSecond }, aws, before }) => {
    const latest = await latestMove(aws.sqs, deadLetters);
    const { lastStartedAt } = was.parse(before);
    const isOurs =
      latest && (latest.StartedTimestamp ?? 0) > lastStartedAt && latest.MaxNumberOfMessagesPerSecond === perSecond;
    // One that is over has no handle any more, and needs none.
    return isOurs
      ? { applied: true, out: { ...(latest.TaskHandle !== undefined && { handle: latest.TaskHandle }) } }
      : { applied: false };
  },
  undo: async ({ aws, out }) => {
    const { handle } = started.parse(out);
    if (handle === undefined) return;
    try {
      await aws.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: handle }));
    } catch (error) {
      // It is over, or has been stopped already.
      if (!isNamed(error, "ResourceNotFoundException")) throw error;
    }
  },
});
