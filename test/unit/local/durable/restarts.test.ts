import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { expect, it, onTestFinished } from "vitest";
import { lastMomentIn } from "../../../../local/durable/last-moment.ts";
import { openDurableService } from "../../../../local/durable/service.ts";
import { VirtualClock } from "../../../../sim/clock.ts";
import { approvalHandler } from "../../../support/durable/approval.ts";
import { aDay, givenService, run, startMs, until } from "../../../support/durable/given-service.ts";

function givenFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "durable-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it("resumes waits, callbacks and work in flight from the file", async () => {
  const file = join(givenFolder(), "deep", "durable.db");
  const ran: string[] = [];
  let callbackId = "";
  const register = (service: ReturnType<typeof openDurableService>, hangs: boolean) => {
    const waiting = withDurableExecution(async (_, context) => {
      await context.step("before", async () => void ran.push("before"));
      await context.wait({ hours: 1 });
      return context.step("after", async () => void ran.push("after"));
    });
    const asking = withDurableExecution(async (_, context) =>
      context.waitForCallback("ask", async (id) => void (callbackId = id)),
    );
    const working = withDurableExecution(async (_, context) =>
      context.step("work", async () => (hangs ? new Promise<string>(() => undefined) : "worked")),
    );
    service.register("waiting", waiting, aDay);
    service.register("asking", asking, aDay);
    service.register("working", working, aDay);
  };

  const clock = new VirtualClock(startMs);
  const first = openDurableService({ file, clock });
  register(first, true);
  for (const fn of ["waiting", "asking", "working"]) first.start(fn, { name: fn, payload: "{}" });
  await until(() => callbackId !== "" && ran.length > 0);
  first.close();

  const later = new VirtualClock(startMs + 30 * 60_000);
  const { service: second } = givenService({ file, clock: later });
  register(second, false);
  second.recover();
  second.completeCallback(callbackId, { kind: "succeed", result: "yes" });
  await second.settle();

  const ends = second.list().map(({ name, status, result }) => ({ name, status, result }));
  expect(ends).toEqual([
    { name: "waiting", status: "SUCCEEDED", result: undefined },
    { name: "asking", status: "SUCCEEDED", result: '"yes"' },
    { name: "working", status: "SUCCEEDED", result: '"worked"' },
  ]);
  expect(ran).toEqual(["before", "after"]);
  expect(second.describe("waiting").endedAt).toBe(startMs + 3_600_000);
});

it("keeps still until it is told to recover, and then lets what fell due in between happen", async () => {
  const file = join(givenFolder(), "durable.db");
  const handler = withDurableExecution(async (_, context) => context.wait({ hours: 1 }));
  const clock = new VirtualClock(startMs);
  const first = openDurableService({ file, clock });
  first.register("f", handler, aDay);
  first.start("f", { name: "one", payload: "{}" });
  await first.idle();
  first.close();

  clock.advance(2 * 3_600_000);
  const { service: second } = givenService({ file, clock });
  await second.idle();
  expect(second.describe("one").status).toBe("RUNNING");
  second.register("f", handler, aDay);
  second.recover();
  await second.idle();

  expect(second.describe("one").status).toBe("SUCCEEDED");
});

it("does not lose the news of an end when the process dies before the listener has taken it", async () => {
  const file = join(givenFolder(), "durable.db");
  const clock = new VirtualClock(startMs);
  const onStatusChange = () => new Promise<void>(() => undefined);
  const first = openDurableService({ file, clock, onStatusChange });
  first.register(
    "f",
    withDurableExecution(async () => "ok"),
    aDay,
  );
  const { arn } = first.start("f", { payload: "{}" });
  await first.ended(arn);
  first.close();

  const { service: second, statusChanges } = givenService({ file, clock });
  second.recover();
  await second.idle();

  expect(statusChanges.map(({ detail }) => detail.status)).toEqual(["RUNNING", "SUCCEEDED"]);
});

it("keeps the news of an end for a listener who comes later", async () => {
  const file = join(givenFolder(), "durable.db");
  const clock = new VirtualClock(startMs);
  const onStatusChange = () => new Promise<void>(() => undefined);
  const first = openDurableService({ file, clock, onStatusChange });
  first.register(
    "f",
    withDurableExecution(async () => "ok"),
    aDay,
  );
  await first.ended(first.start("f", { payload: "{}" }).arn);
  first.close();
  const deaf = openDurableService({ file, clock });
  deaf.recover();
  await deaf.idle();
  deaf.close();

  const { service, statusChanges } = givenService({ file, clock });
  service.recover();
  await service.idle();

  expect(statusChanges).toHaveLength(2);
});

it("knows the latest time its file was used at, so that a clock that was skipped ahead need not go back", async () => {
  const file = join(givenFolder(), "durable.db");
  expect(lastMomentIn(file)).toBeUndefined();
  const { service, clock } = givenService({ file });
  service.register(
    "f",
    withDurableExecution(async (_, context) => context.wait({ hours: 5 })),
    aDay,
  );
  await run(service, "f");
  service.close();

  expect(lastMomentIn(file)).toBe(clock.now());
});

it("lets only one service have the file", () => {
  const file = join(givenFolder(), "durable.db");
  givenService({ file });

  expect(() => openDurableService({ file, clock: new VirtualClock(startMs) })).toThrow(/another process has it/);
});

/** Starts a process on the file and kills it, without warning, as soon as it has said `word`. Returns that line. */
async function killedAt(word: string, args: readonly string[]): Promise<string> {
  const script = new URL("../../../support/durable/approval-process.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const dead = new Promise((resolve) => child.once("exit", resolve));
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith(word)) continue;
    child.kill("SIGKILL");
    await dead;
    return line;
  }
  throw new Error(`the process ended without saying ${word}`);
}

it("survives kill -9 while it waits for a person: nothing is done twice, and the answer still counts", async () => {
  const folder = givenFolder();
  const [file, journal] = [join(folder, "durable.db"), join(folder, "journal")];
  const said = await killedAt("waiting", [file, journal]);

  const { service } = givenService({ file, clock: new VirtualClock(Date.now()) });
  service.register("approval", approvalHandler(journal), aDay);
  service.recover();
  await service.idle();
  const asked = service.describe("the-one").operations.find(({ type }) => type === "CALLBACK");
  const callbackId = said.replace("waiting ", "");
  expect(asked).toMatchObject({ callbackId, status: "STARTED" });
  service.completeCallback(callbackId, { kind: "succeed", result: "approve" });
  await service.settle(() => service.describe("the-one").status !== "RUNNING");

  expect(service.describe("the-one").result).toBe('{"decision":"approve","acted":"act"}');
  const did = readFileSync(journal, "utf8").trim().split("\n");
  expect(did.filter((line) => !line.startsWith("waiting"))).toEqual(["look", "act"]);
});

it("survives kill -9 in the middle of an at-most-once step: the step is reported as interrupted, not repeated", async () => {
  const folder = givenFolder();
  const [file, journal] = [join(folder, "durable.db"), join(folder, "journal")];
  const payload = JSON.stringify({ hangIn: "act" });
  const said = await killedAt("waiting", [file, journal, payload]);
  const callbackId = said.replace("waiting ", "");

  const { service: first } = givenService({ file, clock: new VirtualClock(Date.now()) });
  first.register("approval", approvalHandler(journal), aDay);
  first.recover();
  await first.idle();
  first.completeCallback(callbackId, { kind: "succeed", result: "approve" });
  first.close();
  await killedAt("act", [file, journal, payload]);

  const { service } = givenService({ file, clock: new VirtualClock(Date.now()) });
  service.register("approval", approvalHandler(journal), aDay);
  service.recover();
  await service.settle(() => service.describe("the-one").status !== "RUNNING");

  expect(service.describe("the-one").result).toBe('{"decision":"approve","acted":"StepInterruptedError"}');
  const acts = readFileSync(journal, "utf8")
    .trim()
    .split("\n")
    .filter((line) => line === "act");
  expect(acts).toHaveLength(1);
});
