import { afterEach, describe, expect, it } from "vitest";
import type { Fault } from "../../sim/faults.ts";
import type { ServiceName } from "../../sim/operation.ts";
import { sweep } from "../../src/engine/watch.ts";
import { changed, degradeEpisode, type Episode, promisesKept, spotEpisode } from "../support/episodes.ts";
import { alarm, chatLatency, type Stack, stack, startMs } from "../support/stack.ts";
import { take } from "../../src/engine/take.ts";

let s: Stack;
afterEach(() => s.close());

/** A client waits five seconds for an answer; here it waits this many milliseconds of real time. */
const requestTimeoutMs = 40;

/** Trouble that passes: whatever of it happened to the change, the plan gets done, once. */
const passing: readonly Fault["kind"][] = ["lost-response", "reset-before", "throttle", "server-error", "hang"];

const spotCalls: readonly (readonly [ServiceName, string])[] = [
  ["autoscaling", "LaunchInstances"],
  ["sqs", "ChangeMessageVisibilityBatch"],
  ["elasticloadbalancing", "DeregisterTargets"],
  ["ecs", "UpdateContainerInstancesState"],
  ["autoscaling", "DetachInstances"],
];
const allOf = spotCalls.map(([, operation]) => operation);

async function tell(episode: Episode, fault: Fault) {
  s = stack({ requestTimeoutMs, people: () => ({ verdict: "approved", after: { minutes: 1 } }) });
  s.sim.faults.add(fault);
  await episode.begin(s);
  await s.runTo(episode.over);
  return await promisesKept(s, episode);
}

/** Meets the call of this number, from 1. */
const nth = (number: number) => {
  let seen = 0;
  return () => ++seen === number;
};

it("a launch that happened late is not written off because the repeats of it were refused", async () => {
  s = stack({ requestTimeoutMs });
  const launch = { service: "autoscaling", operation: "LaunchInstances" } as const;
  s.sim.faults.add({ ...launch, kind: "lost-response", times: 1 });
  s.sim.faults.add({ ...launch, kind: "throttle" });
  await spotEpisode.begin(s);
  await s.runTo(spotEpisode.over);

  const { phase, id } = await promisesKept(s, spotEpisode);

  expect(phase).toMatchObject({ outcome: "healed" });
  expect((await s.world.journal.read(id)).map(({ state }) => state)).not.toContain("not-done");
  expect(changed(s)).toEqual(allOf);
});

describe.each(spotCalls)("%s:%s on the way off a doomed instance", (service, operation) => {
  it.each(passing)("is done once and the instance is left when it meets %s", async (kind) => {
    const { phase } = await tell(spotEpisode, { service, operation, kind, times: 1 });

    expect(phase).toMatchObject({ outcome: "healed" });
    // Whether a queue has let go of a message cannot be asked: what is not known is left to the visibility timeout.
    const unknown = operation === "ChangeMessageVisibilityBatch" && !["lost-response", "throttle"].includes(kind);
    expect(changed(s)).toEqual(unknown ? allOf.filter((one) => one !== operation) : allOf);
    expect(s.pages).toEqual([]);
  });

  it.each(["denied", "server-error", "throttle"] as const)(
    "does not keep the rest from being done when it meets %s every time; people are paged",
    async (kind) => {
      const { phase, id } = await tell(spotEpisode, { service, operation, kind });

      expect(changed(s)).toEqual(allOf.filter((one) => one !== operation));
      if (operation === "ChangeMessageVisibilityBatch" && kind === "server-error") return;
      expect(phase).toMatchObject({ outcome: "escalated", why: expect.stringMatching(/^helped, but: could not /) });
      expect(s.pages).toHaveLength(1);
      const story = (await s.world.stories.read(id)).map(({ text }) => text);
      expect(story.filter((text) => text.startsWith("Could not"))).toHaveLength(1);
    },
  );
});

describe("ssm:PutParameter of a level", () => {
  const put = { service: "ssm", operation: "PutParameter" } as const;

  it.each(passing)("lowers it once and raises it once when the first meets %s", async (kind) => {
    const { phase } = await tell(degradeEpisode, { ...put, kind, when: nth(1) });
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(changed(s)).toEqual(["PutParameter", "PutParameter"]);
  });

  it.each(passing)("lowers it once and raises it once when the second meets %s", async (kind) => {
    const { phase } = await tell(degradeEpisode, { ...put, kind, when: nth(2) });
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(changed(s)).toEqual(["PutParameter", "PutParameter"]);
  });

  it.each(["denied", "server-error", "throttle", "reset-before"] as const)(
    "that meets %s every time changes nothing, and pages",
    async (kind) => {
      const { phase } = await tell(degradeEpisode, { ...put, kind });
      expect(phase).toMatchObject({ outcome: "escalated", why: expect.stringContaining("nothing had been changed") });
      expect(changed(s)).toEqual([]);
      expect(s.pages).toHaveLength(1);
    },
  );

  it("that cannot be given back pages, reads as full all the same, and is given back when it can be", async () => {
    s = stack({ people: () => ({ verdict: "approved", after: { minutes: 1 } }) });
    let puts = 0;
    const mend = s.sim.faults.add({ ...put, kind: "denied", when: () => ++puts > 1 });
    await degradeEpisode.begin(s);
    await s.runTo({ hours: 2 });
    const [incident] = await s.world.incidents.recent(1);
    expect(incident?.phase).toMatchObject({
      outcome: "escalated",
      why: expect.stringContaining("could not be undone"),
    });
    expect(s.pages).toHaveLength(1);
    expect(await s.world.look.level("chat")).toBe("full");
    expect(await s.world.journal.leased(10)).toHaveLength(1);

    await sweep(s.world);
    await s.runTo({ hours: 3 });
    expect(s.pages).toHaveLength(2);
    mend();
    await sweep(s.world);
    await s.runTo({ hours: 4 });
    await promisesKept(s, degradeEpisode);
    expect(s.pages).toHaveLength(2);
  });

  it("that was applied without an answer is taken back when it did not help", async () => {
    s = stack({ people: () => ({ verdict: "approved", after: { minutes: 1 } }) });
    s.sim.faults.add({ ...put, kind: "lost-response", times: 2 });
    chatLatency(s, [{ minutes: -2 }, 2_400]);
    await take(s.world, alarm(startMs));
    await s.runTo({ hours: 1 });
    const { phase } = await promisesKept(s, degradeEpisode);
    expect(phase).toMatchObject({ outcome: "undone" });
    expect(changed(s)).toEqual(["PutParameter", "PutParameter"]);
  });
});

describe("a look that fails", () => {
  const reads: readonly (readonly [ServiceName, string])[] = [
    ["autoscaling", "DescribeAutoScalingInstances"],
    ["autoscaling", "DescribeAutoScalingGroups"],
    ["ecs", "ListContainerInstances"],
    ["ecs", "DescribeContainerInstances"],
    ["elasticloadbalancing", "DescribeTargetHealth"],
    ["ecs", "ListTasks"],
  ];

  it.each(reads)("for good (%s:%s) ends in a page, and changes nothing twice", async (service, operation) => {
    const { phase } = await tell(spotEpisode, { service, operation, kind: "denied" });
    expect(phase).toMatchObject({ outcome: "escalated" });
    expect(s.pages.length).toBeGreaterThan(0);
    expect(s.service.list()).toHaveLength(1);
  });

  it.each(reads)("for a moment (%s:%s) changes nothing", async (service, operation) => {
    const { phase } = await tell(spotEpisode, { service, operation, kind: "server-error", times: 4 });
    expect(phase).toMatchObject({ outcome: "healed" });
  });

  it("while the plan runs costs that action only", async () => {
    let isPlanned = false;
    const { phase } = await tell(spotEpisode, {
      service: "elasticloadbalancing",
      operation: "DescribeTargetHealth",
      kind: "denied",
      when: () =>
        isPlanned || s.sim.calls.some(({ operation }) => operation === "LaunchInstances" && (isPlanned = true)),
    });
    expect(phase).toMatchObject({ outcome: "escalated", why: expect.stringContaining("cannot be read") });
    expect(changed(s)).toEqual(allOf.filter((one) => one !== "DeregisterTargets"));
  });

  it("at the latency counts as no evidence: the level goes back", async () => {
    const { phase } = await tell(degradeEpisode, {
      service: "cloudwatch",
      operation: "GetMetricData",
      kind: "denied",
      when: () => s.sim.calls.some(({ operation }) => operation === "PutParameter"),
    });
    expect(phase).toMatchObject({ outcome: "undone", why: expect.stringContaining("could not be looked at") });
  });
});
