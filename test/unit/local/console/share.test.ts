import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { share } from "../../../../local/console/app/share.ts";

describe("sharing", () => {
  it("keeps what is the same, and takes what has changed", () => {
    const before = { queue: { waiting: 1 }, fleet: [{ id: "a" }, { id: "b" }] };
    const shared = share(before, { queue: { waiting: 2 }, fleet: [{ id: "a" }, { id: "b" }] });

    expect(shared).toEqual({ queue: { waiting: 2 }, fleet: [{ id: "a" }, { id: "b" }] });
    expect(shared).not.toBe(before);
    expect((shared as typeof before).fleet).toBe(before.fleet);
  });

  it("gives the very same object when nothing has changed", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const before: unknown = JSON.parse(text);
        expect(share(before, JSON.parse(text))).toBe(before);
      }),
      { seed: 20260303 },
    );
  });

  it("always says what is new, whatever was before", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, next) => {
        expect(share(structuredClone(before), structuredClone(next))).toEqual(next);
      }),
      { seed: 20260303 },
    );
  });
});
