import { createServer } from "node:http";
import {
  CallbackTimeoutException,
  DurableExecutionAlreadyStartedException,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  InvalidParameterValueException,
  InvalidRequestContentException,
  InvokeCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  ResourceNotFoundException,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from "@aws-sdk/client-lambda";
import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { expect, it, onTestFinished } from "vitest";
import { serve } from "../../../../local/durable/serve.ts";
import { aDay, givenService, startMs } from "../../../support/durable/given-service.ts";

async function givenApi() {
  const given = givenService();
  const server = createServer(serve(given.service));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const lambda = new LambdaClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  onTestFinished(() => {
    lambda.destroy();
    server.close();
  });
  let callbackId = "";
  const asking = withDurableExecution(async ({ who }: { who: string }, context) => {
    await context.wait({ minutes: 5 });
    return context.waitForCallback(`ask ${who}`, async (id) => void (callbackId = id), {
      heartbeatTimeout: { hours: 1 },
    });
  });
  given.service.register("asking", asking, aDay);
  const start = (name: string, payload: unknown = { who: "you" }) =>
    lambda.send(
      new InvokeCommand({
        FunctionName: "arn:aws:lambda:us-east-1:123456789012:function:asking:durable",
        InvocationType: "Event",
        DurableExecutionName: name,
        Payload: JSON.stringify(payload),
      }),
    );
  const startAsking = async (name: string) => {
    callbackId = "";
    const { DurableExecutionArn } = await start(name);
    await given.service.settle(() => callbackId !== "");
    return { DurableExecutionArn, CallbackId: callbackId };
  };
  return { ...given, lambda, start, startAsking };
}

it("starts, shows and finishes an execution for a real LambdaClient", async () => {
  const { service, lambda, startAsking } = await givenApi();
  const { DurableExecutionArn, CallbackId } = await startAsking("episode-1");

  expect(await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }))).toMatchObject({
    DurableExecutionArn,
    DurableExecutionName: "episode-1",
    FunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:asking:1",
    Status: "RUNNING",
    InputPayload: '{"who":"you"}',
    StartTimestamp: new Date(startMs),
  });
  await lambda.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
  const approve = new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: JSON.stringify("approve") });
  await lambda.send(approve);
  await service.idle();

  expect(await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }))).toMatchObject({
    Status: "SUCCEEDED",
    Result: JSON.stringify(JSON.stringify("approve")),
    EndTimestamp: new Date(startMs + 300_000),
  });
  await expect(lambda.send(approve)).rejects.toBeInstanceOf(CallbackTimeoutException);
});

it("gives the same ARN for the same start and refuses another payload", async () => {
  const { start } = await givenApi();
  const [one, two] = [await start("episode-1"), await start("episode-1")];

  expect(one).toMatchObject({ StatusCode: 202 });
  expect(two.DurableExecutionArn).toBe(one.DurableExecutionArn);
  await expect(start("episode-1", { who: "somebody else" })).rejects.toBeInstanceOf(
    DurableExecutionAlreadyStartedException,
  );
});

it("sends a failure to a callback, and stops an execution", async () => {
  const { service, lambda, startAsking } = await givenApi();
  const { CallbackId } = await startAsking("episode-1");
  const { DurableExecutionArn } = await startAsking("episode-2");
  const Error = { ErrorType: "Refused", ErrorMessage: "not today" };
  await lambda.send(new SendDurableExecutionCallbackFailureCommand({ CallbackId, Error }));
  const stopped = await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn, Error }));
  await service.idle();

  expect(service.describe("episode-1")).toMatchObject({ status: "FAILED", error: { ErrorMessage: "not today" } });
  expect(stopped.StopTimestamp).toBeInstanceOf(Date);
  expect(await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }))).toMatchObject({
    Status: "STOPPED",
    Error,
  });
});

it("tells the history, page by page, and without data if so asked", async () => {
  const { service, lambda, startAsking } = await givenApi();
  const { DurableExecutionArn, CallbackId } = await startAsking("episode-1");
  await lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: "yes" }));
  await service.idle();
  const first = await lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn, MaxItems: 6 }));
  const Marker = first.NextMarker;
  const rest = await lambda.send(
    new GetDurableExecutionHistoryCommand({ DurableExecutionArn, Marker, IncludeExecutionData: false }),
  );

  const events = [...(first.Events ?? []), ...(rest.Events ?? [])];
  expect(events.map(({ EventType }) => EventType)).toEqual([
    "ExecutionStarted",
    "WaitStarted",
    "InvocationCompleted",
    "WaitSucceeded",
    "ContextStarted",
    "CallbackStarted",
    "StepStarted",
    "StepSucceeded",
    "InvocationCompleted",
    "CallbackSucceeded",
    "ContextSucceeded",
    "InvocationCompleted",
    "ExecutionSucceeded",
  ]);
  expect(events[1]?.WaitStartedDetails).toEqual({ Duration: 300, ScheduledEndTimestamp: new Date(startMs + 300_000) });
  expect(events[5]?.CallbackStartedDetails).toMatchObject({ CallbackId, HeartbeatTimeout: 3_600 });
  expect(events[12]?.ExecutionSucceededDetails?.Result?.Payload).toBeUndefined();
});

it("lists the executions of a function by name and status", async () => {
  const { service, lambda, start } = await givenApi();
  for (const name of ["one", "two", "three"]) await start(name);
  service.stop("two");
  const list = async (filter: object) => {
    const command = new ListDurableExecutionsByFunctionCommand({
      FunctionName: "asking",
      Qualifier: "durable",
      ...filter,
    });
    const { DurableExecutions = [] } = await lambda.send(command);
    return DurableExecutions.map(({ DurableExecutionName }) => DurableExecutionName);
  };

  expect(await list({})).toEqual(["one", "two", "three"]);
  expect(await list({ Statuses: ["RUNNING", "FAILED"], ReverseOrder: true })).toEqual(["three", "one"]);
  expect(await list({ DurableExecutionName: "two" })).toEqual(["two"]);
  expect(await list({ StartedAfter: new Date(startMs) })).toEqual([]);
});

it("refuses what Lambda refuses", async () => {
  const { lambda, service } = await givenApi();
  service.register("plain", async () => 1);
  const invoke = (input: Partial<ConstructorParameters<typeof InvokeCommand>[0]>) =>
    lambda.send(new InvokeCommand({ FunctionName: "asking", Qualifier: "durable", InvocationType: "Event", ...input }));

  await expect(invoke({ Qualifier: undefined })).rejects.toThrow("using an unqualified ARN");
  await expect(invoke({ InvocationType: "RequestResponse" })).rejects.toBeInstanceOf(InvalidParameterValueException);
  await expect(invoke({ Qualifier: "prod" })).rejects.toBeInstanceOf(ResourceNotFoundException);
  await expect(invoke({ FunctionName: "nothing" })).rejects.toBeInstanceOf(ResourceNotFoundException);
  await expect(invoke({ DurableExecutionName: "a b" })).rejects.toBeInstanceOf(InvalidParameterValueException);
  await expect(invoke({ Payload: "{" })).rejects.toBeInstanceOf(InvalidRequestContentException);
  const plain = { FunctionName: "plain", Qualifier: undefined };
  await expect(invoke({ ...plain, DurableExecutionName: "x" })).rejects.toBeInstanceOf(InvalidParameterValueException);
  expect(await invoke({ InvocationType: "DryRun" })).toMatchObject({ StatusCode: 204 });
  expect(service.list()).toEqual([]);
});

it("invokes ordinary functions, and short durable ones, and waits for the answer", async () => {
  const { lambda, service } = await givenApi();
  const got: unknown[] = [];
  service.register("plain", async (event) => (got.push(event), { ok: true }));
  service.register("fail", async () => Promise.reject(new RangeError("no")));
  const executionTimeout = { minutes: 15 };
  const short = withDurableExecution(async (n: number, context) => context.step("add", async () => n + 1));
  service.register("short", short, { durable: { executionTimeout } });
  const invoke = async (FunctionName: string, Payload: string, InvocationType: "Event" | "RequestResponse") => {
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload, InvocationType }));
    const text = answer.Payload?.transformToString() ?? "";
    return {
      status: answer.StatusCode,
      error: answer.FunctionError,
      payload: text === "" ? undefined : JSON.parse(text),
    };
  };

  expect(await invoke("plain", '{"a":1}', "RequestResponse")).toMatchObject({ status: 200, payload: { ok: true } });
  expect(await invoke("plain", '{"a":2}', "Event")).toMatchObject({ status: 202 });
  await service.idle();
  expect(got).toEqual([{ a: 1 }, { a: 2 }]);
  const payload = { errorType: "RangeError", errorMessage: "no" };
  expect(await invoke("fail", "{}", "RequestResponse")).toMatchObject({ error: "Unhandled", payload });
  expect(await invoke("short:1", "41", "RequestResponse")).toMatchObject({ status: 200, payload: 42 });
});

it("carries a handler whose transport is the SDK's own, over HTTP", async () => {
  const { lambda, service } = await givenApi();
  const remote = withDurableExecution(
    async (_, context) => {
      const one = await context.step("one", async () => 1);
      await context.wait({ hours: 1 });
      return context.step("two", async () => one + 1);
    },
    { client: lambda },
  );
  // The service hands its own transport over with the event; a copy through JSON is the event AWS would send.
  service.register("remote", async (event, context) => remote(JSON.parse(JSON.stringify(event)), context), aDay);
  const { arn } = service.start("remote", { payload: "{}" });
  await service.settle(() => service.describe(arn).status !== "RUNNING");

  expect(service.describe(arn)).toMatchObject({ status: "SUCCEEDED", result: "2", invocations: 2 });
});
