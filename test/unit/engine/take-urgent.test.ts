import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { rulesOf } from "../../../infra/rules.ts";
import { take } from "../../../src/engine/take.ts";
import { takeUrgent } from "../../../src/engine/take-urgent.ts";
import { unread } from "../../../src/engine/unread.ts";
import { root } from "../../repo/tree.ts";
import { matchesPattern } from "../../../sim/event-pattern.ts";
import { interruption, stack } from "../../support/stack.ts";

const folder = join(root, "test/fixtures/events");
const samples = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, event: JSON.parse(readFileSync(join(folder, name), "utf8")) as unknown }));
const rules = Object.values(rulesOf({ stage: "test" })).filter(({ to }) => to === "spot");

/** Whether a rule of the fast lane lets an event through. */
const isUrgent = (event: unknown): boolean =>
  rules.some(({ when }) => "EventPattern" in when && matchesPattern(when.EventPattern, event));

it("the fast lane makes the same of every notice that its rule lets through as the slow lane would", async () => {
  const urgent = samples.filter(({ event }) => isUrgent(event));
  expect(urgent.length).toBeGreaterThan(1);
  for (const { name, event } of urgent) {
    const [fast, slow] = [stack(), stack()];
    const received = await takeUrgent(fast.world, event);
    const { received: expected } = await take(slow.world, event);

    expect(received, name).toEqual(expected[0]);
    expect(await unread(fast.world.table, 9), name).toEqual(await unread(slow.world.table, 9));
    fast.close();
    slow.close();
  }
});

it("a notice that comes twice joins its incident, and starts it once", async () => {
  const story = stack();
  const event = interruption("i-0123456789abcdef0", story.clock.now());
  await takeUrgent(story.world, event);
  const again = await takeUrgent(story.world, event);

  expect(again).toMatchObject({ kind: "incident", isNew: false });
  expect(story.service.list()).toHaveLength(1);
  story.close();
});

it("what is no notice is kept as unread, and not tried again", async () => {
  const story = stack();
  for (const event of [null, "{", { "detail-type": "EC2 Spot Instance Interruption Warning" }, { source: "shop" }])
    expect(await takeUrgent(story.world, event)).toBeUndefined();

  const kept = await unread(story.world.table, 9);
  expect(kept.reduce((sum, { count }) => sum + count, 0)).toBe(4);
  expect(kept.every(({ kind }) => kind === "unreadable")).toBe(true);
  story.close();
});
