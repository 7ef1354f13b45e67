import { describe, expect, it } from "vitest";
import { z } from "zod";
import settings from "../../../paramedic.config.ts";
import { runbooks } from "../../../runbooks/index.ts";
import { BotError } from "../../../src/bot-error.ts";
import { checkRunbooks } from "../../../src/engine/check-runbooks.ts";
import { type ActionDefinition, defineAction, nothingToUndo } from "../../../src/runbook/action.ts";
import { defineCondition } from "../../../src/runbook/condition.ts";
import { skip } from "../../../src/runbook/plan.ts";
import { defineRunbook, type Runbook } from "../../../src/runbook/runbook.ts";
import { defineTrigger } from "../../../src/runbook/trigger.ts";
import type { SettingsInput } from "../../../src/settings.ts";
import { settingsOf } from "../../support/settings.ts";

const noise = defineTrigger({ id: "noise", title: () => "a noise", match: () => undefined });
const action = (more: Partial<ActionDefinition<string, z.ZodObject>> = {}) =>
  defineAction({
    id: "door.shut",
    summary: () => "shut the door",
    params: z.object({}),
    permissions: ["ssm:PutParameter"],
    touches: () => [],
    do: () => Promise.resolve(null),
    probe: () => Promise.resolve({ applied: false }),
    undo: nothingToUndo("it is a test"),
    ...more,
  });
const shut = action();
const runbook = (more: Partial<Runbook["definition"]> = {}): Runbook =>
  defineRunbook<unknown, Runbook["definition"]["uses"]>({
    id: "quiet",
    summary: "Shuts the door",
    on: [noise],
    lane: "slow",
    uses: [shut],
    limit: { runs: 1, within: { hours: 1 } },
    plan: () => Promise.resolve(skip("it is quiet")),
    ...more,
  });

function mistakes(given: Runbook[], more: Partial<SettingsInput> = {}): unknown {
  try {
    checkRunbooks(given, settingsOf({ autonomy: {}, approvers: [], ...more }));
    return [];
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    expect(error.code).toBe("bad_setting");
    return error.facts["mistakes"];
  }
}
const of = (more: Partial<Runbook["definition"]>) => mistakes([runbook(more)]);
const ofAction = (more: Parameters<typeof action>[0]) => of({ uses: [action(more)] });
const onlyOne = (what: string, says: string) => [expect.stringContaining(`${what}: ${says}`)];

it("the runbooks of this deployment are as they must be", () => {
  expect(checkRunbooks(runbooks, settings)).toBe(runbooks);
});

it("every mistake is told at once, each with its runbook and the way out", () => {
  const broken = [runbook({ limit: { runs: 0, within: {} } }), runbook({ id: "Loud", summary: " " })];

  expect(() => checkRunbooks(broken, settingsOf({ autonomy: {}, approvers: [] }))).toThrow(
    [
      "checking the runbooks of this deployment:",
      "  quiet: limit.runs is 0. Give a whole number from 1 on.",
      "  quiet: limit.within is {}. Give a time, such as { hours: 1 }.",
      "  Loud: its id is not in kebab-case. Write it like spot-interruption.",
      "  Loud: summary is empty. Say in a line what it is for; people read it on the card.",
    ].join("\n"),
  );
});

describe("a runbook", () => {
  it("that is in order is let through", () => {
    expect(of({})).toEqual([]);
    expect(of({ limit: { runs: 3, within: { hours: 1 }, share: 1 }, fleet: () => Promise.resolve(undefined) })).toEqual(
      [],
    );
  });

  it.each<[string, Partial<Runbook["definition"]>, string]>([
    ["never runs", { on: [] }, "`on` names no trigger"],
    ["names a trigger twice", { on: [noise, noise] }, "noise is named twice"],
    ["names an action twice", { uses: [shut, shut] }, "door.shut is named twice"],
    ["is bound to half a run", { limit: { runs: 0.5, within: { hours: 1 } } }, "limit.runs is 0.5"],
    ["is bound within no time", { limit: { runs: 1, within: { minutes: -1 } } }, 'limit.within is {"minutes":-1}'],
    [
      "may touch a share of nothing",
      { limit: { runs: 1, within: { hours: 1 }, share: 0.5 } },
      "limit.share is a share",
    ],
    [
      "may touch more than all",
      { limit: { runs: 1, within: { hours: 1 }, share: 1.5 }, fleet: () => Promise.resolve(undefined) },
      "limit.share is 1.5",
    ],
    ["asks two people in two minutes", { lane: "fast", risk: "high" }, "its lane is fast, and a high risk"],
    ["waits for no condition", { verifyWithin: { minutes: 1 } }, "verifyWithin without `verify`"],
    ["waits for no time", { verify: () => yes({}), verifyWithin: {} }, "verifyWithin is {}"],
    [
      "waits longer than an execution runs",
      { verify: () => yes({}), verifyWithin: { days: 2 } },
      'verifyWithin is {"days":2}; an execution has room for 2 h 46 min 40 s of it',
    ],
  ])("that %s is refused", (_, more, says) => {
    expect(of(more)).toEqual(onlyOne("quiet", says));
  });

  it("is refused when another has its id", () => {
    expect(mistakes([runbook(), runbook()])).toEqual(onlyOne("quiet", "two runbooks are called that"));
  });

  it("is refused when its trigger has the id of another one", () => {
    const other = defineTrigger({ ...noise });
    expect(mistakes([runbook(), runbook({ id: "calm", on: [other] })])).toEqual(
      onlyOne("noise", "two different triggers are called that, in quiet and calm"),
    );
  });
});

const yes = defineCondition({
  id: "door.is-shut",
  params: z.object({}),
  permissions: ["ssm:GetParameter"],
  summary: () => "the door is shut",
  holds: () => Promise.resolve({ holds: true, saw: "it is" }),
});

describe("an action", () => {
  const says = (what: string) => onlyOne("door.shut (used by quiet)", what);

  it.each<[string, Parameters<typeof action>[0], string]>([
    ["may do everything", { permissions: ["ssm:*"] }, "permissions has ssm:*. Name single operations"],
    ["names no operation", { permissions: ["PutParameter"] }, "permissions has PutParameter"],
    ["does not say why it has no undo", { undo: nothingToUndo(" ") }, "it has no undo and does not say why"],
    ["takes no time", { takes: { seconds: 0 } }, 'takes is {"seconds":0}'],
    ["takes nobody knows how long", { takes: { seconds: NaN } }, "takes is"],
    ["has a parameter called lease", { params: z.object({ lease: z.string() }) }, "a parameter is called lease"],
  ])("that %s is refused", (_, more, what) => {
    expect(ofAction(more)).toEqual(says(what));
  });

  it.each([
    [{ within: { days: 2 }, every: { hours: 1 } }, "verify.within is"],
    [{ within: { minutes: 1 }, every: { minutes: 2 } }, "verify.every is longer than verify.within"],
    [{ within: { hours: 2 }, every: { seconds: 1 } }, "verify looks up to 7200 times"],
  ])("that waits like %j is refused", (verify, what) => {
    expect(ofAction({ verify: { ...verify, holds: () => Promise.resolve(true) } })).toEqual(says(what));
  });

  it("without a name of its own is refused", () => {
    expect(mistakes([runbook(), runbook({ id: "calm", uses: [action()] })])).toEqual(
      onlyOne("door.shut", "two different actions or conditions are called that, in quiet and calm"),
    );
    expect(ofAction({ id: "shut" })).toEqual([expect.stringContaining("shut (used by quiet): its id is not")]);
  });

  it("is told of once, with everybody who uses it", () => {
    const wild = action({ permissions: ["ssm:*"] });
    expect(mistakes([runbook({ uses: [wild] }), runbook({ id: "calm", uses: [wild] })])).toEqual([
      expect.stringMatching(/^door\.shut \(used by quiet, calm\)/),
    ]);
  });
});

describe("the settings", () => {
  const alex = (...may: string[]) => ({ approvers: [{ slack: "U0ALEX", name: "Alex", may }] });

  it("that name a runbook which is not there are refused", () => {
    expect(mistakes([runbook()], { autonomy: { quite: "auto" } })).toEqual(
      onlyOne("paramedic.config.ts", "autonomy names quite, and no runbook is called that. There is: quiet."),
    );
    expect(mistakes([runbook()], alex("*", "loud"))).toEqual(
      onlyOne("paramedic.config.ts", "approvers: what Alex may names loud"),
    );
  });

  it("that let one person decide what two have to are refused", () => {
    const risky = [runbook({ risk: "high" })];
    expect(mistakes(risky, { autonomy: { quiet: "auto" }, ...alex("*") })).toEqual(
      onlyOne("paramedic.config.ts", "autonomy has quiet ask for 2, and 1 may decide"),
    );
    expect(mistakes(risky, { autonomy: { quiet: "propose" }, ...alex("*") })).toEqual([]);
  });

  it("that set a runbook for a service which is not there are refused", () => {
    const forService = (name: string) =>
      mistakes([runbook()], { autonomy: { quiet: { services: { [name]: "auto" } } } });
    expect(forService("chat")).toEqual([]);
    expect(forService("cat")).toEqual(
      onlyOne("paramedic.config.ts", "autonomy of quiet names cat, and no service is called that. There is: chat."),
    );
  });

  it("that let people be asked when nobody may decide, or there is no time to ask, are refused", () => {
    const approve: Partial<SettingsInput> = { autonomy: { quiet: "approve" } };
    expect(mistakes([runbook()], { ...approve, ...alex("*") })).toEqual([]);
    expect(mistakes([runbook()], approve)).toEqual(
      onlyOne("paramedic.config.ts", "autonomy has quiet ask for 1, and 0 may decide"),
    );
    expect(mistakes([runbook({ lane: "fast" })], { ...approve, ...alex("*") })).toEqual(
      onlyOne("paramedic.config.ts", "autonomy sets quiet to approve, but its lane is fast"),
    );
  });
});
