import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { expect, it } from "vitest";
import { limits } from "../../../../local/durable/limits.ts";
import { RunningClock } from "../../../../sim/clock.ts";
import { aDay, givenService, run, startMs } from "../../../support/durable/given-service.ts";

it("ends as TIMED_OUT when the execution timeout comes first, and tells the event bus", async () => {
  const { service, clock, statusChanges } = givenService();
  service.register(
    "f",
    withDurableExecution(async (_, context) => context.wait({ days: 7 })),
    aDay,
  );

  expect(await run(service, "f")).toMatchObject({ status: "TIMED_OUT", endedAt: startMs + 86_400_000 });

  await service.settle();
  expect(clock.now()).toBe(startMs + 86_400_000); // the wait is off the clock
  expect(statusChanges.map(({ detail }) => detail.status)).toEqual(["RUNNING", "TIMED_OUT"]);
});

it("ends as STOPPED with the reason given, and tells the event bus", async () => {
  const { service, statusChanges } = givenService();
  service.register(
    "f",
    withDurableExecution(async (_, context) => context.wait({ hours: 7 })),
    aDay,
  );
  const { arn } = service.start("f", { name: "episode-1", payload: "{}" });
  await service.idle();

  const { stoppedAt } = service.stop("episode-1", { ErrorMessage: "halted by a person" });
  await service.settle();

  expect(stoppedAt).toBe(startMs);
  expect(service.describe(arn)).toMatchObject({ status: "STOPPED", error: { ErrorMessage: "halted by a person" } });
  expect(statusChanges.map(({ detail }) => detail.status)).toEqual(["RUNNING", "STOPPED"]);
});

it("refuses the next checkpoint of a handler that is at work while it is stopped", async () => {
  const { service } = givenService();
  const done: string[] = [];
  const handler = withDurableExecution(async (_, context) => {
    await context.step("first", async () => void (done.push("first"), service.stop("episode-1")));
    await context.step("second", async () => void done.push("second"));
  });
  service.register("f", handler, aDay);
  service.start("f", { name: "episode-1", payload: "{}" });
  await service.settle();

  expect(done).toEqual(["first"]);
  expect(service.describe("episode-1").status).toBe("STOPPED");
});

it("delivers a status change again until it is taken", async () => {
  let tries = 0;
  const onStatusChange = () => (++tries < 4 ? Promise.reject(new Error("the bus is down")) : undefined);
  const { service, log } = givenService({ onStatusChange });
  service.register(
    "f",
    withDurableExecution(async () => "ok"),
    aDay,
  );
  await run(service, "f");
  await service.settle();

  expect(tries).toBe(5); // RUNNING took four
  expect(log.filter(({ level }) => level === "warn")).toHaveLength(3);
});

it("fails an execution whose handler throws outside of a step, without another try", async () => {
  const { service } = givenService();
  service.register(
    "f",
    withDurableExecution(async () => Promise.reject(new RangeError("bug"))),
    aDay,
  );

  const ended = await run(service, "f");

  expect(ended).toMatchObject({
    status: "FAILED",
    invocations: 1,
    error: { ErrorType: "RangeError", ErrorMessage: "bug" },
  });
});

it("invokes again with growing pauses when the invocation itself throws, until the execution times out", async () => {
  const { service, clock, log } = givenService();
  const at: number[] = [];
  const handler = async () => {
    at.push((clock.now() - startMs) / 1000);
    throw new Error("out of memory");
  };
  service.register("f", handler, { durable: { executionTimeout: { seconds: 60 } } });

  expect(await run(service, "f")).toMatchObject({ status: "TIMED_OUT" });

  expect(at).toEqual([0, 1, 3, 7, 15, 31]);
  expect(log[0]).toMatchObject({ level: "warn", error: { ErrorMessage: "out of memory" } });
});

it("gives an invocation up after its timeout and invokes again", async () => {
  const { service } = givenService();
  let calls = 0;
  const handler = withDurableExecution(async (_, context) =>
    context.step("slow once", async () => (++calls === 1 ? new Promise<string>(() => undefined) : "ok")),
  );
  service.register("f", handler, { ...aDay, timeout: { seconds: 0.05 } });

  expect(await run(service, "f")).toMatchObject({ status: "SUCCEEDED", invocations: 2, result: '"ok"' });
});

it("fails an execution that says PENDING while nothing is pending", async () => {
  const { service } = givenService();
  service.register("f", async () => ({ Status: "PENDING" }), aDay);

  const ErrorMessage = "Cannot return PENDING status with no pending operations.";
  expect(await run(service, "f")).toMatchObject({ status: "FAILED", error: { ErrorMessage } });
});

it("fails an execution with an oversized step result and takes one of exactly the limit", async () => {
  const { service } = givenService();
  const handler = withDurableExecution(async (length: number, context) => {
    const text = await context.step("write", async () => "x".repeat(length));
    return text.length;
  });
  service.register("f", handler, aDay);

  const quotes = 2;
  expect(await run(service, "f", limits.payloadBytes - quotes)).toMatchObject({ status: "SUCCEEDED" });
  const ErrorMessage = expect.stringContaining("payload size must be less than or equal to 262144 bytes");
  expect(await run(service, "f", limits.payloadBytes)).toMatchObject({ status: "FAILED", error: { ErrorMessage } });
});

it("takes a result that is too large for an answer from a checkpoint", async () => {
  const { service } = givenService();
  const handler = withDurableExecution(async () => "x".repeat(limits.requestBytes));
  service.register("f", handler, aDay);

  const { status, result } = await run(service, "f");

  expect(status).toBe("SUCCEEDED");
  expect(result).toHaveLength(limits.requestBytes + 2);
});

it("fails an execution that has more than 3,000 operations", async () => {
  const { service } = givenService();
  let done = 0;
  const handler = withDurableExecution(async (_, context) => {
    const batch = Array.from({ length: 200 }, (_unused, at) => at);
    for (let round = 0; round < 16; round++)
      await Promise.all(batch.map((at) => context.step(`${round}/${at}`, async () => void done++)));
  });
  service.register("f", handler, aDay);

  expect(await run(service, "f")).toMatchObject({ status: "FAILED" });
  expect(done).toBeLessThanOrEqual(3_200);
});

it("does not settle for ever, and names what has not ended", async () => {
  const { service } = givenService();
  const handler = withDurableExecution(async (_, context) => {
    for (;;) await context.wait({ seconds: 1 });
  });
  service.register("f", handler, aDay);
  service.start("f", { name: "restless", payload: "{}" });

  await expect(service.settle(() => false, { timersMax: 5 })).rejects.toThrow(/no end after 5 timers.*restless/);
});

it("settles only on a clock that can be moved", async () => {
  const { service } = givenService({ clock: new RunningClock() });

  await expect(service.settle()).rejects.toMatchObject({ name: "BotError", code: "bad_setting" });
});
