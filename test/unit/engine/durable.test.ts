import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Context } from "aws-lambda";
import { afterEach, beforeEach, expect, it } from "vitest";
import { reading } from "../../../src/aws/calls.ts";
import { createCheckpointing } from "../../../src/aws/checkpointing.ts";
import { durableHandler } from "../../../src/engine/durable.ts";

/** An endpoint that takes every connection and never says a word. */
const sockets = new Set<Socket>();
const silent = createServer((socket) => void sockets.add(socket));

beforeEach(() => new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve)));
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});

/** A first invocation, as Lambda makes it. */
const invocation = {
  DurableExecutionArn: "arn:aws:lambda:us-east-2:123456789012:function:remediate:1/durable-execution/a/b",
  CheckpointToken: "token-1",
  InitialExecutionState: {
    Operations: [
      {
        Id: "0",
        Type: "EXECUTION" as const,
        Status: "STARTED" as const,
        StartTimestamp: new Date(0),
        ExecutionDetails: { InputPayload: "{}" },
      },
    ],
    NextMarker: "",
  },
};
const context = { awsRequestId: "r-1", getRemainingTimeInMillis: () => 300_000 } as Context;

it("an invocation whose service is silent fails within its time limits, and has not gone beyond what was recorded", async () => {
  const { port } = silent.address() as AddressInfo;
  const quick = { ...reading, requestHandler: { ...reading.requestHandler, requestTimeout: 20 } };
  const lambda = createCheckpointing({ ...quick, region: "us-east-2" });
  lambda.config.endpoint = () => Promise.resolve({ protocol: "http:", hostname: "127.0.0.1", port, path: "/" });
  lambda.config.credentials = () => Promise.resolve({ accessKeyId: "a", secretAccessKey: "s" });
  const did: string[] = [];
  const handler = durableHandler(async (_, steps) => {
    await steps.atMostOnce("first", () => Promise.resolve(void did.push("first")));
    await steps.atMostOnce("second", () => Promise.resolve(void did.push("second")));
  }, lambda);

  await expect(handler(invocation, context)).rejects.toThrow(/[Cc]heckpoint failed/);
  expect(did).toEqual([]);
});

it("all tries together take less than half of a spot notice", () => {
  const { connectionTimeout, requestTimeout, throwOnRequestTimeout } = reading.requestHandler;
  expect(throwOnRequestTimeout).toBe(true);
  expect(reading.maxAttempts * Math.max(connectionTimeout, requestTimeout)).toBeLessThan(60_000);
});
