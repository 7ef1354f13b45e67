import { describe, expect, it } from "vitest";
import { componentDistance, isInTrouble, suspects } from "../../../src/detect/suspects.ts";

const calls = new Map([
  ["front", ["search", "pay"]],
  ["search", ["table"]],
]);

describe("suspects", () => {
  it("puts the component first whose trouble none of those it calls explains", () => {
    const distances = new Map([
      ["front", 9],
      ["search", 12],
      ["table", 11],
      ["pay", 0.2],
    ]);

    expect(suspects(distances, calls).map(({ component }) => component)).toEqual(["table", "search", "pay", "front"]);
  });

  it("goes by distance where nobody knows who calls whom", () => {
    const distances = new Map([
      ["a", 1],
      ["b", 3],
    ]);

    expect(suspects(distances, new Map())[0]).toEqual({ component: "b", distance: 3, own: 3 });
  });

  it("takes a component's two farthest metrics together, and one alone as it is", () => {
    expect(componentDistance([0.1, 4, 2])).toBe(3);
    expect(componentDistance([4])).toBe(4);
    expect(componentDistance([])).toBe(0);
  });

  it("believes in trouble only when a second component notices", () => {
    expect(isInTrouble(new Map([["a", 4]]))).toBe(false);
    expect(
      isInTrouble(
        new Map([
          ["a", 4],
          ["b", 0.1],
        ]),
      ),
    ).toBe(false);
    expect(
      isInTrouble(
        new Map([
          ["a", 4],
          ["b", 0.6],
        ]),
      ),
    ).toBe(true);
    expect(
      isInTrouble(
        new Map([
          ["a", 1.2],
          ["b", 1.2],
        ]),
      ),
    ).toBe(false);
  });
});
