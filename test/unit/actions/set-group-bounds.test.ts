import { beforeEach, describe, expect, it } from "vitest";
import { setGroupBounds } from "../../../src/actions/set-group-bounds.ts";
import { publicPrices, pricesOf } from "../../../src/prices.ts";
import { changes, type Given, given, hand } from "./given.ts";

let g: Given;
let queue: string;
beforeEach(() => {
  g = given();
  g.sim.seed.group({ name: "workers", zones: ["us-east-2a"], type: "g5.xlarge", size: 1, max: 2, spot: true });
  queue = g.sim.seed.queue({ name: "jobs", messages: ["job"] }).url;
});
const raise = () => hand(g, setGroupBounds, { group: "workers", min: 3, max: 4, queue });
const group = () => g.sim.world.groups["workers"];
const receive = () => g.sim.call("sqs", "ReceiveMessage", { QueueUrl: queue });

it("sends nobody home while a message is in flight, and says how many are", async () => {
  const before = await raise().before();
  const out = await raise().do(before);
  await receive();
  await expect(raise().undo(before, out)).rejects.toMatchObject({
    retryable: true,
    message: "giving back the bounds of workers: 1 messages of jobs are in flight",
  });
  expect(group()).toMatchObject({ min: 3, max: 4, desired: 3 });

  g.clock.advance(60_000);
  await raise().undo(before, out);
  expect(group()).toMatchObject({ min: 0, max: 2, desired: 1 });
});

it("waits for no message where nobody is sent home, nor for a queue that is gone", async () => {
  const before = await raise().before();
  const out = await raise().do(before);
  await g.sim.call("autoscaling", "SetDesiredCapacity", { AutoScalingGroupName: "workers", DesiredCapacity: 3 });
  await receive();
  delete g.sim.world.queues[queue];
  await raise().undo(before, out);
  expect(group()).toMatchObject({ min: 0, max: 2, desired: 1 });
});

it("leaves a size that a scaling policy has moved since, as far as the bounds allow", async () => {
  const before = await raise().before();
  const out = await raise().do(before);
  await g.sim.call("autoscaling", "SetDesiredCapacity", { AutoScalingGroupName: "workers", DesiredCapacity: 4 });
  await raise().undo(before, out);
  expect(group()).toMatchObject({ min: 0, max: 2, desired: 2 });
});

it("changes nothing when the bounds are other than they were when they were looked at", async () => {
  const before = await raise().before();
  await g.sim.call("autoscaling", "UpdateAutoScalingGroup", { AutoScalingGroupName: "workers", MaxSize: 9 });
  await expect(raise().do(before)).rejects.toMatchObject({ code: "store_conflict" });
  expect(changes(g)).toEqual(["UpdateAutoScalingGroup"]);
});

describe("a person", () => {
  const { narrows, costs } = setGroupBounds.definition;
  const planned = { group: "workers", min: 5, max: 8 };

  it.each([
    [{ ...planned, min: 3 }, true],
    [{ ...planned, min: 0, max: 2 }, true],
    [{ ...planned, min: 6 }, false],
    [{ ...planned, max: 9 }, false],
    [{ ...planned, max: 1 }, false],
    [{ ...planned, group: "others" }, false],
  ])("may make %o of five to eight: %s", async (asked, may) => {
    const before = await raise().before();
    expect(narrows?.({ planned, asked, before })).toBe(may);
  });

  it("sees what it adds to the bill, or that nobody knows", async () => {
    const before = await raise().before();
    const prices = (spot?: number) => pricesOf({ ...publicPrices, instances: { "g5.xlarge": { spot } } });
    expect(costs?.({ params: planned, before, prices: prices(0.5) })).toBe(2);
    expect(costs?.({ params: planned, before, prices: prices() })).toBeUndefined();
    expect(costs?.({ params: { ...planned, min: 0 }, before, prices: prices() })).toBe(0);
  });
});
