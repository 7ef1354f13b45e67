import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { first, given, only } from "./given.ts";

function queueOf(seed: { messages?: string[] } = {}) {
  const set = given();
  const { url, arn } = set.sim.seed.queue({ name: "jobs", visibilitySeconds: 60, ...seed });
  const QueueUrl = url;
  return {
    ...set,
    QueueUrl,
    arn,
    receive: async () =>
      (await set.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages ?? [],
    depth: async () => {
      const { Attributes: at } = await set.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
      );
      return [at?.ApproximateNumberOfMessages, at?.ApproximateNumberOfMessagesNotVisible].map(Number);
    },
  };
}

describe("SQS in the simulation", () => {
  it("sends, hides while in flight, and gives again after the visibility timeout", async () => {
    const { sqs, clock, QueueUrl, receive, depth } = queueOf();

    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "1", MessageBody: "b" }] }));
    expect((await receive()).map(({ Body }) => Body)).toEqual(["a", "b"]);
    expect(await receive()).toEqual([]);
    expect(await depth()).toEqual([0, 2]);
    clock.advance(60_000);
    expect(await depth()).toEqual([2, 0]);
  });

  it("says how often a message was received", async () => {
    const { sqs, clock, QueueUrl, receive } = queueOf({ messages: ["a"] });
    await receive();
    clock.advance(60_000);
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ["ApproximateReceiveCount"] }),
    );
    expect(only(Messages).Attributes).toEqual({ ApproximateReceiveCount: "2" });
  });

  it("releases with visibility 0, by the current handle only", async () => {
    const { sqs, clock, QueueUrl, receive } = queueOf({ messages: ["a"] });
    const stale = only(await receive()).ReceiptHandle;
    clock.advance(60_000);
    const current = only(await receive()).ReceiptHandle;
    const release = (ReceiptHandle?: string) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));

    await expect(release(stale)).rejects.toMatchObject({ name: "MessageNotInflight" });
    await release(current);
    await expect(release(current)).rejects.toMatchObject({ name: "MessageNotInflight" });
    await expect(release("nonsense")).rejects.toMatchObject({ name: "ReceiptHandleIsInvalid" });
    expect(await receive()).toHaveLength(1);
  });

  it("reports the entries of a batch one by one", async () => {
    const { sqs, QueueUrl, receive } = queueOf({ messages: ["a", "b"] });
    const [a, b] = await receive();
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: b?.ReceiptHandle }));

    const answer = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "a", ReceiptHandle: a?.ReceiptHandle, VisibilityTimeout: 0 },
          { Id: "b", ReceiptHandle: b?.ReceiptHandle, VisibilityTimeout: 0 },
          { Id: "c", ReceiptHandle: "nonsense", VisibilityTimeout: 0 },
        ],
      }),
    );

    expect(answer.Successful).toEqual([{ Id: "a" }]);
    expect(answer.Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault])).toEqual([
      ["b", "MessageNotInflight", true],
      ["c", "ReceiptHandleIsInvalid", true],
    ]);
    const twice = [1, 2].map(() => ({ Id: "a", ReceiptHandle: a?.ReceiptHandle, VisibilityTimeout: 0 }));
    await expect(sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: twice }))).rejects.toMatchObject(
      {
        name: "BatchEntryIdsNotDistinct",
      },
    );
    await expect(sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: [] }))).rejects.toMatchObject({
      name: "EmptyBatchRequest",
    });
  });

  it("deletes with the current handle, and does nothing with an old one", async () => {
    const { sqs, clock, QueueUrl, receive, depth } = queueOf({ messages: ["a"] });
    const stale = only(await receive());
    clock.advance(60_000);
    const current = only(await receive());
    const remove = ({ ReceiptHandle }: { ReceiptHandle?: string }) =>
      sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: "1", ReceiptHandle }] }));

    expect((await remove(stale)).Successful).toEqual([{ Id: "1" }]);
    expect(await depth()).toEqual([0, 1]);
    await remove(current);
    expect(await depth()).toEqual([0, 0]);
  });

  it("is found by name; another is not there", async () => {
    const { sqs, QueueUrl } = queueOf();
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: "jobs" }))).QueueUrl).toBe(QueueUrl);
    const other = { QueueUrl: QueueUrl.replace("jobs", "none"), MessageBody: "x" };
    await expect(sqs.send(new SendMessageCommand(other))).rejects.toBeInstanceOf(QueueDoesNotExist);
  });
});

describe("dead letters in the simulation", () => {
  function withDeadLetters(messages: string[]) {
    const set = given();
    const dead = set.sim.seed.queue({ name: "jobs-dead", messages });
    const jobs = set.sim.seed.queue({
      name: "jobs",
      visibilitySeconds: 10,
      deadLetter: { queue: "jobs-dead", maxReceives: 2 },
    });
    const count = (queue: typeof jobs) => Object.keys(queue.messages).length;
    return { ...set, dead, jobs, counts: () => [count(dead), count(jobs)] };
  }

  it("are what was received too often", async () => {
    const { sqs, clock, jobs, counts } = withDeadLetters([]);
    await sqs.send(new SendMessageCommand({ QueueUrl: jobs.url, MessageBody: "poison" }));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await sqs.send(new ReceiveMessageCommand({ QueueUrl: jobs.url }));
      clock.advance(10_000);
    }
    expect(counts()).toEqual([1, 0]);
  });

  it("are moved back at the rate asked for, one move at a time, until cancelled", async () => {
    const { sqs, clock, dead, counts } = withDeadLetters(["a", "b", "c", "d"]);
    const start = () =>
      sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn, MaxNumberOfMessagesPerSecond: 1 }));

    const { TaskHandle } = await start();
    await expect(start()).rejects.toMatchObject({ name: "UnsupportedOperation" });
    clock.advance(2_000);
    expect(counts()).toEqual([2, 2]);
    const cancelled = await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(2);
    clock.advance(60_000);
    expect(counts()).toEqual([2, 2]);
    await start();
    clock.advance(3_000);
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }));
    expect([counts(), first(Results).Status]).toEqual([[0, 4], "COMPLETED"]);
  });

  it("are not moved again before the cancelled move has come to rest", async () => {
    const { sqs, clock, dead } = withDeadLetters(["a", "b", "c"]);
    const start = () =>
      sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn, MaxNumberOfMessagesPerSecond: 1 }));
    const latest = async () =>
      first((await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }))).Results);

    const { TaskHandle } = await start();
    await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(await latest()).toMatchObject({ Status: "CANCELLING" });
    expect(await latest()).not.toHaveProperty("TaskHandle");
    await expect(start()).rejects.toMatchObject({ name: "UnsupportedOperation" });
    await expect(sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    clock.advance(1_000);
    expect(await latest()).toMatchObject({ Status: "CANCELLED" });
    await start();
  });

  it("move only out of a dead-letter queue", async () => {
    const { sqs, jobs } = withDeadLetters([]);
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn: jobs.arn }))).rejects.toThrow(
      /Dead Letter Queue/,
    );
  });
});
