import * as fc from "fast-check";
import { expect, it } from "vitest";
import { shiftTraffic } from "../../../src/actions/shift-traffic.ts";
import { changes, given, hand } from "./given.ts";

it("waits for SageMaker while it is at work on the endpoint", async () => {
  const g = given();
  const endpoint = g.sim.seed.endpoint({ name: "rank", weights: { old: 0.5, new: 0.5 } });
  endpoint.status = "Updating";
  const shift = hand(g, shiftTraffic, { endpoint: "rank", weights: { old: 1, new: 0 } });
  await expect(shift.do(await shift.before())).rejects.toMatchObject({ code: "aws_failed", retryable: true });
  expect(changes(g)).toEqual([]);
});

it("leaves the weights of variants that it does not name", async () => {
  const g = given();
  g.sim.seed.endpoint({ name: "rank", weights: { old: 0.4, new: 0.4, shadow: 0.2 } });
  const shift = hand(g, shiftTraffic, { endpoint: "rank", weights: { new: 0 } });
  await shift.do(await shift.before());
  g.clock.advance(180_000);
  expect(g.sim.world.endpoints["rank"]?.variants.map(({ weight }) => weight)).toEqual([0.4, 0, 0.2]);
});

it("is narrowed by weights between those from before and those planned, and by no others", () => {
  const weight = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(weight, weight, weight, (from, to, asked) => {
      const isNarrower = shiftTraffic.definition.narrows?.({
        planned: { endpoint: "rank", weights: { new: to } },
        asked: { endpoint: "rank", weights: { new: asked } },
        before: { weights: { new: from } },
      });
      expect(isNarrower).toBe(asked >= Math.min(from, to) && asked <= Math.max(from, to));
    }),
    { seed: 7 },
  );
  const planned = { endpoint: "rank", weights: { new: 0 } };
  const before = { weights: { old: 0.5, new: 0.5 } };
  const { narrows } = shiftTraffic.definition;
  expect(narrows?.({ planned, asked: { endpoint: "other", weights: { new: 0.2 } }, before })).toBe(false);
  expect(narrows?.({ planned, asked: { endpoint: "rank", weights: { old: 0.2 } }, before })).toBe(false);
});
