import { afterEach, describe, expect, it } from "vitest";
import { haltParameter } from "../../src/aws/switches.ts";
import { take } from "../../src/engine/take.ts";
import { sweep } from "../../src/engine/watch.ts";
import { changed, degradeEpisode, isChange, promisesKept, spotEpisode } from "../support/episodes.ts";
import { atEach } from "../support/side-by-side.ts";
import { interruption, seedFleet, settingsOf, type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const approving = () => ({ verdict: "approved" as const, after: { minutes: 1 } });
const halt = ({ sim }: Stack, value = JSON.stringify({ by: "Alex", why: "game day" })) =>
  sim.seed.parameter({ name: haltParameter, value });
const resume = ({ sim }: Stack) => sim.call("ssm", "DeleteParameter", { Name: haltParameter });

const spotPlan = [
  "LaunchInstances",
  "ChangeMessageVisibilityBatch",
  "DeregisterTargets",
  "UpdateContainerInstancesState",
  "DetachInstances",
];

describe("halt during a plan", () => {
  it.each([1, 2, 3, 4])("stops before the next action, tells where, and pages (after action %i)", async (after) => {
    let count = 0;
    s = stack({
      onTouch: ({ what, when }) => {
        if (when === "after" && isChange(what) && ++count === after) halt(s);
        return undefined;
      },
    });
    await spotEpisode.begin(s);
    await s.runTo({ hours: 1 });

    expect(changed(s)).toEqual(spotPlan.slice(0, after));
    const { phase, id } = await promisesKept(s, spotEpisode);
    expect(phase).toMatchObject({ outcome: "escalated", why: expect.stringContaining("halted by Alex: game day") });
    expect(s.pages).toHaveLength(1);
    const story = (await s.world.stories.read(id)).map(({ text }) => text);
    expect(story).toContainEqual(expect.stringMatching(/^Stopped before ".+": halted by Alex: game day\.$/));
  });

  it.each([spotEpisode, degradeEpisode])(
    "is honoured by whoever goes on after a crash, wherever it was ($runbook)",
    async (episode) => {
      let checkpoints = 0;
      s = stack({ people: approving });
      s.service.faults.beforeCheckpoint = () => void (checkpoints += 1);
      await episode.begin(s);
      await s.runTo(episode.over);

      await atEach(
        Array.from({ length: checkpoints }, (_, i) => i + 1),
        async (at) => {
          const told = stack({ people: approving });
          let before: string[] | undefined;
          told.service.faults.afterCheckpoint = ({ ordinal }) => {
            if (ordinal !== at) return undefined;
            halt(told);
            before = changed(told);
            return "crash";
          };
          await episode.begin(told);
          await told.runTo(episode.over);
          expect(changed(told)).toEqual(before);

          await resume(told);
          await sweep(told.world);
          await told.runTo({ hours: episode.over.hours + 2 });
          await promisesKept(told, episode);
          told.close();
        },
      );
    },
  );
});

describe("a halt between a replacement and the instance that it replaces", () => {
  const group = () => {
    const { desired, members = {} } = s.sim.world.groups["gpu-workers"] ?? {};
    return { desired, members: Object.keys(members).length };
  };
  /** The switch is set, or cannot be read, from the moment at which the replacement is launched. */
  const afterLaunch = (then: () => unknown): void => {
    s = stack({
      onTouch: ({ what, when }) => {
        if (when === "after" && what.endsWith("LaunchInstances")) then();
        return undefined;
      },
    });
  };
  const unreadable = (times: number) =>
    s.sim.faults.add({
      service: "ssm",
      operation: "GetParameter",
      kind: "denied",
      times,
      when: (input) => JSON.stringify(input).includes(haltParameter),
    });
  const end = async () => {
    await spotEpisode.begin(s);
    await s.runTo({ hours: 1 });
    return (await promisesKept(s, spotEpisode)).phase;
  };

  it("that nobody has set, and that can be read again at once, is no halt", async () => {
    afterLaunch(() => unreadable(2));
    expect(await end()).toMatchObject({ outcome: "healed" });
    expect(changed(s)).toEqual(spotPlan);
    expect(group()).toEqual({ desired: 4, members: 4 });
  });

  it("that is over before EC2 takes the instance leaves the group as large as it was, and people are told of the rest", async () => {
    afterLaunch(() => unreadable(4));
    expect(await end()).toMatchObject({ outcome: "escalated", why: expect.stringContaining("cannot be read") });
    expect(changed(s)).toEqual(["LaunchInstances", "DetachInstances"]);
    expect(group()).toEqual({ desired: 4, members: 4 });
    expect(s.pages).toHaveLength(1);
  });

  it("that lasts changes nothing, and people are told what is left to do", async () => {
    afterLaunch(() => halt(s));
    const why = expect.stringMatching(
      /^halted by Alex: game day; what was done before stays; not done: take i-\w+ out/,
    );
    expect(await end()).toMatchObject({ outcome: "escalated", why });
    expect(changed(s)).toEqual(["LaunchInstances"]);
    expect(s.pages).toHaveLength(1);
  });
});

describe("halt before a plan", () => {
  const outcome = async () => {
    const { doomed } = seedFleet(s);
    await take(s.world, interruption(doomed, startMs));
    await s.runTo({ hours: 1 });
    const [incident] = await s.world.incidents.recent(1);
    return incident?.phase;
  };

  it("refuses, and consumes nothing of the limits behind it", async () => {
    s = stack();
    halt(s);
    expect(await outcome()).toMatchObject({ state: "closed", outcome: "refused", why: "halted by Alex: game day" });
    expect(changed(s)).toEqual([]);
    expect(await s.world.table.get({ pk: "limit#spot-interruption", sk: "runs" })).toBeUndefined();
    expect(await s.world.table.get({ pk: "limit#group/gpu-workers", sk: "touched" })).toBeUndefined();
  });

  it("takes a switch that cannot be read for one that is set", async () => {
    s = stack();
    s.sim.faults.add({
      service: "ssm",
      operation: "GetParameter",
      kind: "denied",
      when: (input) => JSON.stringify(input).includes(haltParameter),
    });
    expect(await outcome()).toMatchObject({ outcome: "refused", why: expect.stringContaining("cannot be read") });
    expect(changed(s)).toEqual([]);
  });

  it("takes a word typed by hand for stop", async () => {
    s = stack();
    halt(s, "STOP it please");
    expect(await outcome()).toMatchObject({ outcome: "refused", why: "halted by somebody: STOP it please" });
  });

  it("is over when its time is over", async () => {
    s = stack();
    halt(s, JSON.stringify({ by: "Alex", why: "game day", until: startMs }));
    expect(await outcome()).toMatchObject({ outcome: "healed" });
  });

  it("holds until its time is over", async () => {
    s = stack();
    halt(s, JSON.stringify({ by: "Alex", why: "game day", until: startMs + 3_600_000 }));
    expect(await outcome()).toMatchObject({ outcome: "refused" });
  });

  it("refuses what was approved before it was set", async () => {
    s = stack({ people: approving });
    await degradeEpisode.begin(s);
    await s.runTo({ seconds: 30 });
    halt(s);
    await s.runTo({ hours: 2 });
    const { phase } = await promisesKept(s, degradeEpisode);
    expect(phase).toMatchObject({ outcome: "refused", why: "halted by Alex: game day" });
    expect(changed(s)).toEqual([]);
  });
});

describe("a maintenance calendar", () => {
  const settings = settingsOf({ calendars: ["freeze"], autonomy: { degrade: "auto", "spot-interruption": "auto" } });
  const closeFor = (hours: number) =>
    s.sim.seed.calendar({ name: "freeze", closed: [{ from: startMs - 1, to: startMs + hours * 3_600_000 }] });

  it("that is closed holds what has time, names itself, and lets it be looked at again when it opens", async () => {
    s = stack({ settings });
    closeFor(1);
    await degradeEpisode.begin(s);
    await s.runTo({ minutes: 59 });
    expect(changed(s)).toEqual([]);
    const [waiting] = await s.world.incidents.recent(1);
    expect(waiting?.phase).toEqual({ state: "halted", why: "freeze is closed for changes" });
    await s.runTo({ minutes: 66 });
    const { phase } = await promisesKept(s, degradeEpisode);
    expect(phase).toMatchObject({ outcome: "skipped", why: "chat has recovered by itself" });
  });

  it("that stays closed for twelve hours refuses", async () => {
    s = stack({ settings });
    closeFor(20);
    await degradeEpisode.begin(s);
    await s.runTo({ hours: 13 });
    const why = "freeze is closed for changes, for 12 h";
    expect((await promisesKept(s, degradeEpisode)).phase).toMatchObject({ outcome: "refused", why });
    expect(changed(s)).toEqual([]);
  });

  it("that is closed refuses what cannot wait", async () => {
    s = stack({ settings });
    closeFor(1);
    await spotEpisode.begin(s);
    await s.runTo({ hours: 2 });
    const [incident] = await s.world.incidents.recent(1);
    expect(incident?.phase).toMatchObject({ outcome: "refused", why: "freeze is closed for changes" });
    expect(changed(s)).toEqual([]);
  });

  it("that cannot be read counts as closed", async () => {
    s = stack({ settings });
    s.sim.seed.calendar({ name: "freeze" });
    s.sim.faults.add({ service: "ssm", operation: "GetCalendarState", kind: "denied" });
    await degradeEpisode.begin(s);
    await s.runTo({ hours: 2 });
    const [incident] = await s.world.incidents.recent(1);
    expect(incident?.phase).toMatchObject({ state: "halted", why: expect.stringContaining("cannot be read") });
    expect(changed(s)).toEqual([]);
    expect(s.service.list()).toHaveLength(1);
  });
});

describe("halt while a level is lent", () => {
  it("keeps it where it is until people resume, and then gives it back by itself", async () => {
    s = stack({ people: approving });
    await degradeEpisode.begin(s);
    await s.runTo({ minutes: 10 });
    expect(changed(s)).toEqual(["PutParameter"]);

    halt(s);
    await s.runTo({ minutes: 90 });
    expect(changed(s)).toEqual(["PutParameter"]);

    await resume(s);
    await s.runTo({ hours: 2 });
    expect(changed(s)).toEqual(["PutParameter", "DeleteParameter", "PutParameter"]);
    expect((await promisesKept(s, degradeEpisode)).phase).toMatchObject({ outcome: "healed" });
    expect(s.pages).toEqual([]);
  });
});
