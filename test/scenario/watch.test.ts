import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { take } from "../../src/engine/take.ts";
import { onStatusChange, sweep } from "../../src/engine/watch.ts";
import { changed, degradeEpisode, promisesKept, spotEpisode } from "../support/episodes.ts";
import { interruption, seedFleet, settingsOf, type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const nothing = { started: [], undone: [], woken: [], shown: [] };
const incidentNow = async () => {
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return incident;
};
const auto = settingsOf({ autonomy: { degrade: "auto" } });

/** The execution is gone, and so is the event that said so. */
async function vanishes(at: { minutes: number }) {
  await degradeEpisode.begin(s);
  await s.runTo(at);
  const [running] = s.service.list();
  await withoutEvents(() => s.service.stop(running?.name ?? ""));
  const ended = s.service.list().map(({ status }) => status);
  expect(ended).toEqual(["STOPPED"]);
}
let deaf = false;
async function withoutEvents(work: () => unknown): Promise<void> {
  deaf = true;
  work();
  await s.runTo({ minutes: (s.clock.now() - startMs) / 60_000 });
  deaf = false;
}
beforeEach(() => {
  deaf = false;
});
const given = () => stack({ settings: auto, isDeaf: () => deaf });

describe("a round of watching", () => {
  it("finds nothing to do where everything goes its way", async () => {
    s = given();
    await degradeEpisode.begin(s);
    for (const minutes of [1, 5, 20, 31, 60]) {
      await s.runTo({ minutes });
      expect(await sweep(s.world)).toEqual(nothing);
    }
    await promisesKept(s, degradeEpisode);
    expect(s.service.list()).toHaveLength(1);
  });

  it("starts an incident that was stored and never started, after a minute", async () => {
    s = stack();
    const { doomed } = seedFleet(s);
    const lost = {
      ...s.world,
      executions: { ...s.world.executions, start: () => Promise.reject(new Error("throttled")) },
    };
    await expect(take(lost, interruption(doomed, startMs))).rejects.toThrow("throttled");

    await s.runTo({ seconds: 59 });
    expect(await sweep(s.world)).toEqual(nothing);
    await s.runTo({ seconds: 61 });
    expect((await sweep(s.world)).started).toEqual([(await incidentNow()).id]);
    await s.runTo({ minutes: 20 });
    expect((await promisesKept(s, spotEpisode)).phase).toMatchObject({ outcome: "healed" });
  });

  it("bears being repeated by several at once", async () => {
    s = given();
    await vanishes({ minutes: 10 });
    await s.runTo({ minutes: 46 });
    await Promise.all([sweep(s.world), sweep(s.world), sweep(s.world)]);
    await s.runTo({ hours: 2 });
    await sweep(s.world);
    await s.runTo({ hours: 3 });
    expect(changed(s)).toEqual(["PutParameter", "PutParameter"]);
    expect(s.service.list()).toHaveLength(2);
  });

  it("gives back what is lent a quarter of an hour past its time, when its execution and the word of it are lost", async () => {
    s = given();
    await vanishes({ minutes: 10 });
    await s.runTo({ minutes: 44 });
    expect(await sweep(s.world)).toMatchObject({ undone: [] });
    // It reads as full in any case.
    expect(await s.world.look.level("chat")).toBe("full");

    await s.runTo({ minutes: 46 });
    expect((await sweep(s.world)).undone).toEqual([(await incidentNow()).id]);
    await s.runTo({ hours: 2 });
    const { phase } = await promisesKept(s, degradeEpisode);
    expect(phase).toMatchObject({ outcome: "undone", why: "the remediation was ended from outside" });
    expect(s.pages).toHaveLength(1);
  });

  it("closes an incident whose execution is lost, at the latest when no execution could be that old", async () => {
    s = stack({ isDeaf: () => deaf });
    await vanishes({ minutes: 10 });
    expect((await incidentNow()).phase.state).toBe("waiting");
    await s.runTo({ hours: 26 });
    await sweep(s.world);
    await s.runTo({ hours: 27 });
    const { phase } = await promisesKept(s, degradeEpisode);
    expect(phase).toMatchObject({ outcome: "escalated", why: expect.stringContaining("nothing had been changed") });
  });

  it("brings Slack up to the truth once it answers again", async () => {
    let isDown = true;
    s = stack({ chatIsDown: () => isDown });
    await spotEpisode.begin(s);
    await s.runTo({ minutes: 20 });
    expect(await sweep(s.world)).toMatchObject({ shown: [] });
    expect(s.said).toEqual([]);

    isDown = false;
    const { id } = await incidentNow();
    expect(await sweep(s.world)).toMatchObject({ shown: [id] });
    expect(s.said).toEqual((await s.world.stories.read(id)).map(({ text }) => text));
    expect(s.cards.get(id)).toBe("healed");
    expect(await sweep(s.world)).toEqual(nothing);
    expect(s.said).toHaveLength((await s.world.stories.read(id)).length);
  });
});

describe("the word that an execution has ended", () => {
  const event = (name: string, status = "FAILED") => ({
    source: "aws.lambda",
    "detail-type": "Durable Execution Status Change",
    detail: { durableExecutionName: name, status },
  });

  it("that is none of ours, or of one that ended well, is none of our business", async () => {
    s = stack();
    await spotEpisode.begin(s);
    const { id } = await incidentNow();
    for (const other of [
      event(`paramedic-prod-${id}`),
      event("orders-1"),
      event(`paramedic-test-${id}`, "SUCCEEDED"),
      event(`paramedic-test-${id}-copy`),
      { source: "aws.ec2" },
      null,
    ]) {
      expect(await onStatusChange(s.world, other)).toBeUndefined();
    }
    expect(s.service.list()).toHaveLength(1);
  });

  it("that comes many times starts one undo and pages once", async () => {
    s = given();
    await vanishes({ minutes: 10 });
    const { id } = await incidentNow();
    await Promise.all(
      Array.from({ length: 5 }, () => onStatusChange(s.world, event(`paramedic-test-${id}`, "STOPPED"))),
    );
    await s.runTo({ hours: 2 });
    expect(s.service.list()).toHaveLength(2);
    expect(changed(s)).toEqual(["PutParameter", "PutParameter"]);
    expect(s.pages.filter((page) => page.startsWith("Remediation ended from outside"))).toHaveLength(1);
    expect((await promisesKept(s, degradeEpisode)).phase).toMatchObject({ outcome: "undone" });
  });
});
