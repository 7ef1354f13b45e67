import { ListMessageMoveTasksCommand, type ListMessageMoveTasksResultEntry, type SQSClient } from "@aws-sdk/client-sqs";

/** The latest move out of a dead-letter queue. `undefined`: there was none that SQS remembers. */
export async function latestMove(
  sqs: SQSClient,
  SourceArn: string,
): Promise<ListMessageMoveTasksResultEntry | undefined> {
  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
  return Results[0];
}

/** One that is running can be cancelled; one that is being cancelled still keeps the next one from starting. */
export const isActive = ({ Status }: ListMessageMoveTasksResultEntry): boolean =>
  Status === "RUNNING" || Status === "CANCELLING";
