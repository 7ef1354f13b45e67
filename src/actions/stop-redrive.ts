import { CancelMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { isNamed } from "../aws/failure.ts";
import { latestMove } from "../aws/message-move.ts";
import { queueName } from "../queue-name.ts";
import { defineAction, nothingToUndo } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";
import { redrive } from "./redrive.ts";

const handleOf = z.object({ handle: z.string() });

/**
 * Stops the move of dead letters that this incident has started last: SQS cannot be told to move only so many, so a canary
 * is a slow move that is stopped soon. What others have started goes on.
 */
export const stopRedrive = defineAction({
  id: "sqs.stop-redrive",
  summary: ({ deadLetters }) => `stop moving messages out of ${queueName(deadLetters)}`,
  params: z.object({ deadLetters: z.string(), url: z.string() }),
  permissions: ["sqs:CancelMessageMoveTask", "sqs:ListMessageMoveTasks"],
  touches: ({ url }) => [resource.queue(url)],
  takes: { seconds: 1 },
  do: async ({ params: { deadLetters }, aws, earlier }) => {
    const out = earlier.findLast(({ action }) => action === redrive.id)?.out;
    const ours = handleOf.safeParse(out).data?.handle;
    // Planned alone it stops whatever runs: that is what it says it does.
    const handle = out === undefined ? (await latestMove(aws.sqs, deadLetters))?.TaskHandle : ours;
    if (handle === undefined) return { moved: 0 };
    try {
      const { ApproximateNumberOfMessagesMoved: moved = 0 } = await aws.sqs.send(
        new CancelMessageMoveTaskCommand({ TaskHandle: handle }),
      );
      return { moved };
    } catch (error) {
      if (!isNamed(error, "ResourceNotFoundException")) throw error;
      return { moved: 0 };
    }
  },
  probe: async ({ params: { deadLetters }, aws }) =>
    (await latestMove(aws.sqs, deadLetters))?.Status === "RUNNING"
      ? { applied: false }
      : { applied: true, out: { moved: 0 } },
  undo: nothingToUndo("the messages wait where they are"),
});
