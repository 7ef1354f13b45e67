import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { World } from "../engine/world.ts";

/**
 * Works on the records of a batch one by one, all at once, and answers which have failed: SQS delivers those again, and
 * those alone. Never throws, because then it would deliver all of them again.
 */
export async function eachRecord(
  { Records }: { readonly Records: readonly Pick<SQSEvent["Records"][number], "messageId" | "body">[] },
  work: (body: string) => Promise<void>,
  log: World["log"],
): Promise<SQSBatchResponse> {
  const ends = await Promise.allSettled(Records.map(({ body }) => work(body)));
  const batchItemFailures = ends.flatMap((end, index) => {
    const { messageId: itemIdentifier = "" } = Records[index] ?? {};
    if (end.status === "fulfilled") return [];
    log("error", "a record failed and comes again", { record: itemIdentifier, error: end.reason as unknown });
    return [{ itemIdentifier }];
  });
  return { batchItemFailures };
}
