import { expect, it } from "vitest";
import { memoryTable } from "../../../sim/memory-table.ts";
import { toMs } from "../../../src/clock.ts";
import { createDurations } from "../../../src/engine/durations.ts";

const noted = async (...lengths: number[]) => {
  const durations = createDurations(memoryTable());
  for (const ms of lengths) await durations.note([{ action: "a", ms }]);
  const usual = await durations.usual();
  return (action: string): number | undefined => {
    const length = usual(action);
    return length && toMs(length);
  };
};

it("what an action usually takes is what nine of ten of its latest runs took at most", async () => {
  const usual = await noted(...Array.from({ length: 10 }, (_, i) => (i + 1) * 100));
  expect(usual("a")).toBe(900);
});

it("of an action that has not been run nothing is known", async () => {
  expect((await noted(100))("b")).toBeUndefined();
});

it("only the latest twenty runs count", async () => {
  const usual = await noted(...Array<number>(30).fill(9_000), ...Array<number>(20).fill(50));
  expect(usual("a")).toBe(50);
});
