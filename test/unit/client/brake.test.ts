import { array, assert, integer, nat, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import type { SpendPlan } from "../../../src/client/brake.ts";
import { givenWorkload, startMs } from "./given.ts";

const model = "large";
/** 1,000 tokens cost a cent: ten dollars an hour are 1,000 calls of that, and ten times as much for half a minute are 83 of them. */
const call = { model, output: 1_000 };
const plan: SpendPlan = { usdPerHour: 10, prices: { large: { input: 3, output: 10 } } };
const second = 1_000;
const hour = 3_600_000;

function given(options: { readonly plan?: SpendPlan } = { plan }) {
  const workload = givenWorkload();
  const agent = workload.process().meter("researcher", options);
  const now = () => workload.clock.now();
  return { ...workload, agent, now, call: (times: number) => Array.from({ length: times }, () => agent.tokens(call)) };
}

describe("an agent with a plan", () => {
  it("is held as soon as it has spent in less than half a minute what ten times its plan is in that time", () => {
    const { agent, call, clock, ofKind } = given();

    call(83);
    expect(agent.held()).toBeUndefined();
    call(1);

    expect(agent.held()).toEqual({
      agent: "researcher",
      retryAt: startMs + 30 * second,
      until: startMs + hour,
      why: "researcher spent more than 10 times the $10 an hour that are planned",
    });
    expect(clock.now()).toBe(startMs);
    expect(ofKind("agent-held")).toMatchObject([{ agent: "researcher", plannedUsdPerHour: 10, until: startMs + hour }]);
  });

  it("is reported at once, not with the next report", async () => {
    const { call, sent, advance } = given();

    call(84);
    await advance(0);

    expect(sent.map((points) => points.map(({ value }) => value))).toEqual([[84_000]]);
  });

  it("makes as many calls as the plan pays for while it is held", async () => {
    const { agent, call, advance } = given();
    call(84);

    let made = 0;
    for (let s = 0; s < 600; s++) {
      await advance(second);
      if (agent.held() === undefined) made += 1;
    }

    // A call of a cent each 3.6 seconds is ten dollars an hour; asked each second, each fourth.
    expect(made).toBe(143);
  });

  it("goes on when nobody was refused for five minutes", async () => {
    const { agent, call, advance, ofKind } = given();
    call(84);

    await advance(300 * second);

    expect([agent.held(), agent.held()]).toEqual([undefined, undefined]);
    expect(ofKind("agent-released")).toMatchObject([{ why: "it has been calm for five minutes" }]);
  });

  it("goes on when the workload says so, and is held again by what runs away then", async () => {
    const { agent, call, advance } = given();
    call(84);
    agent.release();
    expect(agent.held()).toBeUndefined();

    await advance(60 * second);
    call(84);

    expect(agent.held()).toBeDefined();
  });

  it("is not held for a few large calls", () => {
    const { agent } = given();

    for (let i = 0; i < 4; i++) agent.tokens({ model, output: 1_000_000 });

    expect(agent.held()).toBeUndefined();
  });

  it("is not held for what has no price, and that is told once", () => {
    const { agent, ofKind } = given();

    for (let i = 0; i < 1_000; i++) agent.tokens({ model: "new", output: 1_000_000 });

    expect(agent.held()).toBeUndefined();
    expect(ofKind("model-unpriced")).toEqual([{ kind: "model-unpriced", agent: "researcher", model: "new" }]);
  });

  it.each([0, -1, NaN, Infinity])("of %d dollars an hour is refused", (usdPerHour) => {
    expect(() => given({ plan: { ...plan, usdPerHour } })).toThrow(
      "the plan of researcher: usdPerHour must be above 0",
    );
  });

  it("is never held while it spends less than ten times its plan in every half minute", () => {
    // Each call at most a hundredth of what half a minute may cost, at least a hundredth of its time apart.
    const calls = array(record({ apartMs: integer({ min: 365, max: 5_000 }), output: nat(1_000) }), {
      minLength: 50,
      maxLength: 300,
    });
    assert(
      property(calls, (all) => {
        const { agent, clock } = given();
        for (const { apartMs, output } of all) {
          clock.advanceTo(clock.now() + apartMs);
          agent.tokens({ model, output });
          expect(agent.held()).toBeUndefined();
        }
      }),
      { seed: 6, numRuns: 50 },
    );
  });

  it("is never held for longer than an hour, however often it asks, whatever its clock does", () => {
    assert(
      property(array(integer({ min: -20_000, max: 240_000 }), { maxLength: 40 }), (steps) => {
        let now = startMs;
        const agent = givenWorkload()
          .process({ clock: { now: () => now } })
          .meter("researcher", { plan });
        for (let i = 0; i < 84; i++) agent.tokens(call);
        for (const ms of steps) {
          now += ms;
          const held = agent.held();
          if (held) expect(held.retryAt <= held.until && held.until - now <= hour).toBe(true);
        }
        now = startMs + hour;
        expect(agent.held()).toBeUndefined();
      }),
      { seed: 6, numRuns: 50 },
    );
  });
});

it("an agent without a plan is never held", () => {
  const { agent, call } = given({});

  call(10_000);

  expect(agent.held()).toBeUndefined();
});
