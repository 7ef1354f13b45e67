import * as fc from "fast-check";
import { expect, it } from "vitest";
import { stopSpend } from "../../../runbooks/stop-spend.ts";
import { excessOf } from "../../../src/policies/spend-rate.ts";
import type { ActionStep } from "../../../src/runbook/action.ts";
import { deadlineOf } from "../../../src/runbook/deadline.ts";
import type { Spending } from "../../../src/runbook/look/spend.ts";
import { stack, startMs } from "../../support/stack.ts";

/** Spenders that each have every handle, named after them. */
const spending = fc.array(
  fc.record({ usdPerHour: fc.double({ min: 0, max: 100, noNaN: true }), planned: fc.integer({ min: 1, max: 50 }) }),
  { maxLength: 5 },
);

async function planFor(all: readonly { usdPerHour: number; planned: number }[]) {
  const s = stack();
  const look = {
    ...s.world.look,
    spending: () =>
      Promise.resolve(
        all.map(({ usdPerHour, planned }, index): Spending => ({
          spender: `spender-${index}`,
          plannedUsdPerHour: planned,
          kind: "measured",
          usdPerHour,
        })),
      ),
    handlesOf: (_: string, spender: string) =>
      Promise.resolve({
        function: { name: spender, heldTo: 2 },
        eventSource: { id: spender, isQueue: true },
        queries: [{ id: `query of ${spender}`, workGroup: "research" }],
        jobs: [{ id: `job of ${spender}`, name: "embed" }],
      }),
  };
  const deadline = deadlineOf(undefined, s.clock, () => ({ seconds: 2 }));
  const signal = { service: "chat", account: "123456789012", at: startMs, why: "an alarm" };
  const plan = await stopSpend.definition.plan({ signal, look, deadline });
  s.close();
  return plan;
}

it("touches one spender at most, the one furthest beyond its plan, and stops nobody who is not far beyond it", async () => {
  await fc.assert(
    fc.asyncProperty(spending, async (all) => {
      const plan = await planFor(all);
      const over = all
        .map((one, index) => ({ ...one, index }))
        .filter(({ usdPerHour, planned }) => excessOf(usdPerHour, planned) !== "within");
      if (!Array.isArray(plan)) {
        expect(over).toEqual([]);
        return;
      }

      const beyond = ({ usdPerHour, planned }: (typeof over)[number]) => usdPerHour - planned;
      const most = Math.max(...over.map(beyond));
      const actions = plan.filter((step): step is ActionStep<never> => step.kind === "action");
      const touched = new Set(actions.map(({ params }) => /spender-\d/.exec(JSON.stringify(params))?.[0]));
      expect(touched.size).toBe(1);
      const worst = over.find(({ index }) => touched.has(`spender-${index}`));
      expect(worst && beyond(worst)).toBe(most);

      const stops = actions.filter(({ action }) => action !== "lambda.slow-event-source");
      if (worst && excessOf(worst.usdPerHour, worst.planned) === "over") expect(stops).toEqual([]);
    }),
    { seed: 7, numRuns: 60 },
  );
});

it("lends what lasts, and goes on where a query or a job cannot be ended", async () => {
  const plan = await planFor([{ usdPerHour: 100, planned: 1 }]);
  const actions = Array.isArray(plan) ? plan.filter((step) => step.kind === "action") : [];
  expect(actions.map(({ action, lease, mayFail }) => [action, lease ?? mayFail])).toEqual([
    ["lambda.pause-event-source", { hours: 1 }],
    ["lambda.limit-concurrency", { hours: 1 }],
    ["athena.stop-query", true],
    ["batch.terminate-job", true],
  ]);
});
