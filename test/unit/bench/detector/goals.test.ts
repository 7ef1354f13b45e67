import { expect, it } from "vitest";
import { goalTable, isReached } from "../../../../bench/detector/goals.ts";

it("a goal is reached at its bound, and never by what is no number", () => {
  const goal = { what: "recall", reached: 0.9, bound: "at least", wanted: 0.9 } as const;
  expect(isReached(goal)).toBe(true);
  expect(isReached({ ...goal, reached: 0.89 })).toBe(false);
  expect(isReached({ ...goal, reached: Number.NaN })).toBe(false);
  expect(isReached({ ...goal, bound: "at most", reached: 0.91 })).toBe(false);
});

it("goals are a table, one line each, with what is wanted and whether it is there", () => {
  expect(
    goalTable([
      { what: "points a second", reached: 75_123, bound: "at least", wanted: 60_000 },
      { what: "false alarms", reached: 2, bound: "at most", wanted: 1 },
    ]),
  ).toEqual([
    "                 reached  wanted          there",
    "points a second  75120    at least 60000  yes",
    "false alarms     2        at most 1       no",
  ]);
});
