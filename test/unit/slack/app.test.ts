import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryTable } from "../../../sim/memory-table.ts";
import type { Table } from "../../../src/aws/table.ts";
import { slackChat } from "../../../src/slack/chat.ts";
import { slackClient } from "../../../src/slack/client.ts";
import { type FakeSlack, fakeSlack } from "../../support/fake-slack.ts";
import { type Press, pressed, signed, type Signing, urlVerification } from "../../../local/slack-request.ts";
import { secret, settings, slackFunction } from "./given.ts";

const ours: Signing = { secret };

let slack: FakeSlack;
beforeEach(async () => void (slack = await fakeSlack()));
afterEach(() => slack.close());

const given = (more?: Parameters<typeof slackFunction>[1]) => slackFunction(slack, more);

describe("a request", () => {
  it("under another signature is refused and does nothing", async () => {
    const { press, decision } = await given();
    expect(await press({}, { secret: "another secret" })).toEqual({ statusCode: 401, body: "" });
    expect(await decision()).toBeUndefined();
    expect(slack.calls).toEqual([]);
  });

  it.each(["", "v0", "v0=", "v1=00", "=", "\u0000"])("with the signature %j is refused", async (signature) => {
    const { handler } = await given();
    const request = urlVerification("x", ours);
    const forged = { ...request, headers: { ...request.headers, "x-slack-signature": signature } };
    expect(await handler(forged, {})).toMatchObject({ statusCode: 401 });
  });

  it("with another body than the one that was signed is refused", async () => {
    const { handler, decision, asked } = await given();
    const by = { button: "deny", value: asked.id, user: "U0ANNA", team: "T1", channel: "C1", ts: "1.1" };
    const { headers } = pressed(by, ours);
    expect(await handler({ ...pressed({ ...by, button: "approve" }, ours), headers }, {})).toMatchObject({
      statusCode: 401,
    });
    expect(await decision()).toBeUndefined();
  });

  it("that was signed more than five minutes ago is refused", async () => {
    const { press, decision } = await given();
    expect(await press({}, { secret, at: Date.now() - 310_000 })).toEqual({ statusCode: 401, body: "" });
    expect(await decision()).toBeUndefined();
  });

  it("to check that the address is ours is answered", async () => {
    const { handler } = await given();
    const reply = await handler(urlVerification("räksmörgås", ours), {});
    expect(reply).toMatchObject({ statusCode: 200, body: JSON.stringify({ challenge: "räksmörgås" }) });
  });

  it.each([
    ["no JSON", signed("{", "application/json", ours)],
    ["no form", signed("payload=%7B", "application/x-www-form-urlencoded", ours)],
    ["of no known type", signed("hello", "text/plain", ours)],
  ])("that is %s is refused", async (_, request) => {
    const { handler, logged } = await given();
    expect(await handler(request, {})).toEqual({ statusCode: 400, body: "" });
    expect(logged.at(-1)).toMatchObject({ level: "warn", message: "a request cannot be read" });
  });

  it("goes to a handler with two parameters, since Node 24 on Lambda refuses one with a callback", async () => {
    expect((await given()).handler).toHaveLength(2);
  });
});

describe("a click", () => {
  it("approves, wakes the remediation and says so to the one who clicked", async () => {
    const { press, decision, woken } = await given();
    expect(await press()).toEqual({ statusCode: 200, body: "" });
    expect(await decision()).toMatchObject({ verdict: "approved", by: "U0ANNA", name: "Anna" });
    expect(woken).toEqual(["callback-1"]);
    expect(slack.calls).toEqual([
      { method: "response_url", args: { response_type: "ephemeral", replace_original: "false", text: "Approved." } },
    ]);
  });

  it("denies without a reason when Slack does not open the form", async () => {
    const { press, decision, woken } = await given();
    slack.fail("views.open", { body: JSON.stringify({ ok: false, error: "expired_trigger_id" }) });
    await press({ button: "deny", user: "U0BEN" });
    expect(await decision()).toMatchObject({ verdict: "denied", by: "U0BEN" });
    expect(woken).toEqual(["callback-1"]);
    expect(slack.said()).toEqual(["Denied. Nothing will be done."]);
  });

  it.each<[string, Partial<Press>, string]>([
    ["somebody who is no approver", { user: "U0EVE" }, "You are not an approver. Anna, Ben, Cleo may do that."],
    ["an approver of other runbooks", { user: "U0CLEO" }, "You may decide about degrade, not about spot-interruption."],
    [
      "somebody in another workspace",
      { team: "T2" },
      "You are in another workspace; nobody there may decide or change anything.",
    ],
    [
      "an approver, about a question from elsewhere",
      { value: "q-0" },
      "This question is not known here. It may belong to another installation.",
    ],
    [
      "an approver, on a button that is not known",
      { button: "dance" },
      "This button is from another version of the bot. Nothing was done.",
    ],
  ])("by %s decides nothing and is told why", async (_, by, why) => {
    const { press, decision, woken } = await given();
    expect(await press(by)).toMatchObject({ statusCode: 200 });
    expect(await decision()).toBeUndefined();
    expect(woken).toEqual([]);
    expect(slack.said()).toEqual([why]);
  });

  it("by the one who asked for the run decides nothing", async () => {
    const { press, decision } = await given({ requestedBy: "U0ANNA" });
    await press();
    expect(await decision()).toBeUndefined();
    expect(slack.said()).toEqual(["You asked for this yourself; somebody else must approve it."]);
  });

  it("that comes too late decides nothing", async () => {
    const { press, decision, clock, asked } = await given();
    clock.advanceTo(asked.until);
    await press();
    expect(await decision()).toBeUndefined();
    expect(slack.said()).toEqual(["Too late: the time to decide has passed."]);
  });

  it("on a plan that has gone stale decides nothing", async () => {
    const { press, decision, world, asked } = await given();
    await world.approvals.withdraw(asked.id);
    await press();
    expect(await decision()).toBeUndefined();
    expect(slack.said()).toEqual(["The situation has changed since; a new plan was proposed in its place."]);
  });

  it("on a question that somebody else has answered changes nothing, and wakes again in case the first wake was lost", async () => {
    const { press, decision, woken } = await given();
    await press();
    await press({ user: "U0BEN", button: "deny" });
    expect(await decision()).toMatchObject({ verdict: "approved", by: "U0ANNA" });
    expect(slack.said()).toEqual(["Approved.", "Anna has already approved this."]);
    expect(woken).toEqual(["callback-1", "callback-1"]);
  });

  it("cannot take back what the same person has decided", async () => {
    const { press, decision } = await given();
    await press();
    await press({ button: "deny" });
    expect(await decision()).toMatchObject({ verdict: "approved" });
    expect(slack.said().at(-1)).toBe("Anna has already approved this.");
  });

  it("that Slack delivers again is the same decision, and is answered the same", async () => {
    const { press, decision, clock } = await given();
    await press();
    const first = await decision();
    clock.advance(3_000);
    await press({}, { secret, retry: 1 });
    expect(await decision()).toEqual(first);
    expect(slack.said()).toEqual(["Approved.", "Approved."]);
  });

  it("by two people at once is one decision", async () => {
    const { press, decision } = await given();
    await Promise.all([press(), press({ user: "U0BEN" }), press()]);

    const taken = await decision();
    const winner = taken?.by === "U0ANNA" ? ["Approved.", "Approved.", "Anna has already approved this."] : undefined;
    const other = ["Ben has already approved this.", "Ben has already approved this.", "Approved."];
    expect(slack.said().sort()).toEqual((winner ?? other).sort());
  });

  it("while the bot is halted is recorded, and says that the bot stands still", async () => {
    const { press, decision } = await given({ halts: () => Promise.resolve([{ by: "Ben", why: "<deploy>" }]) });
    await press();
    expect(await decision()).toMatchObject({ verdict: "approved" });
    expect(slack.said()).toEqual(["Approved. But the bot was halted by Ben (&lt;deploy&gt;): nothing will be done."]);
  });

  it("is answered all the same when the stop switch cannot be read", async () => {
    const { press } = await given({ halts: () => Promise.reject(new Error("throttled")) });
    await press();
    expect(slack.said()).toEqual(["Approved."]);
  });

  it("that cannot be recorded does nothing, and says so", async () => {
    const inner = memoryTable();
    let down = false;
    const table: Table = {
      ...inner,
      replace: (item) => (down ? Promise.reject(new Error("the table is down")) : inner.replace(item)),
    };
    const { press, decision, woken, logged } = await given({ table });
    down = true;

    expect(await press()).toMatchObject({ statusCode: 200 });
    expect(slack.said()).toEqual(["Could not record your decision; nothing was done. Try again, or use the CLI."]);
    expect(logged.at(-1)).toMatchObject({ level: "error", message: "a decision could not be recorded" });
    expect(woken).toEqual([]);

    down = false;
    await press();
    expect(await decision()).toMatchObject({ verdict: "approved" });
  });

  it("whose wake is lost says so, and the next click wakes", async () => {
    let lost = true;
    const { press, decision, woken } = await given({
      wake: () => (lost ? Promise.reject(new Error("503")) : Promise.resolve()),
    });
    await press();
    expect(await decision()).toMatchObject({ verdict: "approved" });
    expect(slack.said()).toEqual(["Approved. It is recorded, but the remediation could not be woken: press again."]);

    lost = false;
    await press();
    expect(woken).toEqual(["callback-1"]);
    expect(slack.said().at(-1)).toBe("Approved.");
  });

  it("is answered in the channel when its own address does not answer", async () => {
    const { press } = await given();
    slack.fail("response_url", { status: 404, body: "expired_url" });
    await press();
    expect(slack.calls.at(-1)).toMatchObject({
      method: "chat.postEphemeral",
      args: { channel: "C1", user: "U0ANNA", text: "Approved." },
    });
  });

  it("counts although Slack takes no answer", async () => {
    const { press, decision, woken } = await given();
    await slack.close();
    expect(await press()).toMatchObject({ statusCode: 200 });
    expect(await decision()).toMatchObject({ verdict: "approved" });
    expect(woken).toEqual(["callback-1"]);
  });

  it("on a card that was left behind brings the card up to date", async () => {
    const chat = slackChat({
      client: slackClient({ token: "xoxb-test", apiUrl: slack.apiUrl }),
      settings,
      clock: { now: () => 0 },
      log: () => undefined,
    });
    const { press, world, asked, clock } = await given({ chat });
    await world.incidents.update(asked.incident, (was) => ({
      ...was,
      card: { channel: "C1", ts: "1.1", told: 0 },
      phase: { state: "closed", outcome: "refused", why: "nobody decided", at: asked.until },
    }));
    clock.advanceTo(asked.until);

    await press();

    expect(slack.said()).toEqual(["Too late: the time to decide has passed."]);
    const update = slack.calls.find(({ method }) => method === "chat.update");
    expect(update?.args.text).toContain("*Closed: refused*");
    expect(update?.args.blocks).not.toContain("Approve");
  });

  it("that decides leaves the card to the remediation it wakes, so that two never write it at once", async () => {
    const shown: string[] = [];
    const { press, world, asked } = await given({
      wake: async () =>
        void (await world.incidents.update(asked.incident, (was) => ({ ...was, phase: { state: "acting" } }))),
      chat: {
        show: ({ incident }) => Promise.resolve(shown.push(incident.id)).then(() => ({ channel: "C1", ts: "1.1" })),
        tell: () => Promise.resolve(),
      },
    });
    await press();
    expect(shown).toEqual([]);
    await press({ user: "U0BEN" });
    expect(shown).toEqual([asked.incident]);
  });

  it("that is not as Slack sends them is taken note of", async () => {
    const { handler, logged } = await given();
    const body = new URLSearchParams({
      payload: JSON.stringify({ type: "block_actions", actions: [{ action_id: "approve" }], user: {} }),
    });
    expect(await handler(signed(body.toString(), "application/x-www-form-urlencoded", ours), {})).toMatchObject({
      statusCode: 200,
    });
    expect(logged.at(-1)).toMatchObject({ level: "error", message: "a click cannot be read" });
  });
});
