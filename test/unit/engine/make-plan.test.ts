import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { makePlan } from "../../../src/engine/make-plan.ts";
import type { Incident } from "../../../src/incidents/incident.ts";
import { defineAction, nothingToUndo } from "../../../src/runbook/action.ts";
import { defineCondition } from "../../../src/runbook/condition.ts";
import { hashPlan, say, skip, type Step, until, wait } from "../../../src/runbook/plan.ts";
import { defineRunbook, type Runbook } from "../../../src/runbook/runbook.ts";
import { type Stack, stack, startMs } from "../../support/stack.ts";

let s: Stack;
beforeEach(() => {
  s = stack();
});
afterEach(() => s.close());

let seen = 1;
const flip = defineAction({
  id: "test.flip",
  summary: ({ what }) => `flip ${what}`,
  params: z.object({ what: z.string() }),
  permissions: [],
  touches: () => ["service/chat"],
  before: () => Promise.resolve({ seen }),
  do: () => Promise.resolve(null),
  probe: () => Promise.resolve({ applied: false }),
  undo: nothingToUndo("it is a test"),
});
const yes = defineCondition({
  id: "test.yes",
  params: z.object({}),
  permissions: [],
  summary: () => "yes",
  holds: () => Promise.resolve({ holds: true, saw: "yes" }),
});
const incident: Incident = {
  id: "c0ffee000000-1",
  root: "service/chat",
  episode: 1,
  runbook: "test",
  trigger: "test",
  title: "test",
  signal: null,
  beganAt: startMs,
  openedAt: startMs,
  seen: 1,
  phase: { state: "open" },
};
const runbook = (
  steps: Step<never>[] | ReturnType<typeof skip>,
  uses: Runbook["definition"]["uses"] = [flip, yes],
): Runbook =>
  defineRunbook({
    id: "test",
    summary: "a test",
    on: [],
    lane: "slow",
    uses,
    limit: { runs: 1, within: { minutes: 1 } },
    plan: () => Promise.resolve(steps),
  });
const plan = (steps: Step[], uses?: Runbook["definition"]["uses"]) =>
  makePlan(s.world, runbook(steps as Step<never>[], uses), incident);

describe("a plan", () => {
  it.each<[string, Step]>([
    ["`for`", wait("nothing", {})],
    ["`every`", until("it is so", yes({}), { every: { seconds: Number.NaN }, within: { minutes: 1 } })],
    ["`within`", until("it is so", yes({}), { every: { seconds: 1 }, within: { minutes: -1 } })],
    ["`lease`", flip({ what: "a", lease: { seconds: 0 } })],
  ])("with a length of %s that is none is refused", async (name, step) => {
    await expect(plan([flip({ what: "b" }), step])).rejects.toThrow(`${name} of`);
  });

  it("is stored with what it does, touches and found, in words, under a hash of all of it", async () => {
    const made = await plan([flip({ what: "a", lease: { hours: 1, minutes: 30 } })]);
    expect(made).toMatchObject({
      kind: "plan",
      plan: {
        steps: [
          {
            does: "flip a",
            undo: "needs no undo: it is a test; given back by itself after 1 h 30 min",
            touches: ["service/chat"],
            was: { seen: 1 },
          },
        ],
      },
    });
    if (made.kind !== "plan") throw new Error(made.why);
    const { hash, ...rest } = made.plan;
    expect(hash).toBe(hashPlan(rest));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("of the same world has the same hash, and of a moved one another", async () => {
    const hashOf = async () => {
      const made = await plan([flip({ what: "a" })]);
      return made.kind === "plan" && made.plan.hash;
    };
    const first = await hashOf();
    expect(await hashOf()).toBe(first);
    seen = 2;
    expect(await hashOf()).not.toBe(first);
    seen = 1;
  });

  it("without an action is skipped, with what it said as the reason", async () => {
    expect(await plan([say("AWS does it."), say("Watching.")])).toEqual({
      kind: "skip",
      why: "AWS does it. Watching.",
    });
    expect(await plan([wait("nothing", { minutes: 1 })])).toEqual({
      kind: "skip",
      why: "there is nothing left to change",
    });
    expect(await makePlan(s.world, runbook(skip("not now")), incident)).toEqual({ kind: "skip", why: "not now" });
  });

  it("with an action or a condition that the runbook does not declare is refused", async () => {
    await expect(plan([flip({ what: "a" })], [yes])).rejects.toMatchObject({ code: "bad_plan" });
    const steps = [flip({ what: "a" }), until("yes", yes({}), { every: { minutes: 1 }, within: { minutes: 2 } })];
    await expect(plan(steps, [flip])).rejects.toMatchObject({ code: "bad_plan" });
  });

  it("that an execution could not run to its end is refused before anything of it is done", async () => {
    const often = until("yes", yes({}), { every: { seconds: 1 }, within: { hours: 2 } });
    await expect(plan([flip({ what: "a" }), often])).rejects.toThrow(/operations/);
    await expect(plan([flip({ what: "a", lease: { hours: 30 } })])).rejects.toThrow(/execution has .* 1 d/);
  });
});
