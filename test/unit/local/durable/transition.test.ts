import * as fc from "fast-check";
import { expect, it } from "vitest";
import { type Operation, wake } from "../../../../local/durable/operation.ts";
import { transition } from "../../../../local/durable/transition.ts";
import type { Update } from "../../../../local/durable/update.ts";

const closed = new Set(["SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT", "STOPPED"]);
const types = ["STEP", "WAIT", "CALLBACK", "CONTEXT", "CHAINED_INVOKE"] as const;
const actions = ["START", "SUCCEED", "FAIL", "RETRY", "CANCEL"] as const;

const moves = fc.array(
  fc.record({ Action: fc.constantFrom(...actions), afterMs: fc.nat(20_000), hasOptions: fc.boolean() }),
  { maxLength: 20 },
);

const options = {
  StepOptions: { NextAttemptDelaySeconds: 5 },
  WaitOptions: { WaitSeconds: 5 },
  CallbackOptions: { TimeoutSeconds: 5 },
  ChainedInvokeOptions: { FunctionName: "f" },
};

/** Applies an update, or leaves the operation as it is when the state machine refuses. */
function tryMove(op: Operation | undefined, update: Update, now: number): Operation | undefined {
  try {
    return transition(op, update, { now, newCallbackId: () => "id" });
  } catch (error) {
    expect(error).toMatchObject({ name: "InvalidParameterValueException", $metadata: { httpStatusCode: 400 } });
    return op;
  }
}

it("never moves a closed operation, never counts attempts down, and never puts an end before a beginning", () => {
  fc.assert(
    fc.property(fc.constantFrom(...types), moves, (Type, list) => {
      let now = 0;
      let op: Operation | undefined;
      for (const { Action, afterMs, hasOptions } of list) {
        now += afterMs;
        const awake: Operation | undefined = op && wake(op, now);
        const next: Operation | undefined = tryMove(awake, { Id: "1", Type, Action, ...(hasOptions && options) }, now);
        if (awake && closed.has(awake.status)) expect(next).toBe(awake);
        if (op?.type === "STEP" && next?.type === "STEP") expect(next.attempt).toBeGreaterThanOrEqual(op.attempt);
        if (next && closed.has(next.status)) expect(next.endedAt).toBeGreaterThanOrEqual(next.startedAt);
        op = next;
      }
    }),
    { seed: 20_260_303, numRuns: 2_000 },
  );
});

it("gives a retried step its turn only when its time has come", () => {
  const retry: Update = { Id: "1", Type: "STEP", Action: "RETRY", StepOptions: { NextAttemptDelaySeconds: 10 } };
  const pending = transition(undefined, retry, { now: 1_000, newCallbackId: () => "id" });

  expect(wake(pending, 10_999)).toMatchObject({ status: "PENDING", attempt: 1, nextAttemptAt: 11_000 });
  expect(wake(pending, 11_000)).toMatchObject({ status: "READY", attempt: 1 });
});
