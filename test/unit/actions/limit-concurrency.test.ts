import { beforeEach, expect, it } from "vitest";
import { BotError } from "../../../src/bot-error.ts";
import { limitConcurrency } from "../../../src/actions/limit-concurrency.ts";
import { changes, type Given, given, hand } from "./given.ts";

let g: Given;
beforeEach(() => {
  g = given();
});
const limit = (concurrency: number) => hand(g, limitConcurrency, { function: "researcher", concurrency });
const reserved = () => g.sim.world.functions["researcher"]?.reserved;

it("gives back the bound that was there before", async () => {
  g.sim.seed.lambdaFunction({ name: "researcher", reserved: 20 });
  const before = await limit(2).before();
  const out = await limit(2).do(before);
  expect(reserved()).toBe(2);
  await limit(2).undo(before, out);
  expect(reserved()).toBe(20);
});

it("never raises a bound, and leaves one that is lower when it comes to the undo", async () => {
  g.sim.seed.lambdaFunction({ name: "researcher", reserved: 1 });
  const before = await limit(5).before();
  const out = await limit(5).do(before);
  await limit(5).undo(before, out);
  expect(reserved()).toBe(1);
  expect(changes(g)).toEqual([]);
});

it("stops a function altogether when it is asked for none", async () => {
  g.sim.seed.lambdaFunction({ name: "researcher" });
  await limit(0).do(await limit(0).before());
  expect(reserved()).toBe(0);
});

it("leaves alone what somebody has set since the plan", async () => {
  g.sim.seed.lambdaFunction({ name: "researcher", reserved: 20 });
  const before = await limit(2).before();
  await g.sim.call("lambda", "PutFunctionConcurrency", {
    FunctionName: "researcher",
    ReservedConcurrentExecutions: 50,
  });
  await expect(limit(2).do(before)).rejects.toThrow(BotError);
  expect(reserved()).toBe(50);
});

it("is narrowed by whoever leaves the function more", () => {
  const { narrows } = limitConcurrency.definition;
  const planned = { function: "researcher", concurrency: 2 };
  const before = { reserved: 20 };
  expect(narrows?.({ planned, asked: { ...planned, concurrency: 5 }, before })).toBe(true);
  expect(narrows?.({ planned, asked: { ...planned, concurrency: 1 }, before })).toBe(false);
  expect(narrows?.({ planned, asked: { function: "other", concurrency: 5 }, before })).toBe(false);
});
