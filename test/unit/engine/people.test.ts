import { describe, expect, it } from "vitest";
import { deciders, mayDecide } from "../../../src/engine/people.ts";
import { settingsOf } from "../../support/settings.ts";

const settings = settingsOf({
  approvers: [
    { slack: "U0ALEX", name: "Alex", may: ["*"] },
    { slack: "U0SAM", name: "Sam", may: ["degrade"], services: ["search"] },
    { slack: "U0KIM", name: "Kim", may: ["*"], risk: "normal" },
  ],
});
const by = (id: string) => ({ id, team: "T0PARAMEDIC" });

describe("somebody may decide", () => {
  it("about the runbooks and the services that the settings name", () => {
    expect(mayDecide(settings, by("U0SAM"), { runbook: "degrade", service: "search" })).toEqual({
      kind: "may",
      name: "Sam",
    });
    expect(mayDecide(settings, by("U0SAM"), { runbook: "degrade" })).toMatchObject({ kind: "may" });
    expect(mayDecide(settings, by("U0SAM"), { runbook: "degrade", service: "chat" })).toEqual({
      kind: "refused",
      why: "You may decide about search, not about chat.",
    });
  });

  it("about what is of high risk only if the settings let them", () => {
    const matter = { runbook: "degrade", service: "chat", needs: 2 };
    expect(mayDecide(settings, by("U0ALEX"), matter)).toMatchObject({ kind: "may" });
    expect(mayDecide(settings, by("U0KIM"), matter)).toEqual({
      kind: "refused",
      why: "degrade is of high risk; you may not decide about that.",
    });
  });
});

it("those who may decide are named in the order of the settings, without the one who asked for it", () => {
  const names = (matter: Parameters<typeof deciders>[1]) => deciders(settings, matter).map(({ name }) => name);
  expect(names({ runbook: "degrade", service: "search" })).toEqual(["Alex", "Sam", "Kim"]);
  expect(names({ runbook: "degrade", service: "chat", requestedBy: "U0ALEX" })).toEqual(["Kim"]);
  expect(names({ runbook: "degrade", needs: 2 })).toEqual(["Alex", "Sam"]);
});

describe("the settings name approvers", () => {
  const given = (one: object) => () => settingsOf({ approvers: [{ name: "Kim", may: ["*"], ...one }] });

  it("as a person or as a user group", () => {
    expect(given({ slack: "U0KIM" })).not.toThrow();
    expect(given({ group: "S0ONCALL" })).not.toThrow();
  });

  it.each([
    [{}, "approvers.0: name either one person (`slack`) or one user group (`group`)"],
    [{ slack: "U0KIM", group: "S0ONCALL" }, "approvers.0: name either one person"],
    [{ group: "@on-call" }, "approvers.0.group: a user group's id, such as S0ONCALL"],
    [{ slack: "S0ONCALL" }, "approvers.0.slack: a user's id, such as U0ALEX"],
    [{ slack: "U0KIM", risk: "low" }, "approvers.0.risk"],
  ])("and nothing else: %j", (one, message) => {
    expect(given(one)).toThrow(message);
  });
});

it("somebody who is named twice may all that either entry allows", () => {
  const twice = settingsOf({
    approvers: [
      { slack: "U0SAM", name: "Sam", may: ["degrade"], services: ["chat"] },
      { group: "S0ML", name: "ml", may: ["redrive"] },
    ],
  });
  const sam = { ...by("U0SAM"), groups: ["S0ML"], name: "Sam S." };
  expect(mayDecide(twice, sam, { runbook: "degrade" })).toEqual({ kind: "may", name: "Sam" });
  expect(mayDecide(twice, sam, { runbook: "redrive" })).toEqual({ kind: "may", name: "Sam S. (ml)" });
  expect(mayDecide(twice, by("U0SAM"), { runbook: "redrive" })).toMatchObject({ kind: "refused" });
});
