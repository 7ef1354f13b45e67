import * as fc from "fast-check";
import { expect, it } from "vitest";
import { stopSpend } from "../../../runbooks/stop-spend.ts";
import { excessOf } from "../../../src/policies/spend-rate.ts";
import type { ActionStep } from "../../../src/runbook/action.ts";
import { deadlineOf } from "../../../src/runbook/deadline.ts";
import type { Spending } from "../../../src/runbook/look/spend.ts";
import type { Consent } from "../../../src/runbook/plan.ts";
import { stack, startMs } from "../../support/stack.ts";

/** Spenders that each have every handle, named after them. */
const spending = fc.array(
  fc.record({ usdPerHour: fc.double({ min: 0, max: 100, noNaN: true }), planned: fc.integer({ min: 1, max: 50 }) }),
  { maxLength: 5 },
);

let consent: Consent | undefined;

async function planFor(
  all: readonly { usdPerHour: number; latelyUsdPerHour?: number; planned: number }[],
  { runs = true }: { runs?: boolean } = {},
) {
  const s = stack();
  const look = {
    ...s.world.look,
    spending: () =>
      Promise.resolve(
        all.map(({ usdPerHour, latelyUsdPerHour = 0, planned }, index): Spending => ({
          spender: `spender-${index}`,
          plannedUsdPerHour: planned,
          kind: "measured",
          usdPerHour,
          latelyUsdPerHour,
        })),
      ),
    handlesOf: (_: string, spender: string) =>
      Promise.resolve({
        function: { name: spender, heldTo: 2 },
        eventSource: { id: spender, isQueue: true },
        queries: runs ? [{ id: `query of ${spender}`, workGroup: "research" }] : [],
        jobs: runs ? [{ id: `job of ${spender}`, name: "embed" }] : [],
      }),
  };
  const deadline = deadlineOf(undefined, s.clock, () => ({ seconds: 2 }));
  const signal = { service: "chat", account: "123456789012", at: startMs, why: "an alarm" };
  const plan = await stopSpend.definition.plan({ signal, look, deadline });
  consent = await stopSpend.definition.consent?.({ signal, look });
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

it("holds back at once who spends ten times the plan in the last half minute, and stops only if that does not hold", async () => {
  const plan = await planFor([{ usdPerHour: 3, latelyUsdPerHour: 100, planned: 10 }], { runs: false });
  const actions = Array.isArray(plan) ? plan.filter((step) => step.kind === "action") : [];
  expect(actions.map(({ action, lease, unless }) => [action, lease, unless?.what])).toEqual([
    ["lambda.slow-event-source", { hours: 1 }, undefined],
    ["lambda.pause-event-source", { hours: 1 }, "spender-0 is held by that"],
  ]);
  expect(consent).toMatchObject({ needs: "none", why: expect.stringContaining("more than 10 times the $10") });
});

it("needs a yes for less: a launch spends as much", async () => {
  await planFor([{ usdPerHour: 50, latelyUsdPerHour: 99, planned: 10 }]);
  expect(consent).toMatchObject({ needs: "a-yes" });
});
