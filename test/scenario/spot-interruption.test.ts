import { z } from "zod";
import { afterEach, describe, expect, it } from "vitest";
import { take } from "../../src/engine/take.ts";
import { changed } from "../support/episodes.ts";
import {
  interruption,
  seedFleet,
  settingsOf,
  type Stack,
  stack,
  type StackOptions,
  startMs,
} from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

type Fleet = ReturnType<typeof seedFleet>;

/** EC2 warns of an instance of a fleet; the story is told to its end. Answers how it ended and what was told of it. */
async function warned(options: StackOptions = {}, prepare: (fleet: Fleet) => void = () => {}) {
  s = stack(options);
  const fleet = seedFleet(s);
  prepare(fleet);
  await fleet.work();
  s.sim.spot.interrupt(fleet.doomed);
  await take(s.world, interruption(fleet.doomed, startMs));
  await s.runTo({ minutes: 20 });
  const [incident] = await s.world.incidents.recent(10);
  if (!incident) throw new Error("no incident was opened");
  const story = (await s.world.stories.read(incident.id)).map(({ text }) => text);
  return { ...fleet, incident, phase: incident.phase, story };
}

const group = () => {
  const found = s.sim.world.groups["gpu-workers"];
  if (!found) throw new Error("the group is gone");
  return found;
};
const tasksOn = (instance: string) =>
  Object.values(s.sim.world.tasks).filter(
    ({ host, last }) => s.sim.world.hosts[host]?.instanceId === instance && last === "RUNNING",
  );

describe("an instance that EC2 takes back in two minutes", () => {
  it("is replaced first, and left by messages, traffic and tasks before it goes", async () => {
    const { phase, incident, doomed, queue } = await warned();

    expect(phase).toMatchObject({ state: "closed", outcome: "healed" });
    expect(changed(s)).toEqual([
      "LaunchInstances",
      "ChangeMessageVisibilityBatch",
      "DeregisterTargets",
      "UpdateContainerInstancesState",
      "DetachInstances",
    ]);
    // All of it within the two minutes, and the first of it at once.
    expect(incident.firstActionAt).toBe(startMs);
    expect(Math.max(...s.sim.calls.filter((call) => call.mutating).map(({ at }) => at))).toBeLessThan(
      startMs + 120_000,
    );

    expect(group().desired).toBe(4);
    expect(Object.keys(group().members)).toHaveLength(4);
    expect(Object.keys(group().members)).not.toContain(doomed);
    const [targets] = Object.values(s.sim.world.targetGroups);
    expect(Object.keys(targets?.targets ?? {})).not.toContain(doomed);
    expect(Object.values(targets?.targets ?? {}).map(({ state }) => state)).toEqual(Array(4).fill("healthy"));
    expect(tasksOn(doomed)).toEqual([]);
    expect(Object.values(s.sim.world.tasks).filter(({ last }) => last === "RUNNING")).toHaveLength(4);
    const waiting = Object.values(s.sim.world.queues[queue.url]?.messages ?? {});
    expect(waiting.map(({ visibleAt }) => visibleAt)).toEqual(Array(5).fill(startMs));
  });

  it("is told of in order, and nobody is paged", async () => {
    const { story, doomed } = await warned();
    expect(story.map((text) => text.replaceAll(doomed, "i-doomed"))).toEqual([
      "Plan: launch a replacement for i-doomed in us-east-2b (group gpu-workers); give 3 messages back to jobs; " +
        "take i-doomed out of chat; drain i-doomed; take i-doomed out of group gpu-workers; " +
        "launch nothing in spot/g5.xlarge/us-east-2a for an hour.",
      "Done: launch a replacement for i-doomed in us-east-2b (group gpu-workers).",
      "Done: give 3 messages back to jobs.",
      "Done: take i-doomed out of chat.",
      "Done: drain i-doomed.",
      "Done: take i-doomed out of group gpu-workers.",
      "Done: launch nothing in spot/g5.xlarge/us-east-2a for an hour.",
      "everything has left i-doomed: nothing runs on i-doomed any more.",
      "Healed: every step was done.",
    ]);
    expect(s.said).toEqual(story);
    expect([...s.cards.values()]).toEqual(["healed"]);
    expect(s.pages).toEqual([]);
  });

  it("is left all the same when Slack is down", async () => {
    const { phase } = await warned({ chatIsDown: true });
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(s.said).toEqual([]);
  });

  it("is left without a replacement when its group has no room for one; the group makes one itself", async () => {
    const { phase } = await warned({}, () => Object.assign(group(), { max: 4 }));
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(changed(s)).not.toContain("LaunchInstances");
    expect(group().desired).toBe(4);
    expect(Object.keys(group().members)).toHaveLength(4);
  });

  it("is left, and people are paged, when there is no capacity for a replacement", async () => {
    const { phase } = await warned({}, () => s.sim.seed.pool({ type: "g5.xlarge", zone: "us-east-2b", count: 0 }));
    expect(phase).toMatchObject({
      outcome: "escalated",
      why: expect.stringContaining("helped, but: could not launch"),
    });
    expect(group().desired).toBe(4);
    expect(s.pages).toHaveLength(1);
  });
});

it("a zone in which EC2 has just taken an instance back is not where the next replacement goes", async () => {
  s = stack();
  s.sim.seed.group({
    name: "gpu-workers",
    zones: ["us-east-2a", "us-east-2b", "us-east-2c"],
    type: "g5.xlarge",
    size: 6,
    max: 10,
    spot: true,
    cluster: "gpu",
  });
  const inZone = (zone: string) =>
    Object.keys(s.sim.world.groups["gpu-workers"]?.members ?? {}).find(
      (id) => s.sim.world.instances[id]?.zone === zone,
    ) ?? "";
  const zonesAsked = () =>
    s.sim.calls
      .filter(({ operation }) => operation === "LaunchInstances")
      .map(({ input }) => z.object({ AvailabilityZones: z.array(z.string()) }).parse(input).AvailabilityZones[0]);

  await take(s.world, interruption(inZone("us-east-2b"), startMs, "e-1"));
  await s.runTo({ minutes: 5 });
  await take(s.world, interruption(inZone("us-east-2a"), s.clock.now(), "e-2"));
  await s.runTo({ minutes: 10 });
  expect(zonesAsked()).toEqual(["us-east-2a", "us-east-2c"]);

  await s.runTo({ hours: 2 });
  await take(s.world, interruption(inZone("us-east-2a"), s.clock.now(), "e-3"));
  await s.runTo({ hours: 2, minutes: 5 });
  expect(zonesAsked().at(-1)).toBe("us-east-2b");
});

describe("tasks that belong to no service", () => {
  const runsOf = (family: string) =>
    Object.values(s.sim.world.tasks).filter(({ group }) => group === `family:${family}`);

  it("are run again elsewhere, once, if their owner has tagged them for it", async () => {
    const { phase, story, doomed } = await warned({}, (fleet) =>
      s.sim.seed.task({
        cluster: "gpu",
        family: "embed",
        instance: fleet.doomed,
        tags: { paramedic: "act", team: "search" },
        overrides: { containerOverrides: [{ name: "embed", command: ["--shard", "7"] }] },
      }),
    );
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(story).toContain(`Done: run embed again, away from ${doomed}.`);
    const [first, second, ...more] = runsOf("embed");
    expect(more).toEqual([]);
    // EC2 ends the first one with its host; nobody has stopped it before.
    expect(first).toMatchObject({ last: "STOPPED", stopCode: "TerminationNotice" });
    expect(second).toMatchObject({
      last: "RUNNING",
      tags: { paramedic: "act", team: "search" },
      overrides: { containerOverrides: [{ name: "embed", command: ["--shard", "7"] }] },
      startedBy: expect.stringMatching(/^paramedic\/[\w-]+$/),
    });
    expect(tasksOn(doomed)).toEqual([]);
  });

  it("are named, and not run again, where nobody has said that they bear it", async () => {
    const { phase, story, doomed } = await warned({}, (fleet) =>
      s.sim.seed.task({ cluster: "gpu", family: "migrate", instance: fleet.doomed }),
    );
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(changed(s)).not.toContain("RunTask");
    expect(story).toContain(`Not run again when ${doomed} goes: migrate (not tagged paramedic = act).`);
    expect(runsOf("migrate")).toHaveLength(1);
  });

  it("are told of when no host has room, and the rest goes on", async () => {
    const { phase } = await warned({}, (fleet) => {
      s.sim.seed.taskDefinition({ family: "train", memory: 8_000 });
      s.sim.seed.task({ cluster: "gpu", family: "train", instance: fleet.doomed, tags: { paramedic: "act" } });
      for (const host of Object.values(s.sim.world.hosts)) {
        if (host.instanceId !== fleet.doomed) Object.assign(host, { memory: 6_000 });
      }
    });
    expect(phase).toMatchObject({ outcome: "escalated", why: expect.stringContaining("RESOURCE:MEMORY") });
    expect(changed(s)).toContain("DetachInstances");
    expect(runsOf("train")).toHaveLength(1);
    expect(s.pages).toHaveLength(1);
  });
});

describe("where AWS is at work already", () => {
  it("only watches the drain that ECS does by itself", async () => {
    const { phase, story, doomed } = await warned({}, () =>
      s.sim.seed.capacityProvider({ name: "gpu", cluster: "gpu", group: "gpu-workers", managedDraining: true }),
    );
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(changed(s)).not.toContain("UpdateContainerInstancesState");
    expect(story).toContain(`ECS drains ${doomed} by itself (managed draining): watching.`);
  });

  it("only watches the replacement that capacity rebalancing makes", async () => {
    const { phase, story, doomed } = await warned({}, () => Object.assign(group(), { capacityRebalance: true }));
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(changed(s)).not.toContain("LaunchInstances");
    expect(changed(s)).not.toContain("DetachInstances");
    expect(story).toContain(`Auto Scaling replaces ${doomed} by itself: watching.`);
    expect(Object.keys(group().members)).toHaveLength(4);
  });

  it.each([
    ["AWSBatchServiceTag", "AWS Batch"],
    ["eks:nodegroup-name", "Amazon EKS"],
  ])("leaves a group with the tag %s, and the work on it, to %s", async (tag, keeper) => {
    const { story, doomed } = await warned({}, () => Object.assign(group(), { tags: { [tag]: "x" } }));
    expect(changed(s)).not.toContain("LaunchInstances");
    expect(changed(s)).not.toContain("DetachInstances");
    expect(changed(s)).not.toContain("UpdateContainerInstancesState");
    expect(story).toContain(`${keeper} replaces ${doomed} by itself: watching.`);
  });

  it("has nothing to do where both are at work and the instance holds nothing else, and says so", async () => {
    s = stack();
    s.sim.seed.group({
      name: "batch",
      zones: ["us-east-2a"],
      type: "g5.xlarge",
      size: 2,
      max: 3,
      spot: true,
      cluster: "gpu",
      capacityRebalance: true,
    });
    s.sim.seed.capacityProvider({ name: "gpu", cluster: "gpu", group: "batch", managedDraining: true });
    const [doomed = ""] = Object.keys(s.sim.world.groups["batch"]?.members ?? {});
    await take(s.world, interruption(doomed, startMs));
    await s.runTo({ minutes: 20 });
    const [incident] = await s.world.incidents.recent(1);
    expect(incident?.phase).toMatchObject({
      outcome: "skipped",
      why: expect.stringContaining("by itself (managed draining)"),
    });
    expect(changed(s)).toEqual([]);
  });
});

describe("a warning that needs no answer", () => {
  it("is skipped when the instance is gone", async () => {
    s = stack();
    await take(s.world, interruption("i-0000000000000dead", startMs));
    await s.runTo({ minutes: 5 });
    const [incident] = await s.world.incidents.recent(1);
    expect(incident?.phase).toMatchObject({ outcome: "skipped", why: "i-0000000000000dead is already gone" });
  });

  it("expires when it comes after its deadline, and touches nothing", async () => {
    s = stack();
    const { doomed } = seedFleet(s);
    await take(s.world, interruption(doomed, startMs - 200_000));
    await s.runTo({ minutes: 5 });
    const [incident] = await s.world.incidents.recent(1);
    expect(incident?.phase).toMatchObject({ outcome: "expired", why: "it reached us 80 s too late" });
    expect(s.sim.calls.filter(({ service }) => service !== "ssm")).toEqual([]);
  });

  it("that comes late gets of the plan what still fits, the most valuable first, and no half of a replacement", async () => {
    s = stack();
    const { doomed, work } = seedFleet(s);
    await work();
    await take(s.world, interruption(doomed, startMs - 113_000));
    await s.runTo({ minutes: 20 });
    expect(changed(s)).toEqual(["LaunchInstances", "ChangeMessageVisibilityBatch", "DetachInstances"]);
    expect(group()).toMatchObject({ desired: 4 });
  });
});

describe("how far it may go", () => {
  it("does nothing in observe mode, says what it would have done, and counts against no limit", async () => {
    const { phase } = await warned({ settings: settingsOf({ autonomy: {} }) });
    expect(phase).toMatchObject({ outcome: "skipped" });
    expect(phase.state === "closed" && phase.why).toMatch(
      /^observing only; it would have: launch a replacement for i-\w+ in us-east-2b \(group gpu-workers\), give 3 messages back to jobs, /,
    );
    expect(changed(s)).toEqual([]);
    expect(s.pages).toEqual([]);
    expect(await s.world.table.get({ pk: "limit#spot-interruption", sk: "runs" })).toBeUndefined();
  });

  it("does not wait for people beyond the moment when EC2 takes the instance", async () => {
    const settings = settingsOf({ autonomy: { "spot-interruption": "approve" } });
    const { phase } = await warned({ settings });
    expect(s.asked.map(({ until }) => until)).toEqual([startMs + 120_000]);
    expect(phase).toMatchObject({ outcome: "refused", why: "nobody decided within 2 min" });
    expect(phase.state === "closed" && phase.at).toBeLessThanOrEqual(startMs + 121_000);
  });
});
