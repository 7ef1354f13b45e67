import type { SQSRecord } from "aws-lambda";
import { expect, it } from "vitest";
import { eachRecord } from "../../../src/aws/each-record.ts";

const record = (messageId: string, body: string): SQSRecord => ({
  messageId,
  body,
  receiptHandle: "r",
  attributes: {
    ApproximateReceiveCount: "1",
    SentTimestamp: "0",
    SenderId: "test",
    ApproximateFirstReceiveTimestamp: "0",
  },
  messageAttributes: {},
  md5OfBody: "",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:us-east-2:123456789012:intake",
  awsRegion: "us-east-2",
});

it("answers the records that failed, and those alone, and says why", async () => {
  const logged: unknown[] = [];
  const answer = await eachRecord(
    { Records: [record("1", "good"), record("2", "bad"), record("3", "good")] },
    (body) => (body === "bad" ? Promise.reject(new Error("the table is away")) : Promise.resolve()),
    (level, message, facts) => void logged.push({ level, message, ...facts }),
  );

  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
  expect(logged).toMatchObject([{ level: "error", record: "2", error: { message: "the table is away" } }]);
});
