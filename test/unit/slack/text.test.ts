import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { code, fold, foreign, moment } from "../../../src/slack/text.ts";

const hostile = [
  "<!channel> <@U0ANNA> <#C1|x> <https://evil.example|click>",
  "*Approved* by _Anna_ ~not~ `code` ```block```",
  "line\n> quote\r\n\u2028*second*",
  "\u202egnp.exe\u202c a\u200bb\ufeff",
  "&lt;!here&gt; & < >",
  "\ud800 lone \udc00",
];
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.constantFrom(...hostile),
  fc.string({ maxLength: 9_000 }),
);

describe("text that is not ours", () => {
  it("mentions nobody, links nowhere, formats nothing and stays on one line, at most as long as it may be", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 10, max: 3_000 }), (text, max) => {
        const safe = foreign(text, max);
        expect(safe.length).toBeLessThanOrEqual(max);
        expect(safe.length).toBeGreaterThan(0);
        expect(safe.isWellFormed()).toBe(true);
        expect(safe).not.toMatch(/[<>`\n\r\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
        expect(safe.replace(/&(amp|lt|gt);/g, "")).not.toContain("&");
        expect(safe).not.toMatch(/(^|[^\p{L}\p{N}])[*_~]|[*_~]([^\p{L}\p{N}]|$)/u);
      }),
      { seed: 20260304, numRuns: 500 },
    );
  });

  it("stays readable where it is harmless", () => {
    expect(foreign("drain my_gpu_job: R&D, 5 < 6", 100)).toBe("drain my_gpu_job: R&amp;D, 5 &lt; 6");
  });

  it("is cut between characters and says so", () => {
    expect(foreign("🚑🚑🚑", 5)).toBe("🚑🚑…");
    expect(foreign("a&b", 5)).toBe("a…");
  });

  it("says when there is none", () => {
    expect(foreign("\n\u200b", 100)).toBe("(empty)");
  });

  it("cannot leave the code that a name is shown in", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 10, max: 300 }), (text, max) => {
        const shown = code(text, max);
        expect(shown.length).toBeLessThanOrEqual(max);
        expect(shown.slice(1, -1)).not.toMatch(/[<>`\n\r]/);
      }),
      { seed: 20260304 },
    );
    expect(code("alarm-*", 40)).toBe("`alarm-*`");
  });
});

describe("a list", () => {
  it("is folded into what fits and a count of the rest", () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    expect(fold(lines, { linesMax: 3, charsMax: 1_000 }, (from) => `and ${40 - from} more`)).toBe(
      "line 0\nline 1\nline 2\nand 37 more",
    );
  });

  it("is never longer than it may be, and loses no line uncounted", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 90 }), { maxLength: 60 }),
        fc.integer({ min: 20, max: 500 }),
        fc.integer({ min: 1, max: 20 }),
        (lines, charsMax, linesMax) => {
          const text = fold(lines, { linesMax, charsMax }, (from) => `and ${lines.length - from} more`);
          const shown = text === "" ? [] : text.split("\n");
          const more = /^and (\d+) more$/.exec(shown.at(-1) ?? "");
          expect(text.length).toBeLessThanOrEqual(charsMax);
          expect(more ? shown.length - 1 + Number(more[1]) : shown.length).toBe(lines.length);
          expect(shown.length).toBeLessThanOrEqual(linesMax + 1);
        },
      ),
      { seed: 20260304, numRuns: 500 },
    );
  });
});

describe("a moment", () => {
  it("is shown in the reader's time zone, and in UTC where that cannot be", () => {
    expect(moment(Date.UTC(2026, 2, 4, 5, 6, 7))).toBe(
      "<!date^1772600767^{date_short_pretty} at {time}|2026-03-04 05:06 UTC>",
    );
  });

  it.each([-1, Number.NaN, Infinity, 9e15])("that is none (%d) is said to be unknown", (at) => {
    expect(moment(at)).toBe("an unknown time");
  });
});
