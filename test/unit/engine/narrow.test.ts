import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { setLevel } from "../../../src/actions/set-level.ts";
import { drainInstance } from "../../../src/actions/drain-instance.ts";
import { learnMemory } from "../../../src/actions/learn-memory.ts";
import { redrive } from "../../../src/actions/redrive.ts";
import { releaseMessages } from "../../../src/actions/release-messages.ts";
import { toMs } from "../../../src/clock.ts";
import { findAction } from "../../../src/engine/make-plan.ts";
import { narrowPlan } from "../../../src/engine/narrow.ts";
import { storedAction } from "../../../src/engine/stored-action.ts";
import { pricesOf, publicPrices } from "../../../src/prices.ts";
import { type ActionStep, defineAction, required } from "../../../src/runbook/action.ts";
import { levels } from "../../../src/runbook/look/service.ts";
import {
  actionsOf,
  following,
  hashPlan,
  type StoredPlan,
  touchedBy,
  usdPerHourOf,
  wait,
  type WaitStep,
} from "../../../src/runbook/plan.ts";
import { defineRunbook } from "../../../src/runbook/runbook.ts";

/** An action that adds so many dollars an hour to the bill, or takes them off it. */
const priced = defineAction({
  id: "test.priced",
  params: z.object({ usd: z.number() }),
  permissions: [],
  summary: ({ usd }) => `spend ${usd}`,
  touches: () => ["service/chat"],
  costs: ({ params: { usd } }) => usd,
  narrows: ({ planned, asked }) => Math.abs(asked.usd) <= Math.abs(planned.usd) && asked.usd * planned.usd >= 0,
  before: () => Promise.resolve(null),
  do: () => Promise.resolve(null),
  probe: () => Promise.resolve({ applied: false }),
  undo: () => Promise.resolve(),
});
const prices = pricesOf({ instances: {}, ...publicPrices });
const runbook = defineRunbook({
  id: "test",
  summary: "a test",
  on: [],
  lane: "slow",
  uses: [setLevel, drainInstance, redrive, releaseMessages, learnMemory, priced],
  limit: { runs: 1, within: { minutes: 1 } },
  plan: () => Promise.resolve([]),
});
const spend = (usd: number): ActionStep => priced({ usd });
const drain = (n: number): ActionStep =>
  drainInstance({ cluster: "gpu", containerInstance: `c-${n}`, instance: `i-${n}` });
const lower = (level: (typeof levels)[number], minutes: number): ActionStep =>
  setLevel({ service: "chat", level, reason: "slow", lease: { minutes } });

function planOf(steps: readonly (ActionStep | WaitStep)[]): StoredPlan {
  const stored = steps.map((step) =>
    step.kind === "action" ? storedAction(findAction(runbook, step.action), step, null, prices) : step,
  );
  return { steps: stored, hash: hashPlan({ steps: stored }) };
}

const move = (perSecond: number): ActionStep =>
  redrive({ deadLetters: "arn:aws:sqs:us-east-2:123456789012:dead", url: "https://sqs/dead", perSecond });
const release = (...ids: string[]): ActionStep =>
  releaseMessages({
    instance: "i-1",
    queueUrl: "https://sqs/q",
    messages: ids.map((id) => ({ id, receiptHandle: `r-${id}` })),
  });
const remember = (days: number): ActionStep => learnMemory({ family: "tune", memoryMiB: 3_072, job: "tune-1", days });

describe("an override", () => {
  it("never touches more, does more, or lasts longer than what was proposed, and is refused or hashed", () => {
    const step = fc.oneof(
      fc.integer({ min: 1, max: 3 }).map(drain),
      fc.tuple(fc.constantFrom(...levels), fc.integer({ min: 1, max: 90 })).map(([level, m]) => lower(level, m)),
      fc.constant(wait("a while", { minutes: 1 })),
      fc.integer({ min: -5, max: 5 }).map(spend),
    );
    const wish = fc.record({
      without: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
      leaseMinutes: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
      params: fc.dictionary(
        fc.integer({ min: 0, max: 5 }).map(String),
        fc.oneof(
          fc.record({
            service: fc.constantFrom("chat", "search"),
            level: fc.constantFrom(...levels),
            reason: fc.string(),
          }),
          fc.record({ usd: fc.integer({ min: -6, max: 6 }) }),
        ),
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
        expect(usdPerHourOf(less.plan)).toBeLessThanOrEqual(Math.max(0, usdPerHourOf(plan) ?? 0));
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

  it.each([
    ["slower, down to half", () => move(40), { perSecond: 20 }, true],
    ["so slow that nobody waits for it", () => move(40), { perSecond: 10 }, false],
    ["faster", () => move(40), { perSecond: 41 }, false],
    ["fewer messages", () => release("a", "b"), { messages: [{ id: "a", receiptHandle: "r-a" }] }, true],
    ["other messages", () => release("a"), { messages: [{ id: "b", receiptHandle: "r-b" }] }, false],
    ["for fewer days", () => remember(30), { days: 7 }, true],
    ["for more days", () => remember(30), { days: 31 }, false],
    ["other memory", () => remember(30), { memoryMiB: 1 }, false],
  ] as const)("may ask for parameters that are less and for no others: %s", (_, make, change, isLess) => {
    const step = make();
    const params = { 0: { ...z.record(z.string(), z.json()).parse(step.params), ...change } };
    const made = narrowPlan(
      runbook,
      planOf([step]),
      { without: [], params: z.record(z.string(), z.json()).parse(params) },
      prices,
    );
    expect(made.kind).toBe(isLess ? "narrowed" : "refused");
  });

  it("cannot leave out what saves money while what costs money stays", () => {
    const plan = planOf([spend(3), spend(-2)]);
    const why = "That would cost more than the plan does.";
    expect(narrowPlan(runbook, plan, { without: [1], params: {} }, prices)).toEqual({ kind: "refused", why });
    expect(narrowPlan(runbook, plan, { without: [0], params: {} }, prices).kind).toBe("narrowed");
  });

  it("cannot leave out what bounds a step before it", () => {
    const plan = planOf([drain(1), required(drain(2))]);
    expect(narrowPlan(runbook, plan, { without: [1], params: {} }, prices)).toEqual({
      kind: "refused",
      why: '"drain i-2" cannot be left out: it bounds what comes before it.',
    });
  });
});
