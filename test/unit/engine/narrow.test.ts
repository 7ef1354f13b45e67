import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { setLevel } from "../../../src/actions/set-level.ts";
import { drainInstance } from "../../../src/actions/drain-instance.ts";
import { toMs } from "../../../src/clock.ts";
import { narrowPlan } from "../../../src/engine/narrow.ts";
import { storedAction } from "../../../src/engine/stored-action.ts";
import { pricesOf, publicPrices } from "../../../src/prices.ts";
import { type ActionStep, required } from "../../../src/runbook/action.ts";
import { levels } from "../../../src/runbook/look/service.ts";
import {
  actionsOf,
  following,
  hashPlan,
  type StoredPlan,
  touchedBy,
  wait,
  type WaitStep,
} from "../../../src/runbook/plan.ts";
import { defineRunbook } from "../../../src/runbook/runbook.ts";

const prices = pricesOf({ instances: {}, ...publicPrices });
const runbook = defineRunbook({
  id: "test",
  summary: "a test",
  on: [],
  lane: "slow",
  uses: [setLevel, drainInstance],
  limit: { runs: 1, within: { minutes: 1 } },
  plan: () => Promise.resolve([]),
});
const drain = (n: number): ActionStep =>
  drainInstance({ cluster: "gpu", containerInstance: `c-${n}`, instance: `i-${n}` });
const lower = (level: (typeof levels)[number], minutes: number): ActionStep =>
  setLevel({ service: "chat", level, reason: "slow", lease: { minutes } });

function planOf(steps: readonly (ActionStep | WaitStep)[]): StoredPlan {
  const stored = steps.map((step) =>
    step.kind === "action"
      ? storedAction(step.action === "level.set" ? setLevel.definition : drainInstance.definition, step, null, prices)
      : step,
  );
  return { steps: stored, hash: hashPlan({ steps: stored }) };
}

describe("an override", () => {
  it("never touches more, does more, or lasts longer than what was proposed, and is refused or hashed", () => {
    const step = fc.oneof(
      fc.integer({ min: 1, max: 3 }).map(drain),
      fc.tuple(fc.constantFrom(...levels), fc.integer({ min: 1, max: 90 })).map(([level, m]) => lower(level, m)),
      fc.constant(wait("a while", { minutes: 1 })),
    );
    const wish = fc.record({
      without: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
      leaseMinutes: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
      params: fc.dictionary(
        fc.integer({ min: 0, max: 5 }).map(String),
        fc.record({
          service: fc.constantFrom("chat", "search"),
          level: fc.constantFrom(...levels),
          reason: fc.string(),
        }),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), wish, (steps, { leaseMinutes, ...asked }) => {
        const plan = planOf(steps);
        const less = narrowPlan(runbook, plan, { ...asked, ...(leaseMinutes && { leaseMinutes }) }, prices);
        if (less.kind === "refused") {
          expect(less.why).toMatch(/\.$/);
          return;
        }
        const { hash, ...rest } = less.plan;
        expect(hash).toBe(hashPlan(rest));
        expect(hash).not.toBe(plan.hash);
        const before = actionsOf(plan);
        const after = actionsOf(less.plan);
        expect(after.length).toBeGreaterThan(0);
        expect(after.length).toBeLessThanOrEqual(before.length);
        expect(new Set(touchedBy(plan))).toEqual(new Set([...touchedBy(plan), ...touchedBy(less.plan)]));
        const longest = (all: typeof before) => Math.max(0, ...all.map(({ lease }) => (lease ? toMs(lease) : 0)));
        expect(longest(after)).toBeLessThanOrEqual(longest(before));
        const deepest = (all: typeof before) =>
          Math.max(
            ...all.map(({ params }) => levels.findIndex((level) => JSON.stringify(params).includes(`"${level}"`))),
          );
        expect(deepest(after)).toBeLessThanOrEqual(deepest(before));
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it("may ask for a level less deep, and gets that", () => {
    const plan = planOf([lower("minimal", 30)]);
    const params = { 0: { service: "chat", level: "limited", reason: "not so much" } };
    expect(narrowPlan(runbook, plan, { without: [], params }, prices)).toMatchObject({
      kind: "narrowed",
      changes: ['"set chat to limited" instead of "set chat to minimal"'],
    });
  });

  it("that leaves an action out leaves out what was to be seen of it alone", () => {
    const after = following(wait("see it at work", { minutes: 5 }));
    const plan = planOf([
      drain(1),
      wait("a while", { minutes: 1 }),
      drain(2),
      ...after,
      wait("the end", { minutes: 1 }),
    ]);
    const whys = (without: number[]) => {
      const less = narrowPlan(runbook, plan, { without, params: {} }, prices);
      return less.kind === "narrowed" && less.plan.steps.flatMap((step) => (step.kind === "wait" ? step.why : []));
    };
    expect(whys([2])).toEqual(["a while", "the end"]);
    expect(whys([0])).toEqual(["a while", "see it at work", "the end"]);
  });

  it("cannot leave out what bounds a step before it", () => {
    const plan = planOf([drain(1), required(drain(2))]);
    expect(narrowPlan(runbook, plan, { without: [1], params: {} }, prices)).toEqual({
      kind: "refused",
      why: '"drain i-2" cannot be left out: it bounds what comes before it.',
    });
  });
});
