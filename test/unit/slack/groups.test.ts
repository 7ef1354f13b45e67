import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { card } from "../../../src/slack/card.ts";
import { type FakeSlack, fakeSlack } from "../../support/fake-slack.ts";
import { drain, incidentIn, planOf, question, settings, slackFunction, start, wordsIn } from "./given.ts";

let slack: FakeSlack;
beforeEach(async () => void (slack = await fakeSlack()));
afterEach(() => slack.close());

const onCall = { group: "S0ONCALL", name: "on-call", may: ["*"], services: ["*"], risk: "high" } as const;
const anna = { slack: "U0ANNA", name: "Anna", may: ["*"], services: ["*"], risk: "high" } as const;
const approvers = [
  { ...anna, may: [...anna.may], services: [...anna.services] },
  { ...onCall, may: [...onCall.may], services: [...onCall.services] },
];

/** A question that Anna may decide, and whoever is on call: Dora, unless her profile says something else. */
async function given({ users = ["U0DORA"], dora = {} }: { users?: string[]; dora?: object } = {}) {
  const tell = (method: string, body: object) => slack.fail(method, { body: JSON.stringify({ ok: true, ...body }) });
  const members = (who: string[]) => tell("usergroups.users.list", { users: who });
  members(users);
  tell("users.info", { user: { id: "U0DORA", team_id: "T1", real_name: "Dora", ...dora } });
  const known = await slackFunction(slack, { approvers });
  const asked = (method: string) => slack.calls.filter((call) => call.method === method).length;
  return { ...known, members, asked };
}

describe("a user group that may decide", () => {
  it("lets whoever is in it decide, by their own name, and the audit says as whose member", async () => {
    const { press, decision } = await given();
    await press({ user: "U0DORA" });
    expect(await decision()).toMatchObject({ by: "U0DORA", name: "Dora (on-call)", groups: ["S0ONCALL"] });
    expect(slack.said()).toEqual(["Approved."]);
  });

  it("lets nobody else decide", async () => {
    const { press, decision } = await given();
    await press({ user: "U0EVE" });
    expect(await decision()).toBeUndefined();
    expect(slack.said()).toEqual(["You are not an approver. Anna, anyone in on-call may do that."]);
  });

  it.each([
    { is_restricted: true },
    { is_ultra_restricted: true },
    { is_stranger: true },
    { is_bot: true },
    { deleted: true },
  ])("lets none of its guests decide: %j", async (dora) => {
    const { press, decision } = await given({ dora });
    await press({ user: "U0DORA" });
    expect(await decision()).toBeUndefined();
    expect(slack.said()[0]).toContain("guests may not decide");
  });

  it("lets nobody of another workspace decide who is in it", async () => {
    const { press, decision } = await given({ dora: { team_id: "T2" } });
    await press({ user: "U0DORA" });
    expect(await decision()).toBeUndefined();
  });

  it.each([
    { status: 503, body: "" },
    { status: 429, headers: { "retry-after": "30" } },
    { body: JSON.stringify({ ok: false, error: "missing_scope" }) },
    { body: JSON.stringify({ ok: true, users: "everybody" }) },
  ])("refuses while it cannot be read, says why, and lets those decide who are named: %j", async (trouble) => {
    const { press, decision } = await given();
    slack.fail("usergroups.users.list", trouble);
    await press({ user: "U0DORA" });
    expect(await decision()).toBeUndefined();
    expect(slack.said()[0]).toContain("Slack does not say now who is in the groups that may");

    await press({ user: "U0ANNA" });
    expect(await decision()).toMatchObject({ name: "Anna" });
    expect((await decision())?.groups).toBeUndefined();
  });

  it("is asked again after a minute: who has left it decides no more", async () => {
    const { press, clock, members, asked, decision } = await given();
    await press({ user: "U0EVE" });
    members(["U0EVE"]);
    await press({ user: "U0EVE" });
    expect(asked("usergroups.users.list")).toBe(1);

    members([]);
    clock.advance(61_000);
    await press({ user: "U0DORA" });
    expect(asked("usergroups.users.list")).toBe(2);
    expect(await decision()).toBeUndefined();
  });

  it("is not asked about those who are named with everything", async () => {
    const { press, asked } = await given();
    await press({ user: "U0ANNA" });
    expect(asked("usergroups.users.list")).toBe(0);
  });

  it("may do what commands do, and the audit says as whose member", async () => {
    const { type, world } = await given();
    expect((await type("halt because we deploy", "U0DORA")).words).toContain("Halted everything");
    expect((await world.stories.read("bot")).at(-1)).toMatchObject({
      who: "U0DORA",
      facts: { groups: ["S0ONCALL"] },
      text: expect.stringContaining("Dora (on-call) halted everything") as string,
    });
  });

  it("is on the card among those who may decide", () => {
    const plan = planOf([drain("i-0abc")]);
    const incident = incidentIn({ state: "waiting", approvalId: question.id, until: question.until }, { plan });
    const shown = card({ incident, approval: question, story: [], settings: { ...settings, approvers }, now: start });
    expect(wordsIn(shown.blocks)).toContain("May decide: Anna, anyone in on-call");
  });
});
