import { z } from "zod";
import { queueName } from "../queue-name.ts";
import { defineCondition } from "../runbook/condition.ts";

/** A queue holds no more than so many messages, whether they wait or are in flight. */
export const queueAtMost = defineCondition({
  id: "sqs.queue-at-most",
  params: z.object({ url: z.string(), messages: z.int().nonnegative() }),
  permissions: ["cloudwatch:GetMetricData", "sqs:GetQueueAttributes"],
  summary: ({ url, messages }) => `${queueName(url)} holds at most ${messages}`,
  holds: async ({ params: { url, messages }, look }) => {
    const queue = await look.queue(url);
    if (queue.kind === "gone") return { holds: false, saw: `${queueName(url)} is gone` };
    const held = queue.visible + queue.inFlight;
    return { holds: held <= messages, saw: `${queueName(url)} holds ${held}` };
  },
});

/**
 * Of the dead letters that were moved back since, nearly none has come back: one in ten may be poison of its own, more say
 * that the cause is still there. New dead letters count as come back, which errs on the side of stopping.
 */
export const deadLettersStayAway = defineCondition({
  id: "sqs.dead-letters-stay-away",
  params: z.object({
    url: z.string(),
    deadLetters: z.string(),
    /** How many there were before. */
    waiting: z.int().nonnegative(),
    /** Moves that started later than this count, in milliseconds since the epoch. */
    since: z.number(),
  }),
  permissions: ["cloudwatch:GetMetricData", "sqs:GetQueueAttributes", "sqs:ListMessageMoveTasks"],
  summary: ({ url }) => `what was moved out of ${queueName(url)} does not come back`,
  holds: async ({ params: { url, deadLetters, waiting, since }, look }) => {
    const queue = await look.queue(url);
    if (queue.kind === "gone") return { holds: false, saw: `${queueName(url)} is gone` };
    const moves = (await look.moves(deadLetters)).filter(({ startedAt }) => startedAt > since);
    const moved = moves.reduce((sum, move) => sum + move.moved, 0);
    if (moved === 0) return { holds: false, saw: "nothing was moved" };
    const back = Math.max(0, queue.visible + queue.inFlight - (waiting - moved));
    return { holds: back <= Math.floor(moved * comeBackMax), saw: `${back} of ${moved} came back` };
  },
});

/** The share of moved messages that may come back. */
const comeBackMax = 0.1;
