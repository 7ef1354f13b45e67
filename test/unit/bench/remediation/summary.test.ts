import { describe, expect, it } from "vitest";
import type { Run, Scenario, Trial } from "../../../../bench/remediation/scenario.ts";
import { summarise } from "../../../../bench/remediation/summary.ts";

const scenario: Scenario = {
  id: "S0",
  title: "Made up",
  about: "",
  days: 7,
  lossUnit: "dollars",
  against: "people",
  goals: [
    { metric: "late", atMost: 0, says: "none late" },
    { metric: "detect.p90", atMost: 60, says: "seen in a minute" },
    { metric: "recoveredShare", atLeast: 0.7, says: "most of it" },
  ],
  open: () => ({ run: () => Promise.reject(new Error("not run")) }),
};

const run = (loss: number, more: Partial<Run> = {}): Run => ({ loss, metrics: { late: 0 }, ...more });
const trial = (loss: number, more: Partial<Run> = {}): Trial => ({
  bot: run(loss, more),
  baselines: { people: run(10), nothing: run(20) },
  oracle: run(2),
});

describe("a summary", () => {
  it("says what share of what can be recovered is recovered, over all seeds together", () => {
    const { recoveredShare, ci95 } = summarise(scenario, [trial(2), trial(6)]);

    expect(recoveredShare).toBe(0.75);
    expect(ci95).toEqual([0.5, 1]);
  });

  it("says that nothing can be recovered where the baseline is as good as the limit", () => {
    const even: Trial = { bot: run(2), baselines: { people: run(2) }, oracle: run(2) };

    expect(summarise(scenario, [even]).recoveredShare).toBeNull();
  });

  it("counts false actions by the week, harmful ones by those tried, and prompts by the day", () => {
    const actions = { taken: 9, wrong: 1, tested: 4, harmful: 1 };

    const summary = summarise(scenario, [trial(2, { actions, prompts: 7 }), trial(2, { actions, prompts: 0 })]);

    expect(summary).toMatchObject({
      falseActions: 1,
      harmfulActions: 0.25,
      actions: 18,
      actionsTested: 8,
      prompts: 0.5,
    });
  });

  it("pools delays, and counts those that never came", () => {
    const { bot } = summarise(scenario, [
      trial(2, { delays: { detect: [10, 20] } }),
      trial(2, { delays: { detect: [30, Infinity] } }),
    ]);

    expect(bot.delays["detect"]).toMatchObject({ median: { mean: 20 }, p90: Infinity, missed: 0.25, incidents: 4 });
  });

  it("says which goals are reached, and with what", () => {
    const { goals } = summarise(scenario, [trial(2, { metrics: { late: 1 }, delays: { detect: [30] } })]);

    expect(goals.map(({ value, reached }) => [value, reached])).toEqual([
      [1, false],
      [30, true],
      [1, true],
    ]);
  });
});
