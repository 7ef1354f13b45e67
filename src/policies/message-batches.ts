/** A plan is stored and checkpointed whole, so it has room for so many receipt handles; the rest come back by themselves. */
export const releasedMax = 100;

type Message = { id: string; receiptHandle: string };

/** The messages by queue, in calls of at most `max`. */
export function batches(
  messages: readonly { queueUrl: string; messageId: string; receiptHandle: string }[],
  max: number,
): [string, Message[]][] {
  const byQueue = Map.groupBy(messages, ({ queueUrl }) => queueUrl);
  return [...byQueue].flatMap(([queueUrl, all]) => {
    const entries = all.map(({ messageId, receiptHandle }) => ({ id: messageId, receiptHandle }));
    const calls = Math.ceil(entries.length / max);
    return Array.from({ length: calls }, (_, i): [string, Message[]] => [
      queueUrl,
      entries.slice(i * max, (i + 1) * max),
    ]);
  });
}
