import { afterEach, describe, expect, it } from "vitest";
import type { Autonomy } from "../../src/settings.ts";
import { take } from "../../src/engine/take.ts";
import { defineRunbook } from "../../src/runbook/runbook.ts";
import { degrade } from "../../runbooks/degrade.ts";
import { changed, degradeEpisode, promisesKept } from "../support/episodes.ts";
import { alarm, chatLatency, type People, settingsOf, type Stack, stack } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const begin = async (autonomy: Autonomy, people?: People) => {
  s = stack({ settings: settingsOf({ autonomy: { degrade: autonomy } }), ...(people && { people }) });
  await degradeEpisode.begin(s);
};
const phase = async () => (await s.world.incidents.recent(1))[0]?.phase;
const denying: People = () => ({ verdict: "denied", after: { minutes: 1 }, why: "we want to see it" });

describe("a runbook", () => {
  it.each([
    ["observe", "observing only; it would have: set chat to limited"],
    ["propose", "proposed, for people to do: set chat to limited"],
  ] as const)("that may only %s changes nothing and says what it would", async (autonomy, why) => {
    await begin(autonomy);
    await s.runTo({ hours: 1 });
    expect(await phase()).toMatchObject({ outcome: "skipped", why });
    expect(changed(s)).toEqual([]);
  });

  it("with veto says what it is about to do, and does it when nobody objects", async () => {
    await begin("veto");
    await s.runTo({ minutes: 4 });
    expect(await phase()).toMatchObject({ state: "waiting" });
    expect(changed(s)).toEqual([]);
    await s.runTo({ hours: 2 });
    const { id } = await promisesKept(s, degradeEpisode);
    const story = (await s.world.stories.read(id)).map(({ text }) => text);
    expect(story.slice(0, 2)).toEqual(["Plan: set chat to limited.", "Going ahead in 5 min unless somebody objects."]);
  });

  it("with veto leaves it when somebody objects, and says who and why", async () => {
    await begin("veto", denying);
    await s.runTo({ hours: 2 });
    const why = "denied by Alex: we want to see it";
    expect((await promisesKept(s, degradeEpisode)).phase).toMatchObject({ outcome: "refused", why });
    expect(changed(s)).toEqual([]);
  });

  it("with veto goes ahead at once when somebody says so", async () => {
    await begin("veto", () => ({ verdict: "approved", after: { seconds: 20 } }));
    await s.runTo({ seconds: 30 });
    expect(changed(s)).toEqual(["PutParameter"]);
    await s.runTo({ hours: 2 });
    await promisesKept(s, degradeEpisode);
  });

  it("goes as far as the settings say for the service", async () => {
    const settings = settingsOf({ autonomy: { degrade: { otherwise: "auto", services: { chat: "observe" } } } });
    s = stack({ settings });
    await degradeEpisode.begin(s);
    await s.runTo({ hours: 1 });
    expect(await phase()).toMatchObject({ outcome: "skipped" });
  });
});

describe("a runbook of high risk", () => {
  const risky = defineRunbook({ ...degrade.definition, risk: "high" });
  const sam = { slack: "U0SAM", name: "Sam", may: ["degrade"] };
  const alex = { slack: "U0ALEX", name: "Alex", may: ["*"] };
  const asking = async (people: People) => {
    s = stack({
      runbooks: [risky],
      settings: settingsOf({ approvers: [alex, sam], autonomy: { degrade: "auto" } }),
      people,
    });
    await degradeEpisode.begin(s);
    await s.runTo({ hours: 2 });
    return await promisesKept(s, degradeEpisode);
  };

  it("waits for two people, whatever its autonomy", async () => {
    const { decision, phase } = await asking(() => [
      { verdict: "approved", after: { seconds: 20 } },
      { verdict: "approved", after: { seconds: 40 }, by: "U0SAM" },
    ]);
    expect(decision).toBe("approved by Alex and Sam");
    expect(phase).toMatchObject({ outcome: expect.stringMatching(/healed|skipped/) });
  });

  it("is not approved by one person twice", async () => {
    const { phase } = await asking(() => [
      { verdict: "approved", after: { seconds: 20 } },
      { verdict: "approved", after: { seconds: 40 } },
    ]);
    expect(phase).toMatchObject({ outcome: "refused" });
    expect(changed(s)).toEqual([]);
  });

  it("is refused by one", async () => {
    const { phase } = await asking(() => [
      { verdict: "approved", after: { seconds: 20 } },
      { verdict: "denied", after: { seconds: 40 }, by: "U0SAM" },
    ]);
    expect(phase).toMatchObject({ outcome: "refused", why: "denied by Sam" });
  });
});

describe("trust", () => {
  const slowOnce = async (at: number, recovers: boolean) => {
    chatLatency(s, [{ minutes: at - 1 }, 2_400], [{ minutes: at + 3 }, recovers ? 800 : 2_400]);
    await take(s.world, { ...alarm(s.clock.now()), id: `alarm-${at}` });
  };

  it("is lost by two failures of five: the runbook asks from then on, and people are told", async () => {
    s = stack({ settings: settingsOf({ autonomy: { degrade: "auto" } }) });
    for (const hour of [1, 3]) {
      await s.runTo({ hours: hour });
      await slowOnce(hour * 60, false);
      await s.runTo({ hours: hour, minutes: 50 });
    }
    expect(await phase()).toMatchObject({ outcome: "undone" });
    expect(s.pages).toContainEqual(expect.stringContaining("demoted: degrade: It may now only veto for chat"));
    await s.runTo({ hours: 5 });
    await slowOnce(300, true);
    await s.runTo({ hours: 5, minutes: 1 });
    expect(await phase()).toMatchObject({ state: "waiting" });

    await s.world.trust.restore("degrade", "chat");
    expect(await s.world.trust.allowed("degrade", "chat", "auto")).toBe("auto");
    await s.runTo({ hours: 8 });
  });
});
