import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryTable } from "../../../sim/memory-table.ts";
import { brokenLine, createStories, type Line } from "../../../src/incidents/story.ts";
import { startMs } from "../../support/stack.ts";

async function story(texts: readonly string[]): Promise<Line[]> {
  const stories = createStories(memoryTable(), { now: () => startMs });
  for (const [index, text] of texts.entries())
    await stories.tell("c0ffee000000-1", `moment ${index}`, text, { facts: { index } });
  return stories.read("c0ffee000000-1");
}

describe("a story", () => {
  it("is whole as it was told", async () => {
    const lines = await story(["one", "two", "three"]);
    expect(lines.map(({ text, seq }) => `${seq} ${text}`)).toEqual(["1 one", "2 two", "3 three"]);
    expect(brokenLine(lines)).toBeUndefined();
    expect(brokenLine([])).toBeUndefined();
  });

  it("has each moment once: who tells it again gets the line that is there", async () => {
    const stories = createStories(memoryTable(), { now: () => startMs });
    const first = await stories.tell("c0ffee000000-1", "done 0", "Done.");
    expect(first.isNew).toBe(true);
    expect(await stories.tell("c0ffee000000-1", "done 0", "Done, differently.")).toEqual({
      line: first.line,
      isNew: false,
    });
  });

  it("shows where a line was changed, whatever of it, left out, or moved", async () => {
    const whole = await story(["one", "two", "three", "four"]);
    const at = fc.integer({ min: 0, max: 3 });
    const change = fc.oneof(
      fc.record({ text: fc.string() }),
      fc.record({ who: fc.string() }),
      fc.record({ at: fc.integer() }),
      fc.record({ key: fc.string() }),
      fc.record({ facts: fc.record({ index: fc.integer() }) }),
    );
    fc.assert(
      fc.property(at, change, (index, changed) => {
        const lines = whole.map((told, i) => (i === index ? { ...told, ...changed } : told));
        const isSame = JSON.stringify(lines[index]) === JSON.stringify(whole[index]);
        expect(brokenLine(lines)).toEqual(isSame ? undefined : lines[index]);
      }),
      { seed: 5 },
    );
    expect(brokenLine(whole.toSpliced(1, 1))).toMatchObject({ seq: 3 });
    const [one, two, ...rest] = whole;
    if (!one || !two) throw new Error("the story is too short");
    expect(brokenLine([two, one, ...rest])).toMatchObject({ seq: 2 });
  });
});
