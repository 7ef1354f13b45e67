import { afterEach, describe, expect, it } from "vitest";
import { levelParameter, readLevel } from "../../src/aws/level.ts";
import { runOn } from "../../src/engine/by-hand.ts";
import { take } from "../../src/engine/take.ts";
import { sweep } from "../../src/engine/watch.ts";
import { changed } from "../support/episodes.ts";
import { alarm, chatLatency, settingsOf, type Stack, stack, type StackOptions, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

const auto = { settings: settingsOf({ autonomy: { degrade: "auto" } }) };
const after = (minutes: number, verdict: "approved" | "denied" = "approved"): StackOptions => ({
  people: () => ({ verdict, after: { minutes } }),
});

/** The alarm goes off; `course` is what the latency metric says from then on. */
async function slow(
  options: StackOptions,
  course: Parameters<typeof chatLatency>[1][],
  prepare = () => {},
  event: unknown = alarm(startMs),
) {
  s = stack(options);
  chatLatency(s, [{ minutes: -5 }, 2_400], ...course);
  prepare();
  await take(s.world, event);
}
async function end() {
  await s.runTo({ hours: 3 });
  const incident = await now();
  return { ...incident, story: (await s.world.stories.read(incident.id)).map(({ text }) => text) };
}
async function now() {
  const [incident] = await s.world.incidents.recent(1);
  if (!incident) throw new Error("no incident was opened");
  return incident;
}
const level = async () => (await readLevel(s.world.reading.ssm, "chat"))?.value;
const setByHand = (value: string) => s.sim.seed.parameter({ name: levelParameter("chat"), value });

describe("asked for by hand", () => {
  const asked = async (rung: "observe" | "propose" | "auto") => {
    s = stack({ settings: settingsOf({ autonomy: { degrade: rung } }) });
    chatLatency(s, [{ minutes: -5 }, 2_400]);
    const said = { runbook: "degrade", target: "chat", why: "users complain" };
    await runOn(s.world, { id: "U0ALEX", team: "T0PARAMEDIC" }, said);
    await s.runTo({ seconds: 30 });
    return await now();
  };

  it("it is proposed whatever the rung, and whoever asked does not approve it", async () => {
    const { phase, autonomy } = await asked("auto");
    expect({ state: phase.state, autonomy }).toEqual({ state: "waiting", autonomy: "approve" });
    const id = phase.state === "waiting" ? phase.approvalId : "";
    expect(await s.world.approvals.decide(id, "approved", { id: "U0ALEX", team: "T0PARAMEDIC" })).toMatchObject({
      kind: "refused",
      why: "You asked for this yourself; somebody else must approve it.",
    });
    expect(await level()).toBeUndefined();
  });

  it.each(["observe", "propose"] as const)("it changes nothing where the rung is %s: it is shown", async (rung) => {
    const { phase, plan } = await asked(rung);
    expect(phase).toMatchObject({ outcome: "skipped", why: "proposed, for people to do: set chat to limited" });
    expect(plan?.steps).toHaveLength(2);
    expect(await level()).toBeUndefined();
  });
});

describe("a slow service", () => {
  it("does less for half an hour once a person has approved, and then everything again", async () => {
    await slow(after(1), [[{ minutes: 3 }, 800]]);
    await s.runTo({ seconds: 30 });
    expect((await now()).phase).toMatchObject({ state: "waiting", until: startMs + 30 * 60_000 });
    expect(await level()).toBeUndefined();

    await s.runTo({ seconds: 90 });
    expect((await now()).phase).toEqual({ state: "acting" });
    expect(await level()).toMatchObject({
      level: "limited",
      incident: (await now()).id,
      setBy: "paramedic",
      since: startMs + 60_000,
      expiresAt: startMs + 31 * 60_000,
    });

    await s.runTo({ minutes: 20 });
    expect((await now()).phase).toMatchObject({ state: "holding", until: startMs + 31 * 60_000 });
    expect(await s.world.look.level("chat")).toBe("limited");

    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed", at: startMs + 31 * 60_000 });
    expect(await level()).toMatchObject({ level: "full", reason: "given back" });
    expect(s.pages).toEqual([]);
    expect(story).toEqual([
      "Plan: set chat to limited.",
      "Asked for approval; there are 30 min to decide.",
      "Alex approved the plan.",
      "Done: set chat to limited.",
      "chat recovers: chat answers in 800 ms.",
      "It helped. What was changed is given back by itself when its time is over.",
      "Undone: set chat to limited.",
      "Healed: every step was done.",
    ]);
  });

  it("gets its level back at the end of the lease although trouble came back meanwhile, and people are paged", async () => {
    await slow(auto, [
      [{ minutes: 3 }, 800],
      [{ minutes: 20 }, 2_600],
    ]);
    const { phase } = await end();
    expect(phase).toMatchObject({
      outcome: "escalated",
      why: "given back at the end of its lease, but chat answers in 2600 ms, more than 1125 ms",
    });
    expect(await level()).toMatchObject({ level: "full" });
    expect(s.pages).toHaveLength(1);
  });

  it("gets its level back at once, and people are paged, when doing less does not help", async () => {
    await slow(auto, []);
    const { phase } = await end();
    expect(phase).toMatchObject({
      outcome: "undone",
      why: "chat recovers: not within 10 min; chat answers in 2400 ms, more than 1125 ms",
    });
    expect(phase.state === "closed" && phase.at).toBeLessThan(startMs + 11 * 60_000);
    expect(await level()).toMatchObject({ level: "full" });
    expect(s.pages).toEqual([expect.stringMatching(/^undone: .+-1: chat recovers: not within 10 min/)]);
  });

  it("that queues does much less, and the least it can when that has not helped", async () => {
    const { detail, ...event } = alarm(startMs);
    const reasonData = JSON.stringify({ version: "1.0", threshold: 1_500, recentDatapoints: [9_000] });
    const queues = { ...event, detail: { ...detail, state: { ...detail.state, reasonData } } };
    await slow(auto, [[{ minutes: 6 }, 800]], () => {}, queues);
    await s.runTo({ minutes: 3 });
    expect(await s.world.look.level("chat")).toBe("cached");
    await s.runTo({ minutes: 20 });
    expect(await s.world.look.level("chat")).toBe("minimal");

    const { phase, story } = await end();
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(story[0]).toBe("Plan: set chat to cached; set chat to minimal unless chat has recovered by then.");
    expect(await level()).toMatchObject({ level: "full" });

    await slow(auto, [[{ minutes: 2 }, 800]], () => {}, queues);
    expect((await end()).story).toContain(
      "Not needed: set chat to minimal unless chat has recovered by then; chat answers in 800 ms.",
    );
  });

  it("with no data is believed to be slow, but not to have recovered", async () => {
    s = stack(auto);
    await take(s.world, alarm(startMs));
    const { phase } = await end();
    expect(phase).toMatchObject({
      outcome: "undone",
      why: expect.stringContaining("no evidence: no LatencyMs for chat"),
    });
    expect(s.pages).toHaveLength(1);
  });

  it("goes one level down from where it is, and back to there", async () => {
    const value = { level: "limited", reason: "sale", incident: "-", key: "-", setBy: "Alex", since: startMs };
    await slow(auto, [[{ minutes: 3 }, 800]], () => setByHand(JSON.stringify(value)));
    await s.runTo({ minutes: 10 });
    expect(await s.world.look.level("chat")).toBe("cached");
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(await level()).toEqual(value);
  });

  it("is left as it is at the lowest level", async () => {
    const value = { level: "minimal", reason: "fire", incident: "-", key: "-", setBy: "Alex", since: startMs };
    await slow(auto, [], () => setByHand(JSON.stringify(value)));
    expect((await end()).phase).toMatchObject({ outcome: "skipped", why: "chat is already at its lowest level" });
  });

  it("keeps the level that a person has set meanwhile", async () => {
    await slow(auto, [[{ minutes: 3 }, 800]]);
    await s.runTo({ minutes: 10 });
    const value = { level: "minimal", reason: "I know better", incident: "-", key: "-", setBy: "Alex", since: startMs };
    setByHand(JSON.stringify(value));
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
    expect(await level()).toEqual(value);
  });

  it("reads as full when its time is over, even if nobody is there to give the level back", async () => {
    await slow(auto, [[{ minutes: 3 }, 800]]);
    await s.runTo({ minutes: 10 });
    expect(await s.world.look.level("chat")).toBe("limited");
    s.sim.stop();
    s.clock.advance(31 * 60_000);
    expect(await s.world.look.level("chat")).toBe("full");
  });

  it("is skipped when it has recovered by itself", async () => {
    s = stack(auto);
    chatLatency(s, [{ minutes: -5 }, 800]);
    await take(s.world, alarm(startMs));
    expect((await end()).phase).toMatchObject({ outcome: "skipped", why: "chat has recovered by itself" });
    expect(changed(s)).toEqual([]);
  });
});

describe("people", () => {
  it("who do not decide have refused", async () => {
    await slow({}, []);
    const { phase } = await end();
    expect(phase).toMatchObject({ outcome: "refused", why: "nobody decided within 30 min" });
    expect(phase.state === "closed" && phase.at).toBe(startMs + 30 * 60_000);
    const [asked] = s.asked;
    expect(await s.world.approvals.get(asked?.id ?? "")).toMatchObject({ withdrawn: true });
    expect(changed(s)).toEqual([]);
  });

  it("who deny have refused at once", async () => {
    await slow(after(5, "denied"), []);
    const { phase, decision } = await end();
    expect(phase).toMatchObject({ outcome: "refused", why: "denied by Alex", at: startMs + 5 * 60_000 });
    expect(decision).toBe("denied by Alex");
    expect(changed(s)).toEqual([]);
  });

  it("who approve what has recovered meanwhile have nothing changed", async () => {
    await slow(after(5), [[{ minutes: 3 }, 800]]);
    expect((await end()).phase).toMatchObject({
      outcome: "skipped",
      why: "approved, but by now chat has recovered by itself",
    });
    expect(changed(s)).toEqual([]);
  });

  it("who approve a world that has moved are asked again, and what they approve then is what runs", async () => {
    const value = { level: "limited", reason: "sale", incident: "-", key: "-", setBy: "Sam", since: startMs };
    await slow(after(5), [[{ minutes: 12 }, 800]]);
    await s.runTo({ minutes: 4 });
    setByHand(JSON.stringify(value));

    const { phase, story } = await end();
    expect(story.slice(0, 7)).toEqual([
      "Plan: set chat to limited.",
      "Asked for approval; there are 30 min to decide.",
      "Alex approved the plan.",
      "The situation has changed since this was proposed. Proposing again.",
      "Plan: set chat to cached.",
      "Asked for approval; there are 30 min to decide.",
      "Alex approved the plan.",
    ]);
    expect(phase).toMatchObject({ outcome: "healed" });
    expect(new Set(s.asked.map(({ planHash }) => planHash)).size).toBe(2);
    expect(s.sim.calls.filter(({ operation }) => operation === "PutParameter")).toHaveLength(2);
    expect(await level()).toEqual(value);
  });

  it("are not asked for ever while the world keeps moving", async () => {
    await slow(after(5), []);
    for (const minutes of [4, 9, 14, 19]) {
      await s.runTo({ minutes });
      setByHand(`moved at ${minutes}`);
    }
    expect((await end()).phase).toMatchObject({
      outcome: "refused",
      why: "the situation changed 3 times while people were asked",
    });
    expect(s.asked).toHaveLength(3);
    expect(changed(s)).toEqual([]);
  });

  it("whose answer is stored while the wake-up is lost are heard when watch looks", async () => {
    await slow({}, [[{ minutes: 9 }, 800]]);
    await s.runTo({ minutes: 5 });
    const [asked] = s.asked;
    await s.world.approvals.decide(asked?.id ?? "", "approved", { id: "U0ALEX", team: "T0PARAMEDIC" });
    await s.runTo({ minutes: 6 });
    expect((await now()).phase.state).toBe("waiting");

    expect(await sweep(s.world)).toMatchObject({ woken: [(await now()).id] });
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
  });

  it("whose answer is stored in the last moment, after the question has timed out, are heard", async () => {
    await slow({}, [[{ minutes: 34 }, 800]]);
    await s.runTo({ minutes: 29 });
    const [asked] = s.asked;
    await s.world.approvals.decide(asked?.id ?? "", "approved", { id: "U0ALEX", team: "T0PARAMEDIC" });
    expect((await end()).phase).toMatchObject({ outcome: "healed" });
  });
});

describe("observe mode", () => {
  it("does nothing and says what it would have done", async () => {
    await slow({ settings: settingsOf({ autonomy: {} }) }, []);
    const { phase, plan } = await end();
    expect(phase).toMatchObject({ outcome: "skipped", why: "observing only; it would have: set chat to limited" });
    expect(plan?.steps).toHaveLength(2);
    expect(changed(s)).toEqual([]);
    expect(s.asked).toEqual([]);
  });
});
