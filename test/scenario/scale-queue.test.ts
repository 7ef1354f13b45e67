import { afterEach, describe, expect, it } from "vitest";
import { sweep } from "../../src/engine/watch.ts";
import { take } from "../../src/engine/take.ts";
import { alarmEvent } from "../support/alarm-event.ts";
import { queueSettings, seedQueue, work } from "../support/queue-story.ts";
import { type Stack, stack, type StackOptions, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const auto: StackOptions = { settings: queueSettings({ "scale-queue": "auto" }) };
const tooOld = { metric: { name: "ApproximateAgeOfOldestMessage", queue: "jobs" } };
const behind = (at = startMs) => take(s.world, alarmEvent("jobs-too-old", at, tooOld));

async function end(hours = 6) {
  await s.runTo({ hours });
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return { ...incident, story: (await s.world.stories.read(incident.id)).map(({ text }) => text) };
}

describe("a queue that is behind", () => {
  it("gets the workers that its work takes, and gives them back when nothing is in flight", async () => {
    s = stack(auto);
    const { group, jobs } = seedQueue(s, { jobs: 600, workers: 2, max: 4 });
    work(s);
    await behind();

    await s.runTo({ minutes: 1 });
    // 6,000 s of work in 600 s; a launch takes 300 s of them, as far as anybody knows.
    expect(group()).toMatchObject({ min: 18, max: 18, desired: 18 });

    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(jobs()).toEqual([]);
    expect(group()).toMatchObject({ min: 0, max: 4, desired: 2 });
    expect(story).toContain(
      "18 workers instead of 2: about 600 messages to do in 10 min at 10 s each; a worker takes 5 min to start.",
    );
    expect(s.pages).toEqual([]);
  });

  it("gets its first worker where there are none, and none is left in the end", async () => {
    s = stack(auto);
    const { group, jobs } = seedQueue(s, { jobs: 3, workers: 0 });
    work(s);
    await behind();
    await s.runTo({ minutes: 5 });
    expect(group().desired).toBe(1);
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(jobs()).toEqual([]);
    expect(group()).toMatchObject({ min: 0, max: 4, desired: 0 });
  });

  it("keeps its workers for as long as they have messages in hand, people are told, and it gives them back later", async () => {
    s = stack(auto);
    const { group } = seedQueue(s, { jobs: 600 });
    work(s);
    await behind();
    await s.runTo({ minutes: 230 });
    // A message that somebody holds for longer than the lease.
    const url = "https://sqs.us-east-2.amazonaws.com/123456789012/jobs";
    await s.sim.call("sqs", "SendMessage", { QueueUrl: url, MessageBody: "long" });
    await s.sim.call("sqs", "ReceiveMessage", { QueueUrl: url, VisibilityTimeout: 3_600 });

    const { phase } = await end(4.5);
    expect(phase).toMatchObject({
      outcome: "escalated",
      why: expect.stringContaining("1 messages of jobs are in flight"),
    });
    expect(group().desired).toBe(18);
    expect(s.pages).toHaveLength(1);

    s.sim.seed.queue({ name: "jobs" });
    expect(await sweep(s.world)).toMatchObject({ undone: [expect.any(String)] });
    await s.runTo({ hours: 5 });
    expect(group()).toMatchObject({ min: 0, max: 4, desired: 2 });
  });

  it("gives everything back when no capacity comes and it does not catch up, and people are paged", async () => {
    s = stack(auto);
    const { group } = seedQueue(s, { jobs: 600, workers: 0 });
    s.sim.seed.pool({ type: "c6i.large", zone: "us-east-2a", count: 0 });
    work(s);
    await behind();
    expect((await end()).phase).toMatchObject({
      outcome: "undone",
      why: expect.stringMatching(/^0 workers of chat will do again: not within 2 h 30 min; jobs holds 600/),
    });
    expect(group()).toMatchObject({ min: 0, max: 4, desired: 0 });
    expect(s.pages).toHaveLength(1);
  });

  it("is left to the workers who are there when they will do", async () => {
    s = stack(auto);
    seedQueue(s, { jobs: 50, workers: 2 });
    await behind();
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: expect.stringMatching(/^2 workers of chat, at most 20, are enough: about 50 messages/),
    });
  });

  it("never gets more workers than the settings allow", async () => {
    s = stack({ settings: queueSettings({ "scale-queue": "auto" }, { workersMax: 5 }) });
    const { group } = seedQueue(s, { jobs: 5_000 });
    work(s);
    await behind();
    await s.runTo({ minutes: 1 });
    expect(group()).toMatchObject({ min: 5, max: 5 });
  });

  it("is left alone when somebody has suspended launching, and when it or its workers are gone", async () => {
    s = stack(auto);
    const { group } = seedQueue(s, { jobs: 600 });
    group().suspended = ["Launch"];
    await behind();
    expect((await end(1)).phase).toMatchObject({ outcome: "skipped", why: expect.stringContaining("suspended") });

    s.sim.world.groups = {};
    await behind(s.clock.now());
    expect((await end(2)).phase).toMatchObject({ outcome: "skipped", why: "the workers of chat are gone" });

    s.sim.world.queues = {};
    await behind(s.clock.now());
    expect((await end(3)).phase).toMatchObject({ outcome: "skipped", why: "the queue of chat is gone" });
  });

  it("keeps bounds that somebody has set meanwhile", async () => {
    s = stack(auto);
    const { group } = seedQueue(s, { jobs: 600 });
    work(s);
    await behind();
    await s.runTo({ minutes: 30 });
    await s.sim.call("autoscaling", "UpdateAutoScalingGroup", {
      AutoScalingGroupName: "workers",
      MinSize: 3,
      MaxSize: 30,
    });
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(group()).toMatchObject({ min: 3, max: 30, desired: 18 });
  });
});

describe("workers that protect what they have in hand", () => {
  const safe: StackOptions = { settings: queueSettings({ "scale-queue": "auto" }, { protectThemselves: true }) };

  it("are given back as soon as those who were there before are enough, not at the end of the lease", async () => {
    s = stack(safe);
    const { group, jobs } = seedQueue(s, { jobs: 600, workers: 2, max: 4 });
    work(s);
    await behind();
    await s.runTo({ minutes: 1 });
    expect(group()).toMatchObject({ min: 18, desired: 18 });

    const { phase, story } = await end(1);
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(jobs().length).toBeLessThan(120);
    expect(group()).toMatchObject({ min: 0, max: 4, desired: 2 });
    expect(story).toContainEqual(
      expect.stringMatching(
        /^Not needed: keep 20 to 20 instances in workers unless 18 workers turn out to be enough; jobs holds/,
      ),
    );
  });

  it("are more once more when the work outgrows them, and all are given back", async () => {
    s = stack(safe);
    const { group } = seedQueue(s, { jobs: 300, workers: 2, max: 4 });
    work(s);
    await behind();
    await s.runTo({ minutes: 1 });
    expect(group()).toMatchObject({ min: 8, desired: 8 });

    const QueueUrl = "https://sqs.us-east-2.amazonaws.com/123456789012/jobs";
    for (let i = 0; i < 600; i++) await s.sim.call("sqs", "SendMessage", { QueueUrl, MessageBody: `more ${i}` });
    await s.runTo({ minutes: 4 });
    expect(group()).toMatchObject({ min: 20, desired: 20 });

    expect((await end(2)).phase).toMatchObject({ outcome: "healed" });
    expect(group()).toMatchObject({ min: 0, max: 4, desired: 2 });
    expect(s.pages).toEqual([]);
  });
});

describe("workers that are tasks", () => {
  const ecs = { workers: { kind: "ecs" as const, cluster: "gpu", service: "worker" } };
  it.each([
    ["by the bounds that Application Auto Scaling keeps", true],
    ["by their number where nobody else keeps it", false],
  ])("are more for a time %s", async (_, isScaled) => {
    s = stack({ settings: queueSettings({ "scale-queue": "auto" }, ecs) });
    seedQueue(s, { jobs: 40, workers: 0 });
    s.sim.seed.service({ cluster: "gpu", name: "worker", desired: 0, fargate: true, cpu: 256, memory: 512 });
    if (isScaled) s.sim.seed.scalableTarget({ cluster: "gpu", service: "worker", min: 0, max: 1 });
    await behind();
    await s.runTo({ minutes: 2 });
    const wanted = s.sim.world.services["gpu/worker"]?.desired ?? 0;
    expect(wanted).toBeGreaterThan(0);

    s.sim.seed.queue({ name: "jobs" });
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    if (isScaled) {
      expect(s.sim.world.scalableTargets["service/gpu/worker"]).toMatchObject({ min: 0, max: 1 });
      expect(s.sim.world.services["gpu/worker"]?.desired).toBe(Math.min(1, wanted));
    } else expect(s.sim.world.services["gpu/worker"]?.desired).toBe(0);
  });
});
