import { describe, expect, it } from "vitest";
import { bars, scatter, timeline } from "../../../../bench/remediation/plot.ts";

const count = (svg: string, what: string): number => svg.split(what).length - 1;

describe("a picture of the report", () => {
  it("names who never gets there, and draws no circle for them", () => {
    const svg = scatter(
      ["cost", "late"],
      [
        { name: "one", x: 1, y: 2 },
        { name: "none", x: Infinity, y: 1 },
      ],
    );

    expect(count(svg, "<circle")).toBe(1);
    expect(svg).toContain("never: none");
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it("draws a bar that is twice as long for twice as much, and an interval only where there is one", () => {
    const svg = bars(
      "loss",
      [
        { name: "a", value: 10, low: 10, high: 10 },
        { name: "b", value: 20, low: 15, high: 20 },
      ],
      String,
    );
    const [a = 0, b = 0] = [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));

    expect(b).toBeCloseTo(2 * a, 0);
    expect(count(svg, "<path")).toBe(1);
  });

  it("joins neighbouring stretches of one state, and lets no name break out of it", () => {
    const svg = timeline({
      title: "one incident",
      unit: "minutes",
      end: 3,
      lanes: [
        {
          name: "<script>",
          spans: [0, 1, 2].map((from) => ({ from, to: from + 1, state: from === 2 ? "bad" : "good" })),
        },
      ],
    });

    expect(count(svg, "<title>")).toBe(2);
    expect(svg).toContain("good, 0.0 to 2.0 minutes");
    expect(svg).toContain("&lt;script&gt;");
    expect(svg).not.toContain("<script>");
  });
});
