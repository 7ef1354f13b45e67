import { beforeEach, describe, expect, it } from "vitest";
import { memoryTable } from "../../../sim/memory-table.ts";
import { type Approval, type Approvals, createApprovals } from "../../../src/engine/approvals.ts";
import { settingsOf, startMs } from "../../support/stack.ts";

const alex = { id: "U0ALEX", team: "T0PARAMEDIC" };
const sam = { id: "U0SAM", team: "T0PARAMEDIC" };
const question = {
  incident: "i-1",
  runbook: "degrade",
  planHash: "hash",
  callbackId: "callback",
  until: startMs + 60_000,
};

let now: number;
let approvals: Approvals;
let asked: Approval;
beforeEach(async () => {
  now = startMs;
  approvals = createApprovals(memoryTable(), { now: () => now }, settingsOf());
  asked = await approvals.ask(question);
});

describe("a question", () => {
  it("asked again after a crash is the same question, with the end it had", async () => {
    now += 5_000;
    expect(await approvals.ask({ ...question, until: now + 60_000 })).toEqual(asked);
  });

  it("of another callback is another question", async () => {
    expect((await approvals.ask({ ...question, callbackId: "other" })).id).not.toBe(asked.id);
  });

  it("has an id that says nothing", () => {
    expect(asked.id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("a decision", () => {
  it("with an override that could not be read back is refused, and the question stays open", async () => {
    const narrowing = { without: [], params: { "-1": {} } };
    const answer = await approvals.decide(asked.id, "approved", alex, { narrowing });
    expect(answer).toMatchObject({ kind: "refused", why: expect.stringContaining("That override cannot be read") });
    expect((await approvals.get(asked.id))?.decision).toBeUndefined();
  });

  it("is taken once; whoever comes later is told by whom", async () => {
    expect(await approvals.decide(asked.id, "approved", alex)).toMatchObject({ kind: "decided", by: "Alex" });
    const later = await approvals.decide(asked.id, "denied", alex);
    expect(later).toMatchObject({ kind: "refused", why: "Alex has already approved this." });
    expect((await approvals.get(asked.id))?.decision).toEqual({
      verdict: "approved",
      by: "U0ALEX",
      name: "Alex",
      at: startMs,
    });
  });

  it("is in time until the last millisecond, and too late after", async () => {
    now = question.until;
    expect(await approvals.decide(asked.id, "approved", alex)).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("Too late"),
    });
    now -= 1;
    expect(await approvals.decide(asked.id, "approved", alex)).toMatchObject({ kind: "decided" });
  });

  it.each([
    ["of somebody in another workspace", { id: "U0ALEX", team: "T0OTHER" }, "another workspace"],
    [
      "of somebody who is no approver",
      { id: "U0EVE", team: "T0PARAMEDIC" },
      "You are not an approver. Alex, Sam may do that.",
    ],
    ["of an approver of other runbooks", sam, "You may decide about spot-interruption, not about degrade."],
  ])("%s is refused, and leaves the question open", async (_, who, why) => {
    expect(await approvals.decide(asked.id, "approved", who)).toMatchObject({
      kind: "refused",
      why: expect.stringContaining(why),
    });
    expect((await approvals.get(asked.id))?.decision).toBeUndefined();
  });

  it("about what one has asked for oneself is refused", async () => {
    const own = await approvals.ask({ ...question, callbackId: "own", requestedBy: "U0ALEX" });
    expect(await approvals.decide(own.id, "approved", alex)).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("yourself"),
    });
  });

  it("about a question nobody knows is refused", async () => {
    expect(await approvals.decide("nonsense", "approved", alex)).toMatchObject({ kind: "refused" });
  });

  it("about a withdrawn question is refused", async () => {
    expect(await approvals.withdraw(asked.id)).toMatchObject({ withdrawn: true });
    expect(await approvals.decide(asked.id, "approved", alex)).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("has changed"),
    });
  });

  it("that was faster than the withdrawal stands, and the withdrawal answers it", async () => {
    await approvals.decide(asked.id, "approved", alex);
    const found = await approvals.withdraw(asked.id);
    expect(found).toMatchObject({ decision: { verdict: "approved" } });
    expect(found?.withdrawn).toBeUndefined();
  });
});

describe("an approval", () => {
  beforeEach(() => approvals.decide(asked.id, "approved", alex));

  it("is used by one execution, which may ask again after a crash", async () => {
    expect(await approvals.redeem(asked.id, "execution-1", "hash")).toMatchObject({ redeemedBy: "execution-1" });
    expect(await approvals.redeem(asked.id, "execution-1", "hash")).toMatchObject({ redeemedBy: "execution-1" });
    expect(await approvals.redeem(asked.id, "execution-2", "hash")).toBeUndefined();
  });

  it("is good for the plan that was shown, and no other", async () => {
    expect(await approvals.redeem(asked.id, "execution-1", "another hash")).toBeUndefined();
    expect((await approvals.get(asked.id))?.redeemedBy).toBeUndefined();
  });

  it("is used by one of many who try at once", async () => {
    const used = await Promise.all(
      Array.from({ length: 9 }, (_, i) => approvals.redeem(asked.id, `execution-${i}`, "hash")),
    );
    expect(used.filter(Boolean)).toHaveLength(1);
  });
});

it("a question that nobody has decided, or that was denied, cannot be redeemed", async () => {
  expect(await approvals.redeem(asked.id, "execution-1", "hash")).toBeUndefined();
  await approvals.decide(asked.id, "denied", alex);
  expect(await approvals.redeem(asked.id, "execution-1", "hash")).toBeUndefined();
});
