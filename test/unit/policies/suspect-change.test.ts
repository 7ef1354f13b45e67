import * as fc from "fast-check";
import { expect, it } from "vitest";
import { suspectOf } from "../../../src/policies/suspect-change.ts";

const hour = 3_600_000;
const about = { troubleAt: 0, within: { hours: 24 } };
const at = (hours: number) => ({ at: hours * hour });

it("the latest change before the trouble is suspected", () => {
  expect(suspectOf([at(-5), at(-1), at(-3)], about)).toEqual(at(-1));
});

it("a change after the trouble, or from long before, is not", () => {
  expect(suspectOf([at(1), at(-25)], about)).toBeUndefined();
});

it("a change that seems a minute late is, since metrics are as late", () => {
  expect(suspectOf([at(-2), { at: 60_000 }], about)).toEqual({ at: 60_000 });
});

it("whoever is suspected came before all of the trouble and after all others that could be", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -48 * hour, max: 48 * hour })), (times) => {
      const suspect = suspectOf(
        times.map((time) => ({ at: time })),
        about,
      );
      const could = times.filter((time) => time <= 120_000 && time > -24 * hour);
      expect(suspect?.at).toBe(could.length > 0 ? Math.max(...could) : undefined);
    }),
    { seed: 7 },
  );
});
