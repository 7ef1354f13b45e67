import {
  DurableExecutionAlreadyStartedException,
  InvalidParameterValueException,
  ResourceNotFoundException,
} from "@aws-sdk/client-lambda";
import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { expect, it } from "vitest";
import { aDay, givenService } from "../../../support/durable/given-service.ts";

function givenCounter() {
  const given = givenService();
  const count = { starts: 0 };
  const handler = withDurableExecution(async (_, context) => context.step("count", async () => ++count.starts));
  given.service.register("f", handler, aDay);
  return { ...given, count };
}

it("finds the execution again when name and payload are the same, even after its end", async () => {
  const { service, count } = givenCounter();
  const first = service.start("f", { name: "episode-1", payload: '{"a":1}' });
  const second = service.start("f:durable", { name: "episode-1", payload: '{"a":1}' });
  await service.idle();
  const third = service.start("f", { name: "episode-1", payload: '{"a":1}' });
  await service.idle();

  expect([second.arn, third.arn]).toEqual([first.arn, first.arn]);
  expect(count.starts).toBe(1);
  expect(service.list()).toHaveLength(1);
});

it("refuses the same name with another payload", async () => {
  const { service } = givenCounter();
  service.start("f", { name: "episode-1", payload: '{"a":1}' });

  const again = () => service.start("f", { name: "episode-1", payload: '{"a":2}' });

  expect(again).toThrow(DurableExecutionAlreadyStartedException);
});

it("frees a name when the ended execution is older than the retention", async () => {
  const { service, clock, count } = givenCounter();
  const first = service.start("f", { name: "episode-1", payload: "{}" });
  await service.idle();
  clock.advance(14 * 86_400_000);
  const second = service.start("f", { name: "episode-1", payload: "{}" });
  await service.idle();

  expect(second.arn).not.toBe(first.arn);
  expect(count.starts).toBe(2);
});

it("has an ARN of the form the Lambda API describes", () => {
  const { service } = givenCounter();
  const { arn } = service.start("f", { name: "episode-1", payload: "{}" });

  expect(arn).toMatch(/^arn:aws:lambda:us-east-1:123456789012:function:f:1\/durable-execution\/episode-1\/[\w-]+$/);
});

it("tells the event bus when an execution starts and when it ends", async () => {
  const { service, statusChanges } = givenCounter();
  const { arn } = service.start("f", { name: "episode-1", payload: "{}" });
  await service.idle();

  expect(statusChanges.map(({ detail }) => detail.status)).toEqual(["RUNNING", "SUCCEEDED"]);
  expect(statusChanges[1]).toMatchObject({
    source: "aws.lambda",
    "detail-type": "Durable Execution Status Change",
    time: "2026-03-03T09:00:00Z",
    detail: {
      durableExecutionArn: arn,
      durableExecutionName: "episode-1",
      functionArn: "arn:aws:lambda:us-east-1:123456789012:function:f:1",
      startTimestamp: "2026-03-03T09:00:00.000Z",
      endTimestamp: "2026-03-03T09:00:00.000Z",
    },
  });
});

it("refuses names that AWS would refuse, and functions there are not", () => {
  const { service } = givenCounter();

  expect(() => service.start("f", { name: "a b", payload: "{}" })).toThrow(InvalidParameterValueException);
  expect(() => service.start("g", { payload: "{}" })).toThrow(ResourceNotFoundException);
  expect(() => service.start("f:7", { payload: "{}" })).toThrow(ResourceNotFoundException);
  expect(() => service.describe("nobody")).toThrow(ResourceNotFoundException);
});
