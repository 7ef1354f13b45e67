import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { submitted } from "../../../local/slack-request.ts";
import { checkView } from "../../../src/slack/limits.ts";
import { type FakeSlack, fakeSlack } from "../../support/fake-slack.ts";
import { degradeTo, drain, planOf, runTasks, secret, slackFunction, wordsIn } from "./given.ts";

let slack: FakeSlack;
beforeEach(async () => void (slack = await fakeSlack()));
afterEach(() => slack.close());
const given = (more?: Parameters<typeof slackFunction>[1]) => slackFunction(slack, more);

/** The values that can be chosen in the form that was opened last, by block. */
const offered = (): Record<string, string[]> =>
  Object.fromEntries(
    (slack.opened().at(-1)?.blocks ?? []).flatMap((block) => {
      const text = JSON.stringify(block);
      const [, id] = /"block_id":"([^"]+)"/.exec(text) ?? [];
      const values = [...text.matchAll(/"value":("(?:[^"\\]|\\.)*")/g)].map(([, value]) =>
        String(JSON.parse(value ?? "")),
      );
      return id === undefined || values.length === 0 ? [] : [[id, values]];
    }),
  );

describe("denying", () => {
  it("asks for a reason, and takes it into the decision", async () => {
    const { press, fillIn, decision, woken } = await given();
    await press({ button: "deny" });
    expect(await decision()).toBeUndefined();
    expect(slack.opened().map(checkView)).toEqual([[]]);

    expect(await fillIn({ why: "we are in the middle of a deploy" })).toMatchObject({
      says: expect.stringContaining("Denied. Nothing will be done."),
    });
    expect(await decision()).toMatchObject({ verdict: "denied", why: "we are in the middle of a deploy" });
    expect(woken).toEqual(["callback-1"]);
  });

  it("takes no reason for a reason, too", async () => {
    const { press, fillIn, decision } = await given();
    await press({ button: "deny" });
    await fillIn({ why: "" });
    expect(await decision()).toMatchObject({ verdict: "denied" });
    expect(await decision()).not.toHaveProperty("why");
  });

  it("opens no form for who may not decide, but says why", async () => {
    const { press } = await given();
    await press({ button: "deny", user: "U0EVE" });
    expect(slack.opened()).toEqual([]);
    expect(slack.said()).toEqual(["You are not an approver. Anna, Ben, Cleo may do that."]);
  });

  it("is too late when somebody approved while the form was open", async () => {
    const { press, fillIn, decision } = await given();
    await press({ button: "deny" });
    await press({ user: "U0BEN" });
    expect(await fillIn({ why: "no" })).toMatchObject({
      says: expect.stringContaining("Ben has already approved this."),
    });
    expect(await decision()).toMatchObject({ verdict: "approved" });
  });

  it("by somebody else than the form was opened for is theirs to answer for", async () => {
    const { press, fillIn, decision } = await given();
    await press({ button: "deny" });
    expect(await fillIn({ why: "no" }, { user: "U0EVE" })).toMatchObject({
      says: expect.stringContaining("You are not an approver."),
    });
    expect(await decision()).toBeUndefined();
  });
});

describe("a form", () => {
  it.each([
    ["was made up", { callback_id: "deny", private_metadata: "x" }, "This form cannot be read. Nothing was done."],
    ["is from another version", { callback_id: "dance", private_metadata: '{"id":"x"}' }, "another version of the bot"],
    ["is about nothing we know", { callback_id: "deny", private_metadata: '{"id":"x"}' }, "not known here"],
    ["is about no incident", { callback_id: "undo", private_metadata: '{"id":"x-1"}' }, "nothing was done"],
  ])("that %s decides nothing and says so", async (_, view, says) => {
    const { fillIn, decision } = await given();
    expect(await fillIn({ why: "because" }, { view })).toMatchObject({ says: expect.stringContaining(says) });
    expect(await decision()).toBeUndefined();
  });

  it("is not opened for a click that Slack has not signed", async () => {
    const { press } = await given();
    expect(await press({ button: "deny" }, { secret: `${secret}x` })).toMatchObject({ statusCode: 401 });
    expect(slack.calls).toEqual([]);
  });

  it("that is forged, or older than five minutes, is refused and decides nothing", async () => {
    const { handler, asked, decision } = await given();
    const view = { callback_id: "deny", private_metadata: JSON.stringify({ id: asked.id }) };
    const form = { user: "U0ANNA", team: "T1", view, values: { why: "no" } };
    for (const signing of [{ secret: `${secret}x` }, { secret, at: Date.now() - 310_000 }])
      expect(await handler(submitted(form, signing), {})).toEqual({ statusCode: 401, body: "" });
    expect(await decision()).toBeUndefined();
  });

  it("that comes twice is one decision, answered the same", async () => {
    const { press, fillIn, decision, clock } = await given();
    await press({ button: "deny" });
    const first = await fillIn({ why: "no" });
    const taken = await decision();
    clock.advance(3_000);
    expect(await fillIn({ why: "no" })).toEqual(first);
    expect(await decision()).toEqual(taken);
  });

  it("that Slack does not open is said, with another way", async () => {
    const { press } = await given();
    slack.fail("views.open", { body: JSON.stringify({ ok: false, error: "expired_trigger_id" }) });
    await press({ button: "override" });
    expect(slack.said()[0]).toContain("Slack did not open the form in time. Press again, or type");
  });
});

describe("overriding", () => {
  const plan = planOf([drain("i-0abc"), degradeTo("minimal"), runTasks(12, 4), { kind: "say", text: "done" }]);

  it("offers only what is less, within Slack's limits", async () => {
    const { press } = await given({ plan });
    await press({ button: "override" });
    expect(slack.opened().map(checkView)).toEqual([[]]);
    expect(offered()).toEqual({
      without: ["0", "1", "2"],
      lease: ["5", "10", "15", "30"],
      "param:1:level": ['"limited"', '"cached"'],
      "param:2:count": ["6", "9", "11"],
    });
  });

  it("approves the part that was left, by the engine's own measure", async () => {
    const { press, fillIn, decision, woken } = await given({ plan });
    await press({ button: "override" });
    const answer = await fillIn({ without: ["0"], lease: ["15"], "param:1:level": ['"limited"'], why: "enough" });

    expect(answer).toMatchObject({ says: expect.stringContaining("Approved in part.") });
    expect(await decision()).toMatchObject({
      verdict: "approved",
      why: "enough",
      narrowing: {
        without: [0],
        leaseMinutes: 15,
        params: { 1: { service: "chat", level: "limited", reason: "slow" } },
      },
    });
    expect(woken).toEqual(["callback-1"]);
  });

  it.each<[string, Record<string, string | string[]>, string]>([
    ["nothing", {}, "That is the plan as it stands. Approve it instead."],
    ["everything", { without: ["0", "1", "2"] }, "That leaves nothing to do. Deny the plan instead."],
    ["more, with a form of one's own making", { "param:2:count": ["90"] }, "cannot be changed to that"],
    ["something else", { "param:0:instance": ['"i-0other"'] }, "cannot be changed to that"],
  ])("by %s stays open and says what is wrong", async (_, values, why) => {
    const { press, fillIn, decision } = await given({ plan });
    await press({ button: "override" });
    expect(await fillIn(values)).toEqual({ errors: { why: expect.stringContaining(why) } });
    expect(await decision()).toBeUndefined();
  });

  it("of a plan that is no longer the plan decides nothing", async () => {
    const { press, fillIn, decision, world, asked } = await given({ plan });
    await press({ button: "override" });
    await world.incidents.update(asked.incident, (was) => ({ ...was, plan: planOf([drain("i-0new")]) }));
    expect(await fillIn({ without: ["0"] })).toMatchObject({ says: expect.stringContaining("The plan has changed") });
    expect(await decision()).toBeUndefined();
  });

  it("after the time has passed is refused with the reason", async () => {
    const { press, fillIn, decision, clock, asked } = await given({ plan });
    await press({ button: "override" });
    clock.advanceTo(asked.until);
    expect(await fillIn({ without: ["0"] })).toMatchObject({ says: expect.stringContaining("Too late") });
    expect(await decision()).toBeUndefined();
  });

  it.each([100, 5_000])("a plan of %i actions is within Slack's limits", async (count) => {
    const steps = Array.from({ length: count }, (_, at) =>
      drain(`i-${at}-<!channel>-${"x".repeat(count === 100 ? 10_000 : 100)}`),
    );
    const { press } = await given({ plan: planOf(steps) });
    await press({ button: "override" });
    expect(slack.opened().map(checkView)).toEqual([[]]);
    expect(wordsIn(slack.opened())).not.toContain("<!channel>");
  });
});

describe("a question to two people", () => {
  it("takes both, says so to the first, and shows it on the card", async () => {
    const shown: string[] = [];
    const chat = {
      show: ({ approval }: { approval?: { assents: readonly { name: string }[] } }) =>
        Promise.resolve(void shown.push(...(approval?.assents ?? []).map(({ name }) => name))).then(() => ({
          channel: "C1",
          ts: "1.1",
        })),
      tell: () => Promise.resolve(),
    };
    const { press, decision, woken, world, asked } = await given({ needs: 2, chat });
    await press();
    expect(slack.said()).toEqual(["Approved by you; one more person has to approve it before anything happens."]);
    expect([await decision(), woken, shown]).toEqual([undefined, [], ["Anna"]]);
    expect((await world.stories.read(asked.incident)).map(({ text }) => text)).toEqual([
      "Anna approved; it takes more than one.",
    ]);

    await press();
    expect(slack.said().at(-1)).toBe("You have already approved this; somebody else has to approve it too.");
    await press({ user: "U0BEN" });
    expect(await decision()).toMatchObject({ verdict: "approved", by: "U0BEN" });
    expect(woken).toEqual(["callback-1"]);
  });
});

describe("two approvals at once", () => {
  it("of a question to two people are both counted, and act once", async () => {
    const { press, decision, woken } = await given({ needs: 2 });
    await Promise.all([press(), press({ user: "U0BEN" })]);
    expect(await decision()).toMatchObject({ verdict: "approved" });
    expect(woken).toEqual(["callback-1"]);
    expect(slack.said().sort()).toEqual([
      "Approved by you; one more person has to approve it before anything happens.",
      "Approved.",
    ]);
  });
});

describe("putting off", () => {
  it("has Slack remind the one who asked, in the thread, with time left to decide", async () => {
    const { press, decision, clock, asked } = await given();
    await press({ button: "snooze" });
    expect(await decision()).toBeUndefined();
    expect(slack.calls[0]).toMatchObject({
      method: "chat.scheduleMessage",
      args: { channel: "C1", thread_ts: "1.1", post_at: String(Math.floor((clock.now() + 600_000) / 1000)) },
    });
    expect(slack.calls[0]?.args.text).toContain("<@U0ANNA>");
    expect(slack.said()).toEqual(["Put off: you are reminded in the thread in 10 min. Others can decide meanwhile."]);

    clock.advanceTo(asked.until - 200_000);
    await press({ button: "snooze" });
    expect(slack.said().at(-1)).toBe("There is no time left to put it off: decide now.");
    clock.advanceTo(asked.until);
    await press({ button: "snooze" });
    expect(slack.said().at(-1)).toBe("Too late: the time to decide has passed.");
  });

  it("says so when Slack does not take the appointment", async () => {
    const { press } = await given();
    slack.fail("chat.scheduleMessage", { body: JSON.stringify({ ok: false, error: "restricted_too_many" }) });
    await press({ button: "snooze" });
    expect(slack.said()).toEqual(["Putting it off: restricted_too_many. You are not reminded."]);
  });
});

describe("undoing", () => {
  const undoing = async (state: "acting" | "waiting") => {
    const known = await given();
    const { world, asked } = known;
    if (state === "acting") await world.incidents.update(asked.incident, (was) => ({ ...was, phase: { state } }));
    await known.press({ button: "undo", value: asked.incident });
    return { ...known, incident: () => world.incidents.get(asked.incident) };
  };

  it("asks why, writes the wish down, and says what happens", async () => {
    const { fillIn, incident } = await undoing("acting");
    expect(slack.opened().map(checkView)).toEqual([[]]);
    expect(await fillIn({ why: "" })).toEqual({ errors: { why: "Say why: it goes into the story." } });
    expect(await fillIn({ why: "too early" })).toMatchObject({ says: expect.stringContaining("is being taken back") });
    expect(await incident()).toMatchObject({ undo: { by: "U0ANNA", name: "Anna", why: "too early" } });

    expect(await fillIn({ why: "again" })).toMatchObject({
      says: expect.stringContaining("Anna has already asked for that."),
    });
  });

  it("of what has not been changed is refused", async () => {
    const { fillIn } = await undoing("waiting");
    expect(await fillIn({ why: "no" })).toMatchObject({
      says: expect.stringContaining("Nothing has been changed yet."),
    });
  });

  it("goes over what was approved: a click on the card that was left behind changes nothing", async () => {
    const { press, fillIn, world, asked, woken } = await given();
    await press();
    await world.incidents.update(asked.incident, (was) => ({ ...was, phase: { state: "acting" } }));
    await press({ button: "undo", value: asked.incident });
    await fillIn({ why: "too early" });
    await world.incidents.update(asked.incident, (was) => ({ ...was, phase: { state: "undoing", why: "too early" } }));
    woken.splice(0);

    await press({ user: "U0BEN" });
    await press({ user: "U0BEN", button: "override" });
    await press({ user: "U0BEN", button: "undo", value: asked.incident });
    expect(slack.said().slice(1)).toEqual(["Anna has already approved this.", "Anna has already approved this."]);
    expect(await fillIn({ why: "me too" }, { user: "U0BEN" })).toMatchObject({
      says: expect.stringContaining("Anna has already asked for that."),
    });
  });

  it("is for approvers of the runbook", async () => {
    const { press, asked } = await given();
    await press({ button: "undo", value: asked.incident, user: "U0CLEO" });
    expect(slack.opened()).toEqual([]);
    expect(slack.said()).toEqual(["You may decide about degrade, not about spot-interruption."]);
  });
});

describe("halting", () => {
  it("from a card sets the switch for what was chosen, tells the channel and the audit, and resumes", async () => {
    const { press, fillIn, world, asked, clock } = await given();
    await press({ button: "halt", value: asked.incident });
    expect(slack.opened().map(checkView)).toEqual([[]]);
    expect(offered()).toMatchObject({ scope: ["runbook/spot-interruption", "instance/i-0abc", "everything"] });
    expect(await fillIn({})).toEqual({ errors: { scope: "Say what is to be halted." } });

    await fillIn({ scope: ["instance/i-0abc"], length: ["30"], why: "we look into it" });
    expect(await world.halts()).toEqual([
      { by: "Anna", why: "we look into it", scope: "instance/i-0abc", until: clock.now() + 1_800_000 },
    ]);
    expect(slack.calls.find(({ method }) => method === "chat.postMessage")?.args.text).toBe(
      "<@U0ANNA>: Halted instance/i-0abc for 30 min. Nothing of it is changed from now on.",
    );

    await press({ button: "resume", value: asked.incident });
    expect(slack.opened().map(checkView)).toEqual([[], []]);
    await fillIn({ scope: ["instance/i-0abc"] });
    expect(await world.halts()).toEqual([]);
    expect((await world.stories.read("bot")).map(({ text }) => text)).toEqual([
      "Anna halted instance/i-0abc for 30 min: we look into it",
      "Anna resumed instance/i-0abc.",
    ]);

    await press({ button: "resume", value: asked.incident });
    expect(slack.said()).toEqual(["Nothing is halted any more."]);
  });

  it("is for approvers", async () => {
    const { press, fillIn, world, asked } = await given();
    await press({ button: "halt", value: asked.incident });
    expect(await fillIn({ scope: ["everything"] }, { user: "U0EVE" })).toMatchObject({
      says: expect.stringContaining("You are not an approver. Anna, Ben, Cleo may do that."),
    });
    expect(await world.halts()).toEqual([]);
  });
});
