import { degrade } from "../../../runbooks/degrade.ts";
import { openCircuit } from "../../../runbooks/open-circuit.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Overview } from "../../../src/engine/overview.ts";
import { lookOver } from "../../../src/engine/overview.ts";
import { home } from "../../../src/slack/home.ts";
import { checkBlocks, checkView } from "../../../src/slack/limits.ts";
import { overviewBlocks } from "../../../src/slack/overview-blocks.ts";
import { commanded, homeOpened } from "../../../local/slack-request.ts";
import { type FakeSlack, fakeSlack } from "../../support/fake-slack.ts";
import { drain, incidentIn, interruption, planOf, question, secret, slackFunction, start, wordsIn } from "./given.ts";

let slack: FakeSlack;
beforeEach(async () => void (slack = await fakeSlack()));
afterEach(() => slack.close());

async function given(more?: Parameters<typeof slackFunction>[1]) {
  const known = await slackFunction(slack, more);
  /** Types a command; what comes back has to be within Slack's limits. */
  const say = async (...typed: Parameters<typeof known.type>) => {
    const { words, blocks } = await known.type(...typed);
    expect(checkBlocks(blocks)).toEqual([]);
    return words;
  };
  const told = () => slack.calls.filter(({ method }) => method === "chat.postMessage").map(({ args }) => args.text);
  const audit = async () => (await known.world.stories.read("bot")).map(({ text }) => text);
  const close = () =>
    known.world.incidents.update(known.asked.incident, (was) => ({
      ...was,
      phase: { state: "closed", outcome: "healed", why: "replaced", at: start + 1 },
    }));
  return { ...known, say, told, audit, close };
}

describe("/paramedic", () => {
  it("status says what is going on", async () => {
    const { say, asked } = await given();
    const words = await say("");
    expect(words).toContain("🟢 *Nothing is halted.*");
    expect(words).toContain("*Waiting for a decision* (1)\n✋ EC2 takes i-0abc back · waiting");
    expect(words).toContain(asked.incident);
  });

  it("status shows what it can read, and names what it cannot", async () => {
    const { say } = await given({ halts: () => Promise.reject(new Error("throttled")) });
    expect(await say("status")).toContain("*Cannot be read now:* the stop switch");
  });

  it("incidents, explain and plan show them, by whatever people call them", async () => {
    const { say, world, asked } = await given();
    await world.stories.tell(asked.incident, "asked q", "Asked for <!channel> approval.");
    expect(await say("incidents")).toContain("✋ EC2 takes i-0abc back · waiting");
    for (const name of ["last", asked.incident, asked.incident.slice(0, 6), "instance/i-0abc", "i-0abc"]) {
      const words = await say(`explain ${name}`);
      expect(words).toContain("*Waiting for a decision*");
      expect(words).toContain("*Story*\n<!date^");
      expect(words).toContain("Asked for &lt;!channel&gt; approval.");
    }
    expect(await say("plan")).toContain("*If approved*\n1. drain i-0abc (can be undone)");
    expect(await say("explain instance/i-0abd")).toBe(
      "There is no incident “instance/i-0abd”. Did you mean “instance/i-0abc”?",
    );
  });

  it("explain and plan stay within Slack's limits, however large the incident and hostile its names", async () => {
    const name = `<!channel>*x*${"&".repeat(2_000)}`;
    const steps = Array.from({ length: 5_000 }, (_, at) => drain(`i-${at}-${"&".repeat(100)}`));
    const { say, world, asked } = await given({ plan: planOf(steps, { fleet: { scope: name, size: 9 } }) });
    await world.incidents.update(asked.incident, (was) => ({
      ...was,
      title: name,
      root: name,
      partOf: name,
      decision: name,
      signal: { why: name },
    }));
    for (let n = 0; n < 30; n++) await world.stories.tell(asked.incident, `k${n}`, name, { who: name });
    expect(await say("explain last")).not.toContain("<!channel>");
    expect(await say("plan last")).not.toContain("<!channel>");
  });

  it("halt stops what it names, tells the channel and the audit, and resume ends it", async () => {
    const { say, told, audit, world, clock } = await given();
    expect(await say("halt service/chat for 30m because we <!here> deploy")).toBe(
      "Halted service/chat for 30 min. Nothing of it is changed from now on.",
    );
    expect(await world.halts()).toEqual([
      { by: "Anna", why: "we <!here> deploy", scope: "service/chat", until: clock.now() + 1_800_000 },
    ]);
    expect(await say("halt because fire", "U0BEN")).toContain("Halted everything until somebody resumes.");
    expect(await say("freeze")).toContain("• *everything* by Ben: fire, until somebody resumes");
    expect(await say("status")).toContain("• *service/chat* by Anna: we &lt;!here&gt; deploy, until <!date^");

    expect(await say("resume degrade")).toBe(
      "degrade is not halted. Halted is service/chat, everything; name it, or say all.",
    );
    expect(await say("resume")).toBe("Resumed everything. Still halted: service/chat.");
    clock.advance(1_800_000);
    expect(await say("freeze")).toBe("🟢 *Nothing is halted.*");
    expect(told()).toHaveLength(3);
    expect(told()[0]).toContain("<@U0ANNA>: Halted service/chat for 30 min.");
    expect(await audit()).toEqual([
      "Anna halted service/chat for 30 min: we <!here> deploy",
      "Ben halted everything until somebody resumes: fire",
      "Ben resumed everything.".replace("Ben", "Anna"),
    ]);
  });

  it("level and circuit are set by hand for a while, and shown", async () => {
    const { say, audit, world } = await given();
    expect(await say("level")).toBe("Every service shows all of itself.");
    expect(await say("level chat cached because it is slow")).toBe("Done: set chat to cached for 1 h.");
    expect(await say("level")).toContain("`chat` is *cached* (Anna: it is slow), until <!date^");
    expect(await say("level chat full")).toBe("Done: set chat to full.");
    expect(await say("level")).toBe("Every service shows all of itself.");

    expect(await say("circuit bedrock/claude open for 10m because of an outage")).toBe(
      "Done: hold the circuit bedrock/claude open for 10 min.",
    );
    expect(await say("circuit")).toContain("`bedrock/claude` is *forced-open* (of an outage), until <!date^");
    expect((await lookOver(world)).circuits).toMatchObject([{ circuit: "bedrock/claude", state: { by: "Anna" } }]);
    await say("circuit bedrock/claude release");
    expect(await say("level chat minimal for 3d")).toBe("Nothing is set for longer than 1 d by hand.");
    expect((await audit()).length).toBe(4);
  });

  it("run looks at the same again, and somebody else has to approve it", async () => {
    const { say, world, started, close, clock } = await given();
    expect(await say("run last because it is back")).toContain("is about instance/i-0abc already, and not closed.");
    await close();
    clock.advance(60_000);
    expect(await say("run last because it is back")).toContain("spot-interruption looks at instance/i-0abc.");

    const [again] = await world.incidents.open(1);
    expect(again).toMatchObject({ episode: 2, requestedBy: "U0ANNA" });
    expect(started).toEqual([`paramedic-test-${again?.id}`]);
    expect((await world.stories.read(again?.id ?? "")).map(({ text }) => text)).toEqual([
      "Anna asked for this: it is back",
    ]);
  });

  it("run starts a runbook by hand on what its triggers know, once, and nobody approves their own", async () => {
    const { say, world, started } = await given({ runbooks: [interruption, degrade, openCircuit] });
    expect(await say("run degrad chat")).toContain("There is no runbook “degrad”. Did you mean “degrade”?");
    expect(await say("run degrade")).toContain("Say what degrade is to look at");
    expect(await say("run degrade caht")).toBe("degrade cannot be run on caht; it can on: chat.");
    expect(await say("run open-circuit bedrock/titan")).toContain("it can on: bedrock/claude.");
    expect(await say("run spot-interruption i-0abc")).toContain("spot-interruption cannot be started by hand");
    expect(await say("run degrade chat", "U0BEN")).toBe("You may decide about spot-interruption, not about degrade.");
    expect(started).toEqual([]);

    const words = await say("run degrade on service/chat because users complain");
    expect(words).toContain("degrade looks at service/chat. Somebody else has to approve what it proposes.");
    const opened = (await world.incidents.open(2)).find(({ runbook }) => runbook === "degrade");
    expect(opened).toMatchObject({
      root: "service/chat",
      runbook: "degrade",
      title: "chat is slow (asked for)",
      signal: { service: "chat", at: start, highMs: 1_500, why: "asked for by hand: users complain" },
      requestedBy: "U0ANNA",
    });
    expect(started).toEqual([`paramedic-test-${opened?.id}`]);
    expect(await say("run degrade chat")).toContain("is about service/chat already, and not closed.");
  });

  it("runbooks and trust say how far each may go, and trust is restored", async () => {
    const { say, world } = await given();
    for (const n of [1, 2, 3]) await world.trust.record("spot-interruption", undefined, "approve", `i-${n}`, false);
    expect(await say("runbooks")).toBe(
      "*Runbooks* (1)\n`spot-interruption` *approve* · moves work off an instance that EC2 takes back",
    );
    expect(await say("trust")).toContain(
      "`spot-interruption`: *propose* · 0 of 3 helped, certainly at least 0 % · demoted from approve",
    );
    expect(await say("trust restore spot-interruption", "U0CLEO")).toContain("not about spot-interruption");
    await say("trust restore spot-interruption");
    expect(await say("trust")).toBe("*Trust* (1)\n`spot-interruption`: *approve*");
  });

  it("help shows every command, and what cannot be read gets the nearest that can", async () => {
    const { say } = await given();
    expect(await say("help")).toContain("`/paramedic halt [WHAT] [for 30m] [because WHY]`");
    const wrong = await say("hlat");
    expect(wrong).toContain("There is no command “hlat”. Did you mean “halt”?");
    expect(await say("halt caht")).toContain("Did you mean “chat”? Nothing was halted.");
  });

  it.each([
    "halt",
    "resume all",
    "level chat minimal",
    "circuit bedrock/claude open",
    "run last",
    "trust restore spot-interruption",
  ])("%s is for approvers only", async (text) => {
    const { say, world, told, audit, close } = await given();
    await close();
    expect(await say(text, "U0EVE")).toContain("You are not an approver.");
    expect([await world.halts(), told(), await audit()]).toEqual([[], [], []]);
  });

  it("is refused when it is forged or older than five minutes", async () => {
    const { handler, world } = await given();
    const typed = { text: "halt", user: "U0ANNA", team: "T1", channel: "C1" };
    for (const signing of [{ secret: `${secret}x` }, { secret, at: Date.now() - 310_000 }])
      expect(await handler(commanded(typed, signing), {})).toEqual({ statusCode: 401, body: "" });
    expect(await world.halts()).toEqual([]);
  });

  it("says so when the switch cannot be set", async () => {
    const { say, world, sim } = await given();
    sim.faults.add({ service: "ssm", operation: "PutParameter", kind: "denied" });
    expect(await say("halt because fire")).toBe("That could not be done just now. Try again, or use the CLI.");
    expect(await world.halts()).toEqual([]);
  });

  it("shows nothing to other workspaces", async () => {
    const { say } = await given();
    expect(await say("status", "U0ANNA", "T2")).toBe("You are in another workspace; nothing is shown there.");
  });

  it("counts although the channel cannot be told", async () => {
    const { say, world } = await given();
    slack.fail("chat.postMessage", { body: JSON.stringify({ ok: false, error: "channel_not_found" }) });
    await say("halt because fire");
    expect(await world.halts()).toHaveLength(1);
  });
});

describe("the home", () => {
  const open = async (known: Awaited<ReturnType<typeof given>>, team = "T1") =>
    known.handler(homeOpened({ user: "U0ANNA", team }, { secret }), {});

  it("shows how things stand, the switch, and the last incidents", async () => {
    const known = await given();
    await known.close();
    await known.say("halt because fire");
    expect(await open(known)).toMatchObject({ statusCode: 200 });
    const [view] = slack.opened();
    expect(checkView(view)).toEqual([]);
    expect(wordsIn(view)).toContain("• *everything* by Anna: fire");
    expect(wordsIn(view)).toContain("*Last incidents* (1)\n✅ EC2 takes i-0abc back · healed");
    expect(wordsIn(view)).toContain("Halt…\nResume…");
  });

  it("stops the bot from there", async () => {
    const known = await given();
    await known.press({ button: "halt", value: "bot", responseUrl: slack.responseUrl });
    await known.fillIn({ scope: ["everything"], why: "fire" });
    expect(await known.world.halts()).toEqual([{ by: "Anna", why: "fire" }]);
  });

  it("is not shown to other workspaces, and a Slack that does not take it harms nobody", async () => {
    const known = await given();
    await open(known, "T2");
    expect(slack.opened()).toEqual([]);
    slack.fail("views.publish", { body: JSON.stringify({ ok: false, error: "not_enabled" }) });
    expect(await open(known)).toMatchObject({ statusCode: 200 });
    expect(known.logged.at(-1)).toMatchObject({ message: "a home could not be shown" });
  });

  it("is within Slack's limits however much there is", () => {
    const hostile = `<!channel>*x*${"&".repeat(10_000)}`;
    const incident = incidentIn({ state: "acting" }, { title: hostile, root: hostile });
    const many = <T>(one: T): T[] => Array.from({ length: 5_000 }, () => one);
    const seen: Overview = {
      now: start,
      halts: many({ by: hostile, why: hostile, scope: hostile, until: start }),
      open: many(incident),
      questions: many({ incident, approval: question }),
      closed: many(incident),
      levels: many({ service: hostile, level: "cached" as const, by: hostile, why: hostile, until: start }),
      circuits: many({
        circuit: hostile,
        state: { kind: "open" as const, until: start, opens: 1, successes: 0, why: hostile },
      }),
      leases: many({ incident: hostile, does: hostile, until: start }),
      unread: ["levels"],
    };
    expect(checkView(home(seen))).toEqual([]);
    expect(checkBlocks(overviewBlocks(seen))).toEqual([]);
    expect(wordsIn(home(seen))).not.toContain("<!channel>");
  });
});
