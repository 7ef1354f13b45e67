import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { expect, it, onTestFinished } from "vitest";
import { RunningClock } from "../../../../sim/clock.ts";
import { aDay, givenService, run, startMs } from "../../../support/durable/given-service.ts";

it("runs steps in order and keeps their results across a wait", async () => {
  const { service, clock } = givenService();
  const ran: string[] = [];
  service.register(
    "f",
    withDurableExecution(async ({ start }: { start: number }, context) => {
      const one = await context.step("add one", async () => (ran.push("add one"), start + 1));
      await context.wait("a while", { hours: 3 });
      const two = await context.step("double", async () => (ran.push("double"), one * 2));
      return { one, two };
    }),
    aDay,
  );

  const { status, result, invocations } = await run(service, "f", { start: 20 });

  expect({ status, result, invocations }).toEqual({
    status: "SUCCEEDED",
    result: '{"one":21,"two":42}',
    invocations: 2,
  });
  expect(ran).toEqual(["add one", "double"]);
  expect(clock.now() - startMs).toBe(3 * 3_600_000);
});

it("waits for months without any real time", async () => {
  const { service } = givenService();
  const executionTimeout = { days: 366 };
  const handler = withDurableExecution(async (_, context) => context.wait({ days: 300 }));
  service.register("f", handler, { durable: { executionTimeout } });
  const before = performance.now();

  expect(await run(service, "f")).toMatchObject({ status: "SUCCEEDED" });

  // Two invocations; the SDK lets 20 ms pass before it suspends.
  expect(performance.now() - before).toBeLessThan(5_000);
});

it("follows a clock that runs by itself and is skipped ahead", async () => {
  const clock = new RunningClock();
  onTestFinished(() => clock.stop());
  const { service } = givenService({ clock });
  service.register(
    "f",
    withDurableExecution(async (_, context) => context.wait({ hours: 5 })),
    aDay,
  );
  const { arn } = service.start("f", { payload: "{}" });
  await service.idle();
  expect(service.describe(arn).status).toBe("RUNNING");

  clock.skip(5 * 3_600_000);

  expect(await service.ended(arn)).toMatchObject({ status: "SUCCEEDED", invocations: 2 });
});

it("retries a failing step after the delay its strategy names", async () => {
  const { service, clock } = givenService();
  const at: number[] = [];
  const retryStrategy = (_: Error, attempt: number) => ({ shouldRetry: attempt < 3, delay: { minutes: attempt } });
  const flaky = async () => {
    at.push((clock.now() - startMs) / 60_000);
    if (at.length < 3) throw new Error("not yet");
    return "done";
  };
  service.register(
    "f",
    withDurableExecution(async (_, context) => context.step("flaky", flaky, { retryStrategy })),
    aDay,
  );

  expect(await run(service, "f")).toMatchObject({
    result: '"done"',
    operations: [{ status: "SUCCEEDED", attempt: 3 }],
  });

  expect(at).toEqual([0, 1, 3]);
});

it("polls a condition on the clock and hands each look the state of the one before", async () => {
  const { service, clock } = givenService();
  const handler = withDurableExecution(async (_, context) =>
    context.waitForCondition("three looks", async (looks: number) => looks + 1, {
      initialState: 0,
      waitStrategy: (looks) =>
        looks < 3 ? { shouldContinue: true, delay: { minutes: 1 } } : { shouldContinue: false },
    }),
  );
  service.register("f", handler, aDay);

  expect(await run(service, "f")).toMatchObject({ status: "SUCCEEDED", result: "3" });

  expect(clock.now() - startMs).toBe(120_000);
});

it("goes on with a branch whose wait is over while another is still waiting", async () => {
  const { service } = givenService();
  const order: string[] = [];
  const handler = withDurableExecution(async (_, context) => {
    const after = (name: string, minutes: number) => async (branch: typeof context) => {
      await branch.wait({ minutes });
      await branch.step(name, async () => void order.push(name));
    };
    await context.parallel("both", [after("later", 30), after("sooner", 10)]);
  });
  service.register("f", handler, aDay);

  expect(await run(service, "f")).toMatchObject({ status: "SUCCEEDED" });

  expect(order).toEqual(["sooner", "later"]);
});

it("hides what is behind a finished context from the handler and keeps it to be looked at", async () => {
  const { service } = givenService();
  let stateSize = 0;
  const inner = withDurableExecution(async (_, context) => {
    await context.runInChildContext("inner", async (child) => {
      await child.step("a", async () => 1);
      await child.step("b", async () => 2);
    });
    await context.wait({ seconds: 1 });
  });
  service.register(
    "f",
    async (event: Parameters<typeof inner>[0], context) => {
      stateSize = event.InitialExecutionState.Operations.length;
      return inner(event, context);
    },
    aDay,
  );

  const { operations } = await run(service, "f");

  expect(stateSize).toBe(3); // the execution, the context, the wait
  expect(operations.map(({ name }) => name)).toEqual(["inner", "a", "b", undefined]);
});

it("invokes another durable function and an ordinary one, and waits for their answers", async () => {
  const { service } = givenService();
  service.register(
    "slow",
    withDurableExecution(async (n: number, context) => (await context.wait({ hours: 1 }), n + 1)),
    aDay,
  );
  service.register("plain", async (event: { name: string }) => `hello ${event.name}`);
  service.register("broken", async () => Promise.reject(new Error("no")));
  const handler = withDurableExecution(async (_, context) => ({
    slow: await context.invoke<number, number>("slow:1", 41),
    plain: await context.invoke<object, string>("plain", { name: "you" }),
    broken: await context.invoke("broken", {}).catch((error: unknown) => String(error)),
  }));
  service.register("f", handler, aDay);

  expect(await run(service, "f")).toMatchObject({
    result: '{"slow":42,"plain":"hello you","broken":"InvokeError: no"}',
  });
});

it("gives the handler a Lambda context with real remaining time", async () => {
  const { service } = givenService();
  const seen: unknown[] = [];
  service.register(
    "plain",
    async (_, context) => {
      const { functionName, invokedFunctionArn, awsRequestId } = context;
      seen.push(functionName, invokedFunctionArn, awsRequestId.length, context.getRemainingTimeInMillis() <= 3_000);
    },
    { timeout: { seconds: 3 } },
  );
  await service.invoke("plain", "{}");

  expect(seen).toEqual(["plain", "arn:aws:lambda:us-east-1:123456789012:function:plain", 36, true]);
});
