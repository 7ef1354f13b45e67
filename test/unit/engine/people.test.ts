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
