import { StepError, withDurableExecution } from "@aws/durable-execution-sdk-js";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Fault } from "../../../../local/durable/faults.ts";
import { once } from "../../../support/durable/approval.ts";
import { aDay, givenService, until } from "../../../support/durable/given-service.ts";

const names = ["snapshot", "drain", "resubmit", "verify"];

/** Runs four at-most-once steps to the end under the given faults, and says what was really done. */
async function runUnder(faults: { beforeCheckpoint?: Fault; afterCheckpoint?: Fault }) {
  const { service } = givenService();
  const bodies = new Map<string, number>();
  let checkpoints = 0;
  const handler = withDurableExecution(async (_, context) => {
    const outcomes: string[] = [];
    for (const name of names) {
      const body = async () => {
        bodies.set(name, (bodies.get(name) ?? 0) + 1);
        return name;
      };
      outcomes.push(await context.step(name, body, once).catch(nameOfCause));
    }
    await context.wait("settle", { minutes: 1 });
    return outcomes;
  });
  service.register("f", handler, aDay);
  Object.assign(service.faults, faults);
  const before = service.faults.beforeCheckpoint;
  service.faults.beforeCheckpoint = (site) => {
    checkpoints += 1;
    return before?.(site);
  };
  const { arn } = service.start("f", { payload: "{}" });
  await service.settle(() => service.describe(arn).status !== "RUNNING");
  return { ...service.describe(arn), bodies, checkpoints };
}

function nameOfCause(error: unknown): string {
  if (error instanceof StepError && error.cause instanceof Error) return error.cause.name;
  throw error;
}

/** What must hold whatever crashed when. */
function expectPromises({ status, result, operations, bodies }: Awaited<ReturnType<typeof runUnder>>): void {
  expect(status).toBe("SUCCEEDED");
  const steps = operations.filter(({ type }) => type === "STEP");
  expect(steps.map(({ name }) => name)).toEqual(names);
  const outcomes = steps.map((step) => {
    const runs = bodies.get(step.name ?? "") ?? 0;
    if (step.status === "SUCCEEDED") expect(runs).toBe(1);
    else expect(runs).toBeLessThanOrEqual(1);
    return step.status === "SUCCEEDED" ? step.name : "StepInterruptedError";
  });
  expect(result).toBe(JSON.stringify(outcomes));
}

it("runs each step body once when nothing crashes", async () => {
  const calm = await runUnder({});

  expectPromises(calm);
  expect(calm).toMatchObject({ result: JSON.stringify(names), invocations: 2, checkpoints: 9 });
});

// Nine checkpoints: START and SUCCEED of each step, START of the wait.
for (const at of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
  for (const when of ["beforeCheckpoint", "afterCheckpoint"] as const) {
    it(`keeps what is finished and reports what was interrupted, crashing ${when} ${at}`, async () => {
      const crashed = await runUnder({
        [when]: ({ ordinal }: { ordinal: number }) => (ordinal === at ? "crash" : undefined),
      });

      expectPromises(crashed);
      expect(crashed.invocations).toBe(3);
      // A START that was written, or a SUCCEED that was not, leaves a step nobody knows the outcome of.
      const isUnknown = at < 9 && (when === "afterCheckpoint" ? at % 2 === 1 : at % 2 === 0);
      expect(crashed.result?.includes("StepInterruptedError")).toBe(isUnknown);
    });
  }
}

it("holds the same promises in 120 runs that crash at random", async () => {
  const chances = fc.infiniteStream(fc.nat(99));
  let crashes = 0;
  await fc.assert(
    fc.asyncProperty(chances, async (stream) => {
      // Twelve in a hundred at each of the two points of a checkpoint.
      const fault: Fault = () => {
        const crash = (stream.next().value ?? 99) < 12;
        if (crash) crashes += 1;
        return crash ? "crash" : undefined;
      };
      expectPromises(await runUnder({ beforeCheckpoint: fault, afterCheckpoint: fault }));
    }),
    { numRuns: 120, seed: 20_260_303, endOnFailure: true },
  );
  expect(crashes).toBeGreaterThan(120);
}, 120_000);

it("does not hear a sandbox that is given up, whatever it still does", async () => {
  const { service } = givenService();
  const released: (() => void)[] = [];
  let entered = 0;
  const handler = withDurableExecution(async (_, context) =>
    context.step("slow", async () => {
      const mine = ++entered;
      if (mine === 1) await new Promise<void>((resolve) => released.push(resolve));
      return `from ${mine}`;
    }),
  );
  service.register("f", handler, aDay);
  const { arn } = service.start("f", { payload: "{}" });
  await until(() => entered > 0);

  service.crash(arn);
  await service.settle(() => service.describe(arn).status !== "RUNNING");
  for (const release of released) release();
  await new Promise((resolve) => setImmediate(resolve));

  expect(service.describe(arn)).toMatchObject({ status: "SUCCEEDED", result: '"from 2"', invocations: 2 });
});

it("waits longer after each crash in a row, and starts afresh after a good invocation", async () => {
  const { service, clock } = givenService();
  const at: number[] = [];
  const start = clock.now();
  const handler = withDurableExecution(async (_, context) => {
    at.push((clock.now() - start) / 1000);
    await context.wait("first", { seconds: 10 });
    await context.wait("second", { seconds: 10 });
  });
  service.register("f", handler, aDay);
  const crashing = new Set([1, 2, 4]);
  service.faults.beforeCheckpoint = ({ ordinal }) => (crashing.has(ordinal) ? "crash" : undefined);
  service.start("f", { payload: "{}" });
  await service.settle();

  // Crashed at 0 and 1, waited from 3 to 13, crashed there, waited from 14 to 24.
  expect(at).toEqual([0, 1, 3, 13, 14, 24]);
});
