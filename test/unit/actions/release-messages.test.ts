import { beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { BotError } from "../../../src/bot-error.ts";
import { releaseMessages } from "../../../src/actions/release-messages.ts";
import { changes, type Given, given, hand, type Hand } from "./given.ts";

let g: Given;
let release: Hand;
let url: string;
let messages: { id: string; receiptHandle: string }[];
const received = z.object({
  Messages: z.array(z.object({ MessageId: z.string(), ReceiptHandle: z.string() })).default([]),
});
const receive = async () =>
  received.parse(await g.sim.call("sqs", "ReceiveMessage", { QueueUrl: url, MaxNumberOfMessages: 3 })).Messages;

beforeEach(async () => {
  g = given();
  ({ url } = g.sim.seed.queue({ name: "jobs", visibilitySeconds: 900, messages: ["a", "b", "c"] }));
  messages = (await receive()).map(({ MessageId, ReceiptHandle }) => ({ id: MessageId, receiptHandle: ReceiptHandle }));
  release = hand(g, releaseMessages, { instance: "i-1", queueUrl: url, messages });
});

it("makes messages in flight visible at once", async () => {
  expect(await receive()).toEqual([]);
  expect(await release.do(null)).toEqual({ released: 3, already: 0, failed: 0 });
  expect(await receive()).toHaveLength(3);
});

it("counts what the worker has finished meanwhile as released already", async () => {
  await g.sim.call("sqs", "DeleteMessage", { QueueUrl: url, ReceiptHandle: messages[0]?.receiptHandle });
  expect(await release.do(null)).toEqual({ released: 2, already: 1, failed: 0 });
});

it("is content when all of them have been finished", async () => {
  for (const { receiptHandle } of messages)
    await g.sim.call("sqs", "DeleteMessage", { QueueUrl: url, ReceiptHandle: receiptHandle });
  expect(await release.do(null)).toEqual({ released: 0, already: 3, failed: 0 });
});

it("fails when the queue is gone", async () => {
  const gone = hand(g, releaseMessages, { instance: "i-1", queueUrl: `${url}-gone`, messages });
  await expect(gone.do(null)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
});

it("takes an unknown outcome for done: the messages come back by themselves, and a second try could take them from others", async () => {
  expect(await release.probe(null)).toMatchObject({ applied: true });
  expect(changes(g)).toEqual(["ReceiveMessage"]);
});

it("takes up to ten messages, and no plan holds more", () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `${i}`, receiptHandle: `${i}` }));
  expect(releaseMessages({ instance: "i-1", queueUrl: url, messages: many(10) }).kind).toBe("action");
  expect(() => releaseMessages({ instance: "i-1", queueUrl: url, messages: many(11) })).toThrow(BotError);
  expect(() => releaseMessages({ instance: "i-1", queueUrl: url, messages: [] })).toThrow(BotError);
});
