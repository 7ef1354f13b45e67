import { z } from "zod";
import { workersThatSuffice } from "../policies/workers.ts";
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

/** What has to be known of the work in a queue to say how many workers it takes. */
export const pace = z.object({
  url: z.string(),
  secondsPerMessage: z.number().positive(),
  atOnce: z.int().positive(),
  waitSeconds: z.number().positive(),
});

/**
 * The work in a queue has left what some workers are there for: as few as `few` get through it in time, or it takes more
 * than `many`. Either bound may be missing. New messages count at the pace of the last three minutes.
 */
export const workOutside = defineCondition({
  id: "sqs.work-outside",
  params: pace.extend({ few: z.int().nonnegative().optional(), many: z.int().nonnegative().optional() }),
  permissions: ["cloudwatch:GetMetricData", "sqs:GetQueueAttributes"],
  summary: ({ url, few, many }) => {
    const bounds = [
      ...(few === undefined ? [] : [`${few} workers are enough for ${queueName(url)}`]),
      ...(many === undefined ? [] : [`${many} workers are not enough for ${queueName(url)}`]),
    ];
    return bounds.join(", or ");
  },
  holds: async ({ params: { url, few, many, ...work }, look }) => {
    const queue = await look.queue(url);
    if (queue.kind === "gone") return { holds: false, saw: `${queueName(url)} is gone` };
    const { visible: waiting, inFlight, sentByMinute } = queue;
    const needed = workersThatSuffice({ ...work, waiting, inFlight, arrivalsPerSecond: recentPace(sentByMinute) });
    const holds = (few !== undefined && needed <= few) || (many !== undefined && needed > many);
    return { holds, saw: `${queueName(url)} holds ${waiting + inFlight} messages: work for ${needed} workers` };
  },
});

/** New messages a second in the last three minutes: fewer are chance, more are history. */
export function recentPace(sentByMinute: readonly number[]): number {
  const last = sentByMinute.slice(-3);
  return last.length === 0 ? 0 : last.reduce((sum, sent) => sum + sent, 0) / last.length / 60;
}

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
