import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare } from "../../../../cli/backtest/compare.ts";
import { measure } from "../../../../cli/backtest/measure.ts";
import type { Decided } from "../../../../cli/backtest/result.ts";
import { decided, resultOf } from "./given.ts";

describe("two versions", () => {
  it("that decide the same differ in nothing, whatever they decide", () => {
    const one = fc.record({
      root: fc.constantFrom("instance/i-1", "service/chat"),
      began: fc.integer({ min: 0, max: 50 }).map((hour) => new Date(hour * 3_600_000).toISOString()),
      decision: fc.constantFrom("act", "ask", "observe"),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (all) => {
        const incidents = all.map((part) => decided(part));
        expect(compare({ incidents }, { incidents: [...incidents] })).toEqual({ differences: [], same: all.length });
      }),
    );
  });

  it.each<[kind: string, change: Partial<Decided>, more: boolean]>([
    ["decision", { decision: "ask" }, false],
    ["runbook", { runbook: "open-circuit" }, false],
    ["plan", { plan: [{ action: "level.set", does: "set chat to minimal" }] }, true],
    ["plan", { plan: [] }, false],
  ])("differ in the %s", (kind, change, more) => {
    const [old, now] = [decided(), decided(change)];

    expect(compare({ incidents: [old] }, { incidents: [now] })).toEqual({
      differences: [{ kind, old, new: now, more }],
      same: 0,
    });
  });

  it("do not differ in the words they have for the same decision", () => {
    const { differences } = compare({ incidents: [decided({ why: "a" })] }, { incidents: [decided({ why: "b" })] });

    expect(differences).toEqual([]);
  });

  it("see the same trouble although one saw it 20 minutes later, and another two hours later", () => {
    const old = decided({ began: "2026-03-04T03:00:00.000Z" });
    const near = decided({ began: "2026-03-04T03:20:00.000Z" });
    const far = decided({ began: "2026-03-04T05:20:00.000Z" });

    expect(compare({ incidents: [old] }, { incidents: [near] })).toMatchObject({ differences: [], same: 1 });
    expect(compare({ incidents: [old] }, { incidents: [far] }).differences.map(({ kind }) => kind)).toEqual([
      "only-old",
      "only-new",
    ]);
  });

  it("do more only if something would be changed that was not: not if people are asked", () => {
    const kinds = (decision: string) => compare({ incidents: [] }, { incidents: [decided({ decision })] }).differences;

    expect(kinds("act")).toMatchObject([{ kind: "only-new", more: true }]);
    expect(kinds("ask")).toMatchObject([{ kind: "only-new", more: false }]);
  });
});

describe("a version in numbers", () => {
  const priced = (began: string, until: string, usdPerHour: number | null) =>
    decided({ began, until, plan: [{ action: "a.b", does: "c", touches: ["group/g"], calls: [], usdPerHour }] });

  it("has the most dollars an hour that stand at one time, and what has no price is counted", () => {
    const { usdPerHour } = measure(
      resultOf([
        priced("2026-03-04T03:00:00.000Z", "2026-03-04T04:00:00.000Z", 2),
        priced("2026-03-04T03:30:00.000Z", "2026-03-04T05:00:00.000Z", 3),
        priced("2026-03-04T05:00:01.000Z", "2026-03-04T06:00:00.000Z", 4),
        priced("2026-03-04T03:30:00.000Z", "2026-03-04T05:00:00.000Z", null),
      ]),
    );

    expect(usdPerHour).toEqual({ most: 5, unpriced: 1 });
  });

  it("counts what it would do by itself by day and by kind, what it would ask about, and the limits it hit", () => {
    const touches = { touches: ["service/chat"], calls: [] };
    const plan = [{ action: "level.set", does: "set chat to limited", ...touches }];
    const found = measure(
      resultOf([
        decided({ plan }),
        decided({ plan, began: "2026-03-05T03:00:00.000Z", decision: "veto" }),
        decided({ plan, decision: "ask" }),
        decided({ plan, decision: "refused", limit: "runs of degrade" }),
      ]),
    );

    expect(found).toMatchObject({
      incidents: 4,
      decisions: { act: 1, ask: 1, refused: 1, veto: 1 },
      actions: 2,
      asked: 1,
      actionsByDay: { "2026-03-04": 1, "2026-03-05": 1 },
      actionsByKind: { "level.set": 2 },
      limits: { "runs of degrade": 1 },
    });
  });

  it("that is too old to say what it touches is not taken for one that hits no limit", () => {
    expect(measure(resultOf([decided({ plan: [{ action: "a.b", does: "c" }] })]))).toMatchObject({
      limits: null,
      usdPerHour: null,
    });
  });
});
