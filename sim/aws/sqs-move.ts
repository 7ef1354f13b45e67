import type {
  CancelMessageMoveTaskResult,
  ListMessageMoveTasksResult,
  StartMessageMoveTaskResult,
} from "@aws-sdk/client-sqs";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, reads } from "../operation.ts";
import type { Operation } from "../operation.ts";
import type { MoveTask, Queue } from "../world.ts";

/** SQS chooses its own rate when none is asked for, up to this. */
const perSecondMax = 500;
/** Of an account, over all its queues. */
const activeMax = 100;
/** What is under way when a move is cancelled is finished first. Our choice: AWS states no time. */
const cancelMs = 1_000;

function queueOf(ground: Ground, arn: string): Queue {
  const queue = Object.values(ground.world.queues).find((one) => one.arn === arn);
  if (!queue)
    throw new SimError(
      "ResourceNotFoundException",
      "The resource that you specified for the SourceArn parameter doesn't exist.",
    );
  return queue;
}

/** One second's worth of a move, or the end of one that is being cancelled. A moved message has a new id and a new time: to its consumers it is a new message. */
export function moveSome(ground: Ground, handle: string): void {
  const task = ground.world.moveTasks[handle];
  if (task?.state === "CANCELLING") ground.change(task, { state: "CANCELLED" });
  if (task?.state !== "RUNNING") return;
  const now = ground.now();
  const home = Object.values(ground.world.queues).find(({ deadLetter }) => deadLetter?.arn === task.source)?.arn;
  const [source, destination] = [task.source, task.destination || home].map((arn) =>
    Object.values(ground.world.queues).find((one) => one.arn === arn),
  );
  if (!source || !destination) {
    ground.change(task, { state: "FAILED" });
    return;
  }
  const next = Object.values(source.messages)
    .filter(({ visibleAt }) => visibleAt <= now)
    .slice(0, Math.min(task.perSecond, task.toMove - task.moved));
  for (const message of next) {
    ground.remove(source.messages, message.id);
    const id = ground.uuid();
    const { body, attributes } = message;
    ground.add(destination.messages, id, {
      id,
      body,
      sentAt: now,
      receives: 0,
      visibleAt: now,
      ...(attributes === undefined ? {} : { attributes }),
    });
  }
  const moved = task.moved + next.length;
  const done = moved >= task.toMove || next.length === 0;
  ground.change(task, { moved, state: done ? "COMPLETED" : "RUNNING" });
  if (!done) ground.later(1_000, "messages-move", handle);
}

const described = (task: MoveTask) => ({
  Status: task.state,
  SourceArn: task.source,
  ...(task.destination ? { DestinationArn: task.destination } : {}),
  MaxNumberOfMessagesPerSecond: task.perSecond,
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  StartedTimestamp: task.startedAt,
  ...(task.state === "FAILED" ? { FailureReason: "AWS.SimpleQueueService.NonExistentQueue" } : {}),
  ...(task.state === "RUNNING" ? { TaskHandle: task.handle } : {}),
});

/** Moving dead letters back. There is no client token: a second start while one runs is refused, after that it moves again. */
export const moveOperations: Record<string, Operation> = {
  StartMessageMoveTask: acts(
    z.strictObject({
      SourceArn: z.string(),
      DestinationArn: z.string().default(""),
      MaxNumberOfMessagesPerSecond: z.int().min(1).max(perSecondMax).default(perSecondMax),
    }),
    (ground, { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond }): StartMessageMoveTaskResult => {
      const source = queueOf(ground, SourceArn);
      const { moveTasks, queues } = ground.world;
      if (DestinationArn) queueOf(ground, DestinationArn);
      if (!Object.values(queues).some(({ deadLetter }) => deadLetter?.arn === SourceArn)) {
        throw new SimError("InvalidParameterValueException", "Source queue must be configured as a Dead Letter Queue.");
      }
      const active = Object.values(moveTasks).filter(({ state }) => state === "RUNNING" || state === "CANCELLING");
      if (active.length >= activeMax) throw new SimError("RequestThrottled", "Too many active message move tasks.");
      if (active.some((task) => task.source === SourceArn)) {
        throw new SimError(
          "UnsupportedOperation",
          "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
        );
      }
      const handle = Buffer.from(ground.uuid()).toString("base64url");
      ground.add(moveTasks, handle, {
        handle,
        source: SourceArn,
        destination: DestinationArn,
        perSecond: MaxNumberOfMessagesPerSecond,
        toMove: Object.keys(source.messages).length,
        moved: 0,
        state: "RUNNING",
        startedAt: ground.now(),
      });
      ground.later(1_000, "messages-move", handle);
      return { TaskHandle: handle };
    },
  ),
  ListMessageMoveTasks: reads(
    z.strictObject({ SourceArn: z.string(), MaxResults: z.int().min(1).max(10).default(1) }),
    (ground, { SourceArn, MaxResults }): ListMessageMoveTasksResult => ({
      Results: Object.values(ground.world.moveTasks)
        .filter(({ source }) => source === SourceArn)
        .toReversed()
        .slice(0, MaxResults)
        .map(described),
    }),
  ),
  CancelMessageMoveTask: acts(
    z.strictObject({ TaskHandle: z.string() }),
    (ground, { TaskHandle }): CancelMessageMoveTaskResult => {
      const task = ground.world.moveTasks[TaskHandle];
      if (task?.state !== "RUNNING")
        throw new SimError("ResourceNotFoundException", "Task does not exist or is not running.");
      ground.change(task, { state: "CANCELLING" });
      ground.later(cancelMs, "messages-move", TaskHandle);
      return { ApproximateNumberOfMessagesMoved: task.moved };
    },
  ),
};
