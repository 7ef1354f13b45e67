import { describe, expect, it } from "vitest";
import { gatesOf } from "../../../../local/console/app/gates.ts";
import type { ShownIncident } from "../../../../local/console/state.ts";
import { degradation, interruption, nowMs, question } from "../../../support/console/incidents.ts";

const said = (incident: ShownIncident) => gatesOf(incident, nowMs).map(({ gate, said }) => `${gate}: ${said}`);
const last = (incident: ShownIncident) => gatesOf(incident, nowMs).at(-1);
const heard = ["read: yes", "one incident: yes"];
const closed = { state: "closed", outcome: "refused", why: "the reason", at: nowMs } as const;

describe("the gates of an incident", () => {
  it("have all said yes to what acts by itself", () => {
    expect(said(interruption)).toEqual([...heard, "halt and maintenance: yes", "limits: yes", "approval: yes"]);
  });

  it("wait for a person, with the time that is left and how many are missing", () => {
    const one = { ...degradation, approval: question };
    const two = {
      ...question,
      needs: 2,
      assents: [{ verdict: "approved" as const, by: "U1", name: "Anna", at: nowMs }],
    };

    expect(last(one)).toEqual({ gate: "approval", said: "waits", why: "a person is asked; ends in 27:00" });
    expect(last({ ...one, approval: two })?.why).toBe("1 of 2 people are missing; Anna approved; ends in 27:00");
    expect(last({ ...one, approval: { ...question, silence: "goes" } })?.why).toContain(
      "goes ahead without an objection",
    );
  });

  it("say no where an incident was held, and why", () => {
    const { plan: _plan, autonomy: _autonomy, ...unplanned } = degradation;
    const { autonomy: _, ...observed } = { ...degradation, phase: closed };
    const refused = { ...interruption, phase: closed, story: [] };

    expect(last({ ...unplanned, phase: closed })).toEqual({
      gate: "halt and maintenance",
      said: "no",
      why: "the reason",
    });
    expect(last({ ...degradation, phase: { state: "halted", why: "by Alex" } })?.why).toBe("by Alex");
    expect(last(observed)).toEqual({ gate: "autonomy", said: "no", why: "the reason" });
    expect(last(refused)).toEqual({ gate: "limits", said: "no", why: "the reason" });
  });

  it("say who approved or denied, and that the world was read again", () => {
    const decided = (verdict: "approved" | "denied") => ({
      ...degradation,
      phase: verdict === "denied" ? closed : ({ state: "acting" } as const),
      journal: interruption.journal,
      approval: { ...question, decision: { verdict, by: "U0ALEX", name: "Alex", at: nowMs, why: "a load test" } },
    });

    expect(last(decided("denied"))?.why).toBe("Alex denied it: a load test");
    expect(said(decided("approved")).slice(-2)).toEqual(["approval: yes", "preconditions: yes"]);
  });

  it("have no answer that is not one of an incident", () => {
    expect(last({ ...degradation, approval: question, phase: closed })?.why).toBe("nobody decided in time");
  });
});
