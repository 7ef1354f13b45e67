import { afterEach, describe, expect, it } from "vitest";
import { haltParameter } from "../../src/aws/switches.ts";
import { standing } from "../../src/engine/journal.ts";
import { requestUndo } from "../../src/engine/undo-request.ts";
import { sweep } from "../../src/engine/watch.ts";
import { changed, degradeEpisode, promisesKept, spotEpisode } from "../support/episodes.ts";
import { chatLatency, settingsOf, type Stack, stack } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const settings = settingsOf({ autonomy: { degrade: "auto", "spot-interruption": "auto" } });
const alex = { id: "U0ALEX", team: "T0PARAMEDIC" };
const now = async () => {
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return incident;
};
const wantBack = async (who = alex) => requestUndo(s.world, (await now()).id, who, "it is game night");
const begin = async () => {
  s = stack({ settings });
  await degradeEpisode.begin(s);
};

describe("a person who wants a change back", () => {
  it("gets it while the remediation is still going on", async () => {
    await begin();
    chatLatency(s, [{ minutes: 1 }, 2_400]);
    await s.runTo({ minutes: 1 });
    expect((await now()).phase.state).toBe("acting");
    expect(await wantBack()).toMatchObject({ kind: "taken" });
    await s.runTo({ minutes: 5 });

    const { phase } = await promisesKept(s, degradeEpisode);
    expect(phase).toMatchObject({ outcome: "undone", why: "wanted back by Alex: it is game night" });
    expect(s.pages).toEqual([]);
  });

  it("gets it while it is lent, at once", async () => {
    await begin();
    await s.runTo({ minutes: 10 });
    expect((await now()).phase.state).toBe("holding");
    await wantBack();
    await s.runTo({ minutes: 11 });
    expect((await promisesKept(s, degradeEpisode)).phase).toMatchObject({ outcome: "undone" });
    expect(await s.world.look.level("chat")).toBe("full");
  });

  it("gets back after the end what a runbook keeps", async () => {
    s = stack({ settings });
    await spotEpisode.begin(s);
    // The doomed instance lives on for two minutes: what was drained can be filled again.
    await s.runTo({ seconds: 100 });
    const healed = await now();
    expect(healed.phase).toMatchObject({ outcome: "healed" });
    expect(await wantBack()).toMatchObject({ kind: "taken" });
    await s.runTo({ minutes: 30 });

    const { phase, id } = await now();
    expect(phase).toMatchObject({ state: "closed", outcome: "undone" });
    expect(standing(await s.world.journal.read(id))).toEqual([]);
    const story = (await s.world.stories.read(id)).map(({ text }) => text);
    expect(story).toContain("Alex wants it back: it is game night.");
  });

  it("is heard even if the wake-up is lost: watch goes after it", async () => {
    await begin();
    await s.runTo({ minutes: 10 });
    const { id } = await now();
    await s.world.incidents.update(id, (was) => ({
      ...was,
      undo: { by: alex.id, name: "Alex", why: "it is game night", at: s.clock.now() },
    }));
    await s.runTo({ minutes: 12 });
    await sweep(s.world);
    await s.runTo({ minutes: 13 });
    expect((await promisesKept(s, degradeEpisode)).phase).toMatchObject({ outcome: "undone" });
  });

  it("has to be one who may decide, and has to ask once", async () => {
    await begin();
    await s.runTo({ minutes: 10 });
    expect(await wantBack({ id: "U0SAM", team: "T0PARAMEDIC" })).toEqual({
      kind: "refused",
      why: "You may decide about spot-interruption, not about degrade.",
    });
    expect(await wantBack()).toMatchObject({ kind: "taken" });
    expect(await wantBack()).toEqual({ kind: "refused", why: "Alex has already asked for that." });
    await s.runTo({ hours: 1 });
    await promisesKept(s, degradeEpisode);
  });

  it("is told when nothing has been changed, or nothing of it stands any more", async () => {
    s = stack();
    await degradeEpisode.begin(s);
    await s.runTo({ seconds: 30 });
    expect(await wantBack()).toEqual({
      kind: "refused",
      why: "Nothing has been changed yet. Deny the plan instead.",
    });
    await s.runTo({ hours: 1 });
    expect(await wantBack()).toEqual({ kind: "refused", why: "Nothing of it stands any more." });
  });
});

describe("halt half-way through what would be undone", () => {
  it("leaves it until people resume, and then takes it back by itself", async () => {
    await begin();
    chatLatency(s, [{ minutes: 1 }, 2_400]);
    await s.runTo({ minutes: 1 });
    s.sim.seed.parameter({ name: haltParameter, value: JSON.stringify({ by: "Sam", why: "release" }) });
    await s.runTo({ minutes: 40 });
    expect(changed(s)).toEqual(["PutParameter"]);
    expect((await now()).phase.state).toBe("undoing");

    await s.sim.call("ssm", "DeleteParameter", { Name: haltParameter });
    await s.runTo({ minutes: 50 });
    expect(changed(s)).toEqual(["PutParameter", "DeleteParameter", "PutParameter"]);
    await promisesKept(s, degradeEpisode);
  });

  it("of one service holds only that service", async () => {
    await begin();
    s.sim.seed.parameter({
      name: haltParameter,
      value: JSON.stringify([{ by: "Sam", why: "release", scope: "service/search" }]),
    });
    await s.runTo({ minutes: 5 });
    expect(changed(s)).toEqual(["PutParameter"]);
    await s.runTo({ hours: 1 });
    await promisesKept(s, degradeEpisode);
  });

  it("of a runbook holds what it would begin, and says which", async () => {
    s = stack({ settings });
    s.sim.seed.parameter({
      name: haltParameter,
      value: JSON.stringify([{ by: "Sam", why: "release", scope: "runbook/degrade" }]),
    });
    await degradeEpisode.begin(s);
    await s.runTo({ minutes: 1 });
    expect((await now()).phase).toEqual({ state: "halted", why: "halted by Sam (runbook/degrade): release" });
    await s.runTo({ hours: 13 });
    expect((await promisesKept(s, degradeEpisode)).phase).toMatchObject({ outcome: "refused" });
  });
});
