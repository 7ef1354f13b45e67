import { afterEach, describe, expect, it } from "vitest";
import { take } from "../../src/engine/take.ts";
import { alarmEvent } from "../support/alarm-event.ts";
import { changed } from "../support/episodes.ts";
import { queueSettings, seedQueue, work } from "../support/queue-story.ts";
import { type Stack, stack, type StackOptions, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const auto: StackOptions = { settings: queueSettings({ redrive: "auto" }) };
const waiting = { metric: { name: "ApproximateNumberOfMessagesVisible", queue: "jobs-dead" } };
const lettersWait = (at = startMs) => take(s.world, alarmEvent("jobs-dead-waiting", at, waiting));
const moves = () => Object.values(s.sim.world.moveTasks).map(({ state, moved }) => `${state} ${moved}`);

async function end(hours = 2) {
  await s.runTo({ hours });
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return { ...incident, story: (await s.world.stories.read(incident.id)).map(({ text }) => text) };
}

describe("dead letters", () => {
  it("go back a few first, and the rest when those stay out", async () => {
    s = stack(auto);
    const { dead, jobs } = seedQueue(s, { dead: 60 });
    work(s);
    await lettersWait();

    await s.runTo({ minutes: 4 });
    const few = 60 - dead().length;
    expect(few).toBeGreaterThanOrEqual(9);
    expect(few).toBeLessThanOrEqual(13);

    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(dead()).toEqual([]);
    expect(jobs()).toEqual([]);
    expect(s.pages).toEqual([]);
    expect(moves()[0]).toBe(`CANCELLED ${few}`);
    expect(story.slice(0, 3)).toEqual([
      "Plan: move messages out of jobs-dead, 1 a second; those moved stay moved; stop moving messages out of jobs-dead; " +
        "move messages out of jobs-dead, 1 a second; those moved stay moved.",
      "Done: move messages out of jobs-dead, 1 a second; those moved stay moved.",
      "Done: stop moving messages out of jobs-dead.",
    ]);
  });

  it("stay where they are when those that were tried come back, and people are paged", async () => {
    s = stack(auto);
    const { dead } = seedQueue(s, { dead: 60, workers: 4 });
    work(s, { fails: () => true });
    await lettersWait();

    const { phase } = await end();
    expect(phase).toMatchObject({
      outcome: "undone",
      why: expect.stringMatching(/^they stay out: no; (\d+) of \1 came back$/),
    });
    expect(dead()).toHaveLength(60);
    expect(moves()).toHaveLength(1);
    expect(s.pages).toHaveLength(1);
  });

  it("are not tried while an alarm of the service says that the cause is there, and are when it is quiet again", async () => {
    s = stack(auto);
    const { dead } = seedQueue(s, { dead: 5 });
    work(s);
    s.sim.seed.alarm({ name: "chat-latency-high", state: "ALARM" });
    await lettersWait();
    expect((await end(1)).phase).toMatchObject({
      outcome: "skipped",
      why: "the cause is still there: chat-latency-high in ALARM",
    });
    expect(changed(s).filter((name) => name !== "DeleteMessage")).toEqual([]);

    s.sim.seed.alarm({ name: "chat-latency-high", state: "OK" });
    await take(s.world, alarmEvent("chat-latency-high", s.clock.now(), { state: "OK" }));
    expect((await end(2)).phase).toMatchObject({ outcome: "healed" });
    expect(dead()).toEqual([]);
  });

  it("are not tried while the service shows less than all of itself", async () => {
    s = stack(auto);
    seedQueue(s, { dead: 5 });
    const level = { level: "cached", reason: "slow", incident: "-", key: "-", setBy: "Alex", since: startMs };
    s.sim.seed.parameter({ name: "/paramedic/level/chat", value: JSON.stringify(level) });
    await lettersWait();
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: "the cause is still there: chat is at cached",
    });
  });

  it("are left to somebody who moves them already", async () => {
    s = stack(auto);
    const { dead } = seedQueue(s, { dead: 600 });
    await s.sim.call("sqs", "StartMessageMoveTask", {
      SourceArn: "arn:aws:sqs:us-east-2:123456789012:jobs-dead",
      MaxNumberOfMessagesPerSecond: 1,
    });
    await lettersWait();
    expect((await end()).phase).toMatchObject({ outcome: "skipped", why: "somebody is moving them already" });
    expect(dead()).toEqual([]);
  });

  it("that are gone by the time, and queues that are gone, are nothing to do", async () => {
    s = stack(auto);
    seedQueue(s);
    await lettersWait();
    expect((await end(1)).phase).toMatchObject({ outcome: "skipped", why: "no dead letters of chat wait any more" });

    s.sim.world.queues = {};
    await lettersWait(s.clock.now());
    expect((await end(2)).phase).toMatchObject({ outcome: "skipped", why: "a queue of chat is gone" });
  });
});
