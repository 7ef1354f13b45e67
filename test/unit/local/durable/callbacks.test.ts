import { CallbackTimeoutException, InvalidParameterValueException } from "@aws-sdk/client-lambda";
import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { expect, it } from "vitest";
import { aDay, givenService, startMs } from "../../../support/durable/given-service.ts";

interface Limits {
  timeout?: { minutes: number };
  heartbeatTimeout?: { minutes: number };
}

async function givenWaiting(limits?: Limits) {
  const given = givenService();
  const { service, clock } = given;
  let callbackId = "";
  const handler = withDurableExecution(async (_, context) =>
    context
      .waitForCallback("ask", async (id) => void (callbackId = id), limits)
      .catch((error: unknown) => `${String(error)} ${clock.now() - startMs}`),
  );
  service.register("f", handler, aDay);
  const { arn } = service.start("f", { payload: "{}" });
  await service.idle();
  return { ...given, arn, callbackId };
}

it("wakes the execution with the answer", async () => {
  const { service, arn, callbackId } = await givenWaiting();
  expect(service.describe(arn).status).toBe("RUNNING");

  service.completeCallback(callbackId, { kind: "succeed", result: "approve" });
  await service.idle();

  expect(service.describe(arn)).toMatchObject({ status: "SUCCEEDED", result: '"approve"' });
});

it("takes the first of two answers and refuses the second", async () => {
  const { service, arn, callbackId } = await givenWaiting();
  service.completeCallback(callbackId, { kind: "succeed", result: "approve" });

  const again = () => service.completeCallback(callbackId, { kind: "succeed", result: "reject" });

  expect(again).toThrow(CallbackTimeoutException);
  await service.idle();
  expect(again).toThrow(CallbackTimeoutException);
  expect(service.describe(arn).result).toBe('"approve"');
});

it("hands a failure over as an error", async () => {
  const { service, arn, callbackId } = await givenWaiting();

  service.completeCallback(callbackId, { kind: "fail", error: { ErrorType: "Refused", ErrorMessage: "not today" } });
  await service.idle();

  expect(service.describe(arn).result).toContain("not today");
});

it("times out at its time on the clock, and answers after that are refused", async () => {
  const { service, clock, arn, callbackId } = await givenWaiting({ timeout: { minutes: 30 } });
  clock.advance(30 * 60_000 - 1);
  await service.idle();
  expect(service.describe(arn).status).toBe("RUNNING");
  clock.advance(1);
  await service.idle();

  expect(service.describe(arn).result).toBe('"CallbackTimeoutError: Callback timed out 1800000"');
  expect(() => service.completeCallback(callbackId, { kind: "succeed" })).toThrow(CallbackTimeoutException);
});

it("lives on as long as heartbeats come in time", async () => {
  const { service, clock, arn, callbackId } = await givenWaiting({ heartbeatTimeout: { minutes: 5 } });
  for (let beat = 0; beat < 3; beat++) {
    clock.advance(4 * 60_000);
    service.completeCallback(callbackId, { kind: "heartbeat" });
  }
  clock.advance(5 * 60_000);
  await service.idle();

  expect(service.describe(arn).result).toContain(`${(3 * 4 + 5) * 60_000}`);
});

it("refuses an id it never gave, and one whose execution has been stopped", async () => {
  const { service, arn, callbackId } = await givenWaiting();
  service.stop(arn);

  expect(() => service.completeCallback("bm9uZQ==", { kind: "succeed" })).toThrow(InvalidParameterValueException);
  expect(() => service.completeCallback(callbackId, { kind: "succeed" })).toThrow(CallbackTimeoutException);
});
