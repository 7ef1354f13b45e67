import { afterEach, describe, expect, it } from "vitest";
import { type Duration, toMs } from "../../src/clock.ts";
import { take } from "../../src/engine/take.ts";
import { changed } from "../support/episodes.ts";
import { chat } from "../support/settings.ts";
import { alarm, settingsOf, type Stack, stack, type StackOptions, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const tokens = { namespace: "AWS/Bedrock", name: "OutputTokenCount", dimensions: { ModelId: "researcher" } };
/** What a token costs, so that a million of them are a dollar. */
const usd = 1e-6;
const mapping = "0a5b8e1c-77c1-4f2a-9d53-d6a1c2b3e4f5";
const spender = {
  name: "researcher",
  usdPerHour: 10,
  uses: [{ ...tokens, usd }],
  function: "researcher",
  heldTo: 2,
  eventSource: mapping,
  workGroup: "research",
  jobQueue: "gpu-jobs",
};
const settingsWith = (who: object, autonomy: "auto" | "veto" | "approve" = "auto") =>
  settingsOf({
    services: [{ ...chat, spend: { spenders: [{ ...spender, ...who }], alarms: ["researcher-spend"] } }],
    autonomy: { "stop-spend": autonomy },
  });
const settings = settingsWith({});

/** The agent, and all by which it can be stopped. */
function given({ source = "sqs", ...options }: StackOptions & { source?: string } = {}): void {
  s = stack({ settings, ...options });
  s.sim.seed.lambdaFunction({ name: "researcher" });
  const arn = `arn:aws:${source}:us-east-2:123456789012:questions`;
  s.sim.seed.eventSourceMapping({ id: mapping, function: "researcher", source: arn });
  s.sim.seed.jobQueue({ name: "gpu-jobs" });
}

/** It spends so many dollars an hour, `[after, usdPerHour]`, each until the next; then an alarm on it goes off. */
async function spends(...course: readonly (readonly [after: Duration, usdPerHour: number])[]): Promise<void> {
  for (const [index, [after, usdPerHour]] of course.entries()) {
    const end = toMs(course[index + 1]?.[0] ?? { hours: 3 });
    const samples: [number, number][] = [];
    for (let at = toMs(after); at < end; at += 60_000) samples.push([startMs + at, usdPerHour / 60 / usd]);
    s.sim.seed.metric({ ...tokens, samples });
  }
  const { detail, ...event } = alarm(startMs);
  await take(s.world, { ...event, detail: { ...detail, alarmName: "researcher-spend" } });
}

async function end() {
  await s.runTo({ hours: 3 });
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return { ...incident, story: (await s.world.stories.read(incident.id)).map(({ text }) => text) };
}
const reserved = () => s.sim.world.functions["researcher"]?.reserved;
const feeding = () => s.sim.world.mappings[mapping]?.state;

describe("an agent that spends", () => {
  it("a third more than planned is held back for an hour, and not stopped", async () => {
    given();
    await spends([{ minutes: -30 }, 13], [{ minutes: 2 }, 6]);
    await s.runTo({ minutes: 5 });
    expect(s.sim.world.mappings[mapping]).toMatchObject({ state: "Enabled", maximumConcurrency: 2 });

    const { phase, root, story } = await end();
    expect(root).toBe("budget/chat");
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(s.sim.world.mappings[mapping]).toMatchObject({ state: "Enabled", maximumConcurrency: undefined });
    expect(changed(s)).toEqual(["UpdateEventSourceMapping", "UpdateEventSourceMapping"]);
    expect(story).toContain("researcher spends more than 1.2 times the $10 an hour that are planned.");
    expect(story).toContain("Undone: let its queue keep at most 2 of researcher busy.");
  });

  it("as much and is fed by no queue is held back itself", async () => {
    given({ source: "kinesis" });
    await spends([{ minutes: -30 }, 13], [{ minutes: 2 }, 6]);
    await s.runTo({ minutes: 5 });
    expect(reserved()).toBe(2);
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(reserved()).toBeUndefined();
    expect(changed(s)).toEqual(["PutFunctionConcurrency", "DeleteFunctionConcurrency"]);
  });

  it("twice what was planned is held back, fed no more, and its queries and jobs are ended", async () => {
    given();
    const query = s.sim.seed.query({ workGroup: "research" });
    s.sim.seed.jobDefinition({ name: "embed", takes: { hours: 9 } });
    const job = s.sim.seed.job({ name: "embed-all", queue: "gpu-jobs", definition: "embed" });
    await s.runTo({ minutes: 10 });
    expect(s.sim.world.jobs[job.id]?.status).toBe("RUNNING");

    await spends([{ minutes: -30 }, 20], [{ minutes: 14 }, 6]);
    await s.runTo({ minutes: 15 });
    expect(reserved()).toBe(2);
    expect(feeding()).toBe("Disabled");
    expect(s.sim.world.queries[query.id]?.state).toBe("CANCELLED");
    expect(s.sim.world.jobs[job.id]).toMatchObject({ status: "FAILED" });

    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(reserved()).toBeUndefined();
    expect(feeding()).toBe("Enabled");
  });

  it("on and on although it is held back gets everything back, and people are paged", async () => {
    given();
    await spends([{ minutes: -30 }, 20]);
    const { phase } = await end();
    expect(phase).toMatchObject({
      outcome: "undone",
      why: expect.stringContaining("researcher spends $20.00 an hour"),
    });
    expect(reserved()).toBeUndefined();
    expect(feeding()).toBe("Enabled");
    expect(s.pages).toHaveLength(1);
  });

  it("more and less by the minute is held back as people have approved it", async () => {
    given({ settings: settingsWith({}, "approve"), people: () => ({ verdict: "approved", after: { minutes: 8 } }) });
    await spends([{ minutes: -30 }, 20], [{ minutes: 2 }, 28], [{ minutes: 5 }, 19], [{ minutes: 12 }, 6]);
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(s.asked).toHaveLength(1);
  });

  it("a third more than planned and can only be stopped is for people", async () => {
    given({ settings: settingsWith({ function: undefined }), source: "kinesis" });
    await spends([{ minutes: -30 }, 13]);
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: expect.stringMatching(
        /^researcher spends more than 1.2 times .* Nothing in the settings holds it back: people/,
      ),
    });
  });

  it("and by nothing that is named can be stopped is for people", async () => {
    const nothing = { function: undefined, eventSource: undefined, workGroup: undefined, jobQueue: undefined };
    given({ settings: settingsWith(nothing) });
    await spends([{ minutes: -30 }, 99]);
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: expect.stringContaining("Nothing in the settings stops it"),
    });
  });

  it("as planned is left alone, whatever an alarm says", async () => {
    given();
    await spends([{ minutes: -30 }, 11]);
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: "nobody is seen to spend much more than planned for chat now",
    });
    expect(changed(s)).toEqual([]);
  });

  it("but of whom nothing is counted is not believed to spend", async () => {
    given();
    await spends();
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: "nobody is seen to spend much more than planned for chat now; nothing was counted of researcher",
    });
  });

  it("and whose function is gone cannot be held back: nothing is changed, and people are told", async () => {
    given({ source: "kinesis" });
    delete s.sim.world.functions["researcher"];
    await spends([{ minutes: -30 }, 13]);
    const { phase } = await end();
    expect(phase).toMatchObject({ outcome: "escalated", why: expect.stringContaining("Function not found") });
    expect(s.pages).toHaveLength(1);
    expect(changed(s)).toEqual([]);
  });
});

describe("on `veto`", () => {
  const veto = { settings: settingsWith({}, "veto") };

  it("who spends ten times the plan is held back before anybody is asked", async () => {
    given(veto);
    await spends([{ minutes: -30 }, 200], [{ minutes: 2 }, 6]);
    await s.runTo({ seconds: 30 });
    expect(s.sim.world.mappings[mapping]).toMatchObject({ state: "Enabled", maximumConcurrency: 2 });

    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(s.asked).toEqual([]);
    expect(story).toContainEqual(expect.stringContaining("no launch does, so it is held back at once."));
    expect(story).toContainEqual(
      expect.stringMatching(
        /^Not needed: hand researcher no more events unless researcher is held by that; researcher spends \$6/,
      ),
    );
  });

  it("who is not held by that is stopped", async () => {
    given(veto);
    await spends([{ minutes: -30 }, 200]);
    await s.runTo({ minutes: 10 });
    expect(feeding()).toBe("Disabled");
  });

  it("who spends twice the plan is asked about, and nobody's silence is a yes", async () => {
    given(veto);
    await spends([{ minutes: -30 }, 20]);
    expect((await end()).phase).toMatchObject({ outcome: "refused", why: expect.stringContaining("nobody decided") });
    expect(changed(s)).toEqual([]);
    expect(s.asked).toHaveLength(1);
  });

  it("whose jobs would be ended is not stopped before people could object, whatever it spends", async () => {
    given(veto);
    s.sim.seed.jobDefinition({ name: "embed", takes: { hours: 9 } });
    s.sim.seed.job({ name: "embed-all", queue: "gpu-jobs", definition: "embed" });
    await s.runTo({ minutes: 10 });
    await spends([{ minutes: -30 }, 200]);
    await s.runTo({ minutes: 11 });
    expect(changed(s)).toEqual([]);
    expect(s.asked).toHaveLength(1);
  });
});
