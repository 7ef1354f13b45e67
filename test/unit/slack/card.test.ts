import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Approval } from "../../../src/engine/approvals.ts";
import { type Incident, outcomes, type Phase } from "../../../src/incidents/incident.ts";
import type { StoredStep } from "../../../src/runbook/plan.ts";
import { card } from "../../../src/slack/card.ts";
import { checkBlocks, limits } from "../../../src/slack/limits.ts";
import { moment } from "../../../src/slack/text.ts";
import { drain, incidentIn, planOf, question, settings, start } from "./given.ts";

const waiting: Phase = { state: "waiting", approvalId: question.id, until: question.until };

const show = (incident: Incident, approval?: Approval, now = start) =>
  card({ incident, story: [], settings, now, ...(approval && { approval }) });

/** Every text that people read on a card, in order. */
const texts = (made: ReturnType<typeof card>): string[] =>
  [...JSON.stringify(made.blocks).matchAll(/"text":("(?:[^"\\]|\\.)*")/g)].map(([, text]) =>
    String(JSON.parse(text ?? '""')),
  );
const words = (made: ReturnType<typeof card>): string => texts(made).join("\n");
const buttonsOf = (made: ReturnType<typeof card>, block: "decision" | "changes") =>
  made.blocks
    .flatMap((given) => (given.type === "actions" && given.block_id === block ? given.elements : []))
    .flatMap((element) => (element.type === "button" ? [element] : []));
const valuesOf = (made: ReturnType<typeof card>): string[] =>
  buttonsOf(made, "decision").map(({ value = "" }) => value);
const labelsOf = (made: ReturnType<typeof card>, block: "decision" | "changes" = "decision"): string[] =>
  buttonsOf(made, block).map(({ text }) => text.text);

describe("a card", () => {
  it("opens with what is wrong and the present state", () => {
    const made = show(incidentIn({ state: "acting" }));
    expect(texts(made).slice(0, 2)).toEqual(["⚙️ EC2 takes i-0abc back", "*Acting.*"]);
    expect(made.metadata.event_payload).toEqual({ incident: "a1b2c3d4e5f6-1" });
    expect(made.text).toBe("EC2 takes i-0abc back: *Acting.*");
  });

  it.each<[Phase, string]>([
    [{ state: "open" }, "*Found.* The remediation has not begun."],
    [{ state: "planning" }, "*Planning.* Looking at what can be done."],
    [waiting, `*Waiting for a decision* until ${moment(question.until)}. If nobody decides, nothing is done.`],
    [
      { state: "holding", until: start + 60_000 },
      `*Holding.* It helped; what was changed is given back ${moment(start + 60_000)}.`,
    ],
    [{ state: "undoing", why: "still slow" }, "*Undoing.* still slow"],
    ...outcomes.map((outcome): [Phase, string] => [
      { state: "closed", outcome, why: "p95 is 700 ms", at: start },
      `*Closed: ${outcome}* ${moment(start)}: p95 is 700 ms`,
    ]),
  ])("says where an incident is: %j", (phase, state) => {
    expect(texts(show(incidentIn(phase)))[1]).toBe(state);
  });

  it("says what will be done to what, the way back, the share of the fleet and how often it was seen", () => {
    const plan = planOf(
      [
        drain("i-0abc"),
        { kind: "wait", why: "let it drain", for: { minutes: 2 } },
        {
          kind: "until",
          what: "no task is left",
          condition: { condition: "tasks", params: {} },
          every: { seconds: 30 },
          within: { minutes: 5 },
        },
        { kind: "check", what: "the group is whole", condition: { condition: "group", params: {} } },
      ],
      { fleet: { scope: "group/gpu", size: 12 }, verify: { condition: "replaced", params: {} } },
    );
    const said = words(show(incidentIn(waiting, { plan, seen: 3 }), question));

    expect(said).toContain("*If approved*\n1. drain i-0abc (can be undone)\n2. wait 2 min: let it drain");
    expect(said).toContain("3. wait until no task is left, at most 5 min; otherwise the plan has failed");
    expect(said).toContain(
      "4. check that the group is whole; otherwise the plan has failed\nThen it is verified: `replaced`",
    );
    expect(said).toContain(
      "*Touches 1*\n`instance/i-0abc`\nOne of 12 in `group/gpu` (8 %)\nCost: adds nothing to the bill",
    );
    expect(said).toContain("*Signals*\n`spot-interruption-warning`, seen 3 times");
  });

  it("says why, when the signal does", () => {
    const why = "p95 is 2.1 times what is usual on Wednesdays";
    expect(words(show(incidentIn({ state: "open" }, { signal: { kind: "anomaly", why } })))).toContain(`*Why*\n${why}`);
    const reason = "Threshold Crossed";
    expect(words(show(incidentIn({ state: "open" }, { signal: { kind: "alarm", reason } })))).toContain(
      `*Why*\n${reason}`,
    );
  });

  it("names those who may decide about this runbook, without the one who asked for it", () => {
    expect(words(show(incidentIn(waiting), question))).toContain("May decide: Anna, Ben\n");
    expect(words(show(incidentIn(waiting), { ...question, requestedBy: "U0ANNA" }))).toContain("May decide: Ben\n");
    expect(words(show(incidentIn(waiting, { runbook: "redrive" }), { ...question, requestedBy: "U0ANNA" }))).toContain(
      "Nobody may decide: who asked for it may not",
    );
  });

  it("shows the last line of the story until the incident is closed, and the decision for good", () => {
    const line = {
      incident: "x",
      seq: 1,
      at: start,
      key: "k",
      who: "bot",
      text: "Drained <i-0abc>.",
      facts: null,
      prev: "",
      hash: "",
    };
    const closed = incidentIn(
      { state: "closed", outcome: "healed", why: "replaced", at: start },
      { decision: "approved by Anna" },
    );
    expect(words(card({ incident: incidentIn({ state: "acting" }), story: [line], settings, now: start }))).toContain(
      "Latest: Drained &lt;i-0abc&gt;.",
    );
    expect(words(card({ incident: closed, story: [line], settings, now: start }))).not.toContain("Latest");
    expect(words(show(closed))).toContain("*Decision*\napproved by Anna");
  });
});

describe("the buttons of a card", () => {
  it("are there while a question is open, and carry its id and nothing else", () => {
    expect(valuesOf(show(incidentIn(waiting), question))).toEqual(Array.from({ length: 4 }, () => question.id));
  });

  const decided: Approval = { ...question, decision: { verdict: "approved", by: "U0ANNA", name: "Anna", at: start } };
  it.each<[string, Phase, Approval | undefined, number, string]>([
    ["nothing was asked", { state: "open" }, undefined, start, "Found"],
    ["the question cannot be read", waiting, undefined, start, "Waiting for a decision"],
    ["it belongs to an earlier plan", waiting, { ...question, id: "q-0" }, start, "Waiting for a decision"],
    ["somebody approved", waiting, decided, start, "*Approved* by Anna"],
    [
      "somebody denied",
      waiting,
      { ...decided, decision: { verdict: "denied", by: "U0BEN", name: "Ben", at: start } },
      start,
      "*Denied* by Ben",
    ],
    ["the question was withdrawn", waiting, { ...question, withdrawn: true }, start, "*Withdrawn.*"],
    ["the time has passed", waiting, question, question.until, "*Too late to decide.*"],
    ["it acts", { state: "acting" }, question, start, "*Acting.*"],
    ["it is over", { state: "closed", outcome: "healed", why: "w", at: start }, question, start, "*Closed: healed*"],
  ])("are gone when %s", (_, phase, approval, now, state) => {
    const made = show(incidentIn(phase), approval, now);
    expect(valuesOf(made)).toEqual([]);
    expect(words(made)).toContain(state);
  });
});

describe("a question", () => {
  const costing = (usdPerHour: number | null) => planOf([{ ...drain("i-0abc"), usdPerHour }]);

  it("says what a yes costs, on the card and on the button", () => {
    const made = show(incidentIn(waiting, { plan: costing(1.92) }), question);
    expect(labelsOf(made)).toEqual(["Approve (+$1.92/h)", "Deny", "Override…", "Snooze"]);
    expect(words(made)).toContain("Cost: +$1.92/h while it stands");
    expect(words(show(incidentIn(waiting, { plan: costing(-0.5) }), question))).toContain(
      "Saves $0.50/h while it stands",
    );
    expect(labelsOf(show(incidentIn(waiting, { plan: costing(0.0004) }), question))[0]).toBe("Approve (+$0.0004/h)");
  });

  it("says so when a price is not known", () => {
    const made = show(incidentIn(waiting, { plan: costing(null) }), question);
    expect(labelsOf(made)[0]).toBe("Approve (price unknown)");
    expect(words(made)).toContain("Cost: price unknown");
  });

  it("that goes ahead unless somebody objects says so, and cannot be put off", () => {
    const made = show(incidentIn(waiting), { ...question, silence: "goes" });
    expect(texts(made)[1]).toBe(`*About to act* ${moment(question.until)}, unless somebody objects.`);
    expect(labelsOf(made)).toEqual(["Go ahead now", "Object", "Override…"]);
  });

  it("to two people says how many are needed, and who has approved so far", () => {
    const assent = { verdict: "approved", by: "U0ANNA", name: "Anna", at: start } as const;
    const first = show(incidentIn(waiting), { ...question, needs: 2 });
    expect(words(first)).toContain("*2 people have to approve.* If nobody decides, nothing is done.");
    expect(words(first)).toContain("May decide (2 of them; one is enough to deny): Anna, Ben");
    const second = show(incidentIn(waiting), { ...question, needs: 2, assents: [assent] });
    expect(words(second)).toContain("*2 people have to approve.* Anna approved; one more has to.");
    expect(labelsOf(second)[0]).toBe("Approve");
  });

  it("that was answered with less says so, and with which reason", () => {
    const said = { verdict: "approved", by: "U0ANNA", name: "Anna", at: start } as const;
    const less = { ...question, decision: { ...said, narrowing: { without: [1], params: {} }, why: "one is enough" } };
    expect(words(show(incidentIn(waiting), less))).toContain("*Approved in part* by Anna");
    expect(words(show(incidentIn(waiting), less))).toContain("(one is enough). Checking again, then acting.");
  });
});

describe("what has been changed", () => {
  const closed: Phase = { state: "closed", outcome: "healed", why: "w", at: start };
  it.each<[Phase, boolean, string[]]>([
    [{ state: "planning" }, false, []],
    [{ state: "acting" }, false, ["Undo…", "Halt…"]],
    [{ state: "holding", until: start }, false, ["Undo…", "Halt…"]],
    [{ state: "halted", why: "Anna has halted it" }, false, ["Undo…", "Resume…"]],
    [{ state: "undoing", why: "Anna" }, false, []],
    [closed, false, []],
    [closed, true, ["Undo…"]],
  ])("can be taken back and stopped while there is something to: %j, standing %j", (phase, stands, labels) => {
    const made = card({ incident: incidentIn(phase), story: [], stands, settings, now: start });
    expect(labelsOf(made, "changes")).toEqual(labels);
    expect(buttonsOf(made, "changes").map(({ value }) => value)).toEqual(labels.map(() => "a1b2c3d4e5f6-1"));
  });

  it("is asked back once", () => {
    const undo = { by: "U0ANNA", name: "Anna", why: "too early", at: start };
    const made = card({ incident: incidentIn({ state: "acting" }, { undo }), story: [], settings, now: start });
    expect(labelsOf(made, "changes")).toEqual(["Halt…"]);
    expect(words(made)).toContain("*Acting.* Anna wants it back: too early");
  });
});

describe("what carried an incident", () => {
  const line = (key: string) => ({
    incident: "x",
    seq: 1,
    at: start,
    key,
    who: "bot",
    text: "t",
    facts: null,
    prev: "",
    hash: "",
  });

  it("is the signal that opened it, how often it came, and what else was heard", () => {
    const story = [line("also ecs-task"), line("asked q-1"), line("also batch-job")];
    const made = card({
      incident: incidentIn({ state: "acting" }, { seen: 4, partOf: "ffff-2" }),
      story,
      settings,
      now: start,
    });
    expect(words(made)).toContain("*Signals*\n`spot-interruption-warning`, seen 4 times; also `ecs-task`, `batch-job`");
    expect(words(made)).toContain("*Part of*\n`ffff-2`");
  });

  it("is shown with how sure the detector is, and as a picture if there is one", () => {
    const incident = incidentIn(
      { state: "open" },
      { signal: { why: "latency 2.4, expected 0.6 to 0.9", severity: 2.345 } },
    );
    const made = card({ incident, story: [], chart: "F0CHART", settings, now: start });
    expect(words(made)).toContain("latency 2.4, expected 0.6 to 0.9\nSeverity 2.3, where 1 is a clear incident");
    expect(made.blocks.find(({ type }) => type === "image")).toMatchObject({ slack_file: { id: "F0CHART" } });
    expect(checkBlocks(made.blocks)).toEqual([]);
  });
});

describe("a large plan", () => {
  it.each([1, 100, 5_000])("of %i targets stays within Slack's limits", (count) => {
    const steps = Array.from({ length: count }, (_, index) => drain(`i-${index}-${"&".repeat(300)}`));
    const plan = planOf(steps, { fleet: { scope: "group/gpu", size: count } });
    expect(checkBlocks(show(incidentIn(waiting, { plan }), question).blocks)).toEqual([]);
  });

  it("counts by kind the actions that have no line of their own", () => {
    const steps = [
      ...Array.from({ length: 30 }, (_, index) => drain(`i-${index}`)),
      { ...drain("i-x"), action: "elb.deregister" },
    ];
    const said = words(show(incidentIn(waiting, { plan: planOf(steps) }), question));
    expect(said).toContain(
      "10. drain i-9 (can be undone)\nand 21 more: 20 × `ecs.drain-instance`, 1 × `elb.deregister`",
    );
    expect(said).toContain("*Touches 31*");
    expect(said).toContain("`instance/i-14`, and 16 more");
  });
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "<!channel>",
    "<@U0ANNA>",
    "*Approved*\nby `Anna`",
    "<https://evil.example|ok>",
    "&".repeat(5_000),
    "\u202eevil",
    "",
  ),
);
const length = fc.record({ minutes: fc.integer({ min: 1, max: 999 }) });
const condition = fc.record({ condition: text, params: fc.constant({}) });
const step: fc.Arbitrary<StoredStep> = fc.oneof(
  fc.record({
    kind: fc.constant("action" as const),
    action: text,
    params: fc.constant({}),
    mayFail: fc.boolean(),
    does: text,
    undo: text,
    touches: fc.array(text, { maxLength: 5 }),
    was: fc.constant(null),
  }),
  fc.record({ kind: fc.constant("wait" as const), why: text, for: length }),
  fc.record({ kind: fc.constant("until" as const), what: text, condition, every: length, within: length }),
  fc.record({ kind: fc.constant("check" as const), what: text, condition }),
  fc.record({ kind: fc.constant("say" as const), text }),
);
const time = fc.double({ noNaN: false });
const phase: fc.Arbitrary<Phase> = fc.oneof(
  fc.constantFrom<Phase>({ state: "open" }, { state: "planning" }, { state: "acting" }, waiting),
  fc.record({ state: fc.constant("holding" as const), until: time }),
  fc.record({ state: fc.constant("undoing" as const), why: text }),
  fc.record({ state: fc.constant("closed" as const), outcome: fc.constantFrom(...outcomes), why: text, at: time }),
);

describe("a card of whatever was planned", () => {
  it("is within Slack's limits and has no markup but ours", () => {
    const anything = fc.record({
      title: text,
      root: text,
      trigger: text,
      runbook: text,
      why: text,
      decision: text,
      name: text,
      phase,
      at: time,
    });
    fc.assert(
      fc.property(anything, fc.array(step, { maxLength: 60 }), ({ why, name, at, ...more }, steps) => {
        const approvers = Array.from({ length: 40 }, (_, index) => ({
          slack: `U${index}`,
          name: `${name}${index}`,
          may: ["*"],
          services: ["*"],
          risk: "high" as const,
        }));
        const incident = incidentIn(more.phase, { ...more, signal: { why }, beganAt: at, plan: planOf(steps) });
        const line = { incident: "x", seq: 1, at, key: "k", who: "bot", text: why, facts: null, prev: "", hash: "" };
        const made = card({
          incident,
          approval: question,
          story: [line],
          settings: { ...settings, approvers },
          now: start,
        });

        expect(checkBlocks(made.blocks)).toEqual([]);
        expect(made.text.length).toBeLessThanOrEqual(limits.section);
        for (const said of [made.text, ...texts(made)]) {
          expect(said.replace(/<!date\^\d+\^\{date_short_pretty\} at \{time\}\|[-0-9: ]+ UTC>/g, "")).not.toMatch(
            /[<>]/,
          );
          // Inside code Slack formats nothing.
          expect(said.replace(/`[^`]*`/g, "")).not.toContain("*Approved*");
        }
        expect(valuesOf(made).length).toBe(more.phase.state === "waiting" ? 4 : 0);
      }),
      { seed: 20260304, numRuns: 300 },
    );
  });
});
