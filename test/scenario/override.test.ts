import { afterEach, describe, expect, it } from "vitest";
import type { Narrowing } from "../../src/engine/narrowing.ts";
import { actionsOf } from "../../src/runbook/plan.ts";
import { changed, degradeEpisode, promisesKept, spotEpisode } from "../support/episodes.ts";
import { settingsOf, type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const minute = { minutes: 1 };
const override = (narrowing: Partial<Narrowing>) => () => ({
  verdict: "approved" as const,
  after: minute,
  narrowing: { without: [], params: {}, ...narrowing },
});
const story = async (id: string) => (await s.world.stories.read(id)).map(({ text }) => text);

describe("a person who overrides a plan", () => {
  it("gets the change for a shorter time", async () => {
    s = stack({ people: override({ leaseMinutes: 5 }) });
    await degradeEpisode.begin(s);
    await s.runTo({ minutes: 4 });
    expect((await s.world.incidents.recent(1))[0]?.phase).toMatchObject({
      state: "holding",
      until: startMs + 6 * 60_000,
    });
    await s.runTo({ hours: 1 });
    const { phase, id } = await promisesKept(s, degradeEpisode);
    expect(phase).toMatchObject({ outcome: "healed", at: startMs + 6 * 60_000 });
    expect(await story(id)).toContain('Narrowed by Alex: "set chat to limited" for 5 min instead of 30 min.');
  });

  it("gets the plan without the actions they leave out, and what those would have touched is free", async () => {
    s = stack({
      settings: settingsOf({ autonomy: { "spot-interruption": "approve" } }),
      people: () => ({
        verdict: "approved" as const,
        after: { seconds: 5 },
        narrowing: { without: [0], params: {} },
      }),
    });
    await spotEpisode.begin(s);
    await s.runTo({ hours: 1 });
    expect(changed(s)).not.toContain("LaunchInstances");
    expect(changed(s)).toContain("UpdateContainerInstancesState");
    const [incident] = await s.world.incidents.recent(1);
    expect(incident?.phase).toMatchObject({ outcome: "healed" });
    expect(incident?.plan && actionsOf(incident.plan)[0]?.action).toBe("sqs.release-messages");
  });

  it.each<[string, Partial<Narrowing>, string]>([
    ["for longer", { leaseMinutes: 60 }, "an override can only make it shorter"],
    ["without anything left", { without: [0] }, "That leaves nothing to do. Deny the plan instead."],
    ["of something that is no action", { without: [1] }, "Step 2 of the plan is not an action."],
    [
      "to a deeper level",
      { params: { 0: { service: "chat", level: "minimal", reason: "now" } } },
      "it would be more, or something else",
    ],
    [
      "of another service",
      { params: { 0: { service: "search", level: "limited", reason: "now" } } },
      "it would be more, or something else",
    ],
    ["to the very same", {}, "Approve it instead"],
  ])("does not get it %s", async (_, narrowing, why) => {
    s = stack({ people: override(narrowing) });
    await degradeEpisode.begin(s);
    await s.runTo({ hours: 1 });
    const { phase } = await promisesKept(s, degradeEpisode);
    expect(phase).toMatchObject({ outcome: "refused", why: expect.stringContaining(why) });
    expect(changed(s)).toEqual([]);
  });
});
