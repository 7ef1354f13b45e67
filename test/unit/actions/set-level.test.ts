import { beforeEach, describe, expect, it } from "vitest";
import { setLevel } from "../../../src/actions/set-level.ts";
import { levelNow, levelParameter, readLevel } from "../../../src/aws/level.ts";
import { BotError } from "../../../src/bot-error.ts";
import { startMs } from "../../support/stack.ts";
import { changes, type Given, given, hand, type Hand } from "./given.ts";

let g: Given;
let lower: Hand;
const name = levelParameter("chat");
beforeEach(() => {
  g = given();
  lower = hand(g, setLevel, { service: "chat", level: "limited", reason: "slow" });
});
const byHand = (value: string) => g.sim.seed.parameter({ name, value });
const text = () => g.sim.world.parameters[name]?.versions.at(-1)?.value;
const level = async (at = startMs) => levelNow(await readLevel(g.reading.ssm, "chat"), at);

it("sets a level with its reason and its end, and recognises it", async () => {
  const before = await lower.before();
  expect(await lower.probe(before)).toEqual({ applied: false });
  const out = await lower.do(before, { leaseUntil: startMs + 1_000 });
  expect(JSON.parse(text() ?? "")).toEqual({
    level: "limited",
    reason: "slow",
    incident: "c0ffee000000-1",
    key: "c0ffee000000-1-0",
    setBy: "paramedic",
    since: startMs,
    expiresAt: startMs + 1_000,
  });
  expect(await lower.probe(before)).toEqual({ applied: true, out });
  expect(await level()).toBe("limited");
  expect(await level(startMs + 1_000)).toBe("full");
});

it("gives it back once: full where there was nothing", async () => {
  const before = await lower.before();
  const out = await lower.do(before);
  await lower.undo(before, out);
  await lower.undo(before, out);
  expect(await level()).toBe("full");
  expect(changes(g)).toHaveLength(2);
});

it("gives back the very text that was there, even one that only people understand", async () => {
  byHand("off, see ticket 12");
  const before = await lower.before();
  const out = await lower.do(before);
  await lower.undo(before, out);
  expect(text()).toBe("off, see ticket 12");
});

it("leaves a parameter alone that somebody has set since it was looked at", async () => {
  const before = await lower.before();
  byHand("mine");
  await expect(lower.do(before)).rejects.toThrow(BotError);
  expect(text()).toBe("mine");
  expect(await lower.probe(before)).toEqual({ applied: false });
});

it("does not take back what somebody has set in its place", async () => {
  const before = await lower.before();
  const out = await lower.do(before);
  byHand("mine");
  await lower.undo(before, out);
  expect(text()).toBe("mine");
});

it("has nothing to take back where it never happened or the parameter is gone", async () => {
  const before = await lower.before();
  await lower.undo(before, null);
  expect(text()).toBeUndefined();
  const out = await lower.do(before);
  await g.sim.call("ssm", "DeleteParameter", { Name: name });
  await lower.undo(before, out);
  expect(text()).toBeUndefined();
});

it("does not take another step's write for its own", async () => {
  const other = hand(g, setLevel, { service: "chat", level: "limited", reason: "slow" }, "c0ffee000000-2-0");
  await other.do(await other.before());
  expect(await lower.probe(await lower.before())).toEqual({ applied: false });
});

describe("a level that cannot be read", () => {
  it.each(["", "{", "null", '{"level":"half"}', "limited"])("counts as full: %s", async (value) => {
    byHand(value === "" ? " " : value);
    expect(await level()).toBe("full");
  });
});
