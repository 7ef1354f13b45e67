import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidParameterValueException, InvalidRequestContentException } from "@aws-sdk/client-lambda";
import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { expect, it, onTestFinished } from "vitest";
import type { DeadLetter } from "../../../../local/durable/jobs.ts";
import { openDurableService } from "../../../../local/durable/service.ts";
import { VirtualClock } from "../../../../sim/clock.ts";
import { aDay, givenService, startMs, until } from "../../../support/durable/given-service.ts";

it("invokes an ordinary function and gives its answer, or its error", async () => {
  const { service } = givenService();
  service.register("add", async ({ a, b }: { a: number; b: number }) => a + b);
  service.register("fail", async () => Promise.reject(new TypeError("no")));

  expect(await service.invoke("add", '{"a":1,"b":2}')).toEqual({ kind: "succeeded", payload: "3" });
  expect(await service.invoke("fail", "{}")).toMatchObject({
    kind: "failed",
    error: { ErrorType: "TypeError", ErrorMessage: "no" },
  });
});

it("tries an asynchronous invocation three times, one and two minutes apart, then gives the letter away", async () => {
  const letters: DeadLetter[] = [];
  const { service, clock, log } = givenService({ onDeadLetter: (letter) => void letters.push(letter) });
  const at: number[] = [];
  service.register("fail", async () => {
    at.push((clock.now() - startMs) / 60_000);
    throw new Error("no");
  });
  const { id } = service.send("fail", '{"a":1}');
  await service.settle();

  expect(at).toEqual([0, 1, 3]);
  expect(letters).toMatchObject([{ id, fn: "fail", payload: '{"a":1}', attempts: 3, error: { ErrorMessage: "no" } }]);
  expect(log.map(({ level }) => level)).toEqual(["warn", "warn", "error"]);
});

it("repeats an asynchronous invocation that was in the hands of a process that died", async () => {
  const folder = mkdtempSync(join(tmpdir(), "durable-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "durable.db");
  const clock = new VirtualClock(startMs);
  const first = openDurableService({ file, clock });
  const begun: unknown[] = [];
  first.register("slow", async (event) => (begun.push(event), new Promise(() => undefined)));
  first.send("slow", '{"a":1}');
  await until(() => begun.length > 0);
  first.close();

  const { service: second } = givenService({ file, clock });
  const got: unknown[] = [];
  second.register("slow", async (event) => void got.push(event));
  second.recover();
  await second.idle();

  expect(got).toEqual([{ a: 1 }]);
});

it("refuses what is no JSON before it is accepted", async () => {
  const { service } = givenService();
  service.register("plain", async () => 1);

  expect(() => service.send("plain", "{")).toThrow(InvalidRequestContentException);
  await expect(service.invoke("plain", "{")).rejects.toThrow(InvalidRequestContentException);
});

it("does not take one kind of function for the other", () => {
  const { service } = givenService();
  service.register(
    "durable",
    withDurableExecution(async () => 1),
    aDay,
  );
  service.register("plain", async () => 1);

  expect(() => service.send("durable", "{}")).toThrow(InvalidParameterValueException);
  expect(() => service.start("plain", { payload: "{}" })).toThrow(InvalidParameterValueException);
});
