import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { BotError } from "../bot-error.ts";
import { queueName } from "../queue-name.ts";
import type { Aws } from "./clients.ts";
import { isNamed } from "./failure.ts";

/**
 * Refuses while workers have messages of this queue in hand: whoever takes workers away then takes work away too, which
 * nobody gets back before its visibility timeout. A queue that is gone holds nobody back.
 *
 * @throws BotError `store_conflict`, retryable, saying how many.
 */
export async function refuseInFlight({ sqs }: Aws, url: string | undefined, doing: string): Promise<void> {
  if (url === undefined) return;
  const count = await inFlight(sqs, url);
  if (count === 0) return;
  throw new BotError("store_conflict", `${doing}: ${count} messages of ${queueName(url)} are in flight`, {
    retryable: true,
  });
}

async function inFlight(sqs: Aws["sqs"], QueueUrl: string): Promise<number> {
  try {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessagesNotVisible"] }),
    );
    return Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0);
  } catch (error) {
    if (isNamed(error, "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")) return 0;
    throw error;
  }
}
