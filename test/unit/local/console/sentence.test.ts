import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../../local/console/app/sentence.ts";
import type { ConsoleState } from "../../../../local/console/state.ts";
import { quietState } from "../../../support/console/fake-estate.ts";
import { degradation, healed, interruption, nowMs } from "../../../support/console/incidents.ts";

const sentence = (state: Partial<ConsoleState>) => sentenceOf({ ...quietState, ...state }, undefined);
const { decision: _, ...undecided } = interruption;
const closed = (outcome: "refused" | "escalated", at: number) =>
  ({ ...undecided, phase: { state: "closed", outcome, why: "limit: too many", at } }) as const;

describe("the sentence at the top", () => {
  it("asks first, and leads to what asks", () => {
    expect(sentence({ incidents: [interruption, degradation] })).toEqual({
      tone: "asks",
      text: "One incident waits for a decision",
      message: degradation.card?.ts,
    });
  });

  it("says that all is quiet only when nobody was left without help", () => {
    expect(sentence({ incidents: [healed] }).text).toBe("All quiet");
    expect(sentence({ incidents: [healed, closed("refused", nowMs)] })).toEqual({
      tone: "bad",
      text: "Nothing in hand, but 1 incident not helped: limit: too many",
    });
    expect(sentence({ incidents: [interruption, closed("escalated", nowMs)] }).text).toBe(
      "One incident in hand, 1 incident not helped: limit: too many",
    );
  });

  it("does not go on about what people have refused, nor about what is long past", () => {
    const denied = { ...closed("refused", nowMs), decision: "Alex denied the plan." };
    expect(sentence({ incidents: [denied, closed("escalated", nowMs - 3_600_000)] }).text).toBe("All quiet");
  });

  it("says what is halted, by whom and why", () => {
    expect(sentence({ halts: [{ by: "Alex", why: "a test", scope: "service/chat" }] }).text).toBe(
      "Halted by Alex (service/chat): a test",
    );
  });
});
