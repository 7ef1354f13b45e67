import { describe, expect, it } from "vitest";
import { asksToGiveUp, triesAgain } from "../../../src/policies/retry-strategy.ts";

const lost = { statusReason: "Host EC2 (instance i-0b662ef9931388ba0) terminated." };
const oom = {
  statusReason: "Essential container in task exited",
  reason: "OutOfMemoryError: Container killed due to memory usage",
  exitCode: 137,
};

describe("Batch tries a job again", () => {
  it("once in all when nothing else is said", () => {
    expect(triesAgain({}, 1, lost)).toBe(false);
    expect(triesAgain({ attempts: 2 }, 1, lost)).toBe(true);
    expect(triesAgain({ attempts: 2 }, 2, lost)).toBe(false);
  });

  it("also where there are rules and none of them matches", () => {
    const evaluateOnExit = [{ onReason: "OutOfMemory*", action: "EXIT" }];
    expect(triesAgain({ attempts: 2, evaluateOnExit }, 1, lost)).toBe(true);
    expect(triesAgain({ attempts: 2, evaluateOnExit }, 1, oom)).toBe(false);
  });

  it("by the first rule that matches, in all its patterns, whatever the case of its action", () => {
    const evaluateOnExit = [
      { onStatusReason: "Host EC2*", onExitCode: "1*", action: "exit" },
      { onStatusReason: "Host EC2*", action: "retry" },
      { onReason: "*", action: "EXIT" },
    ];
    expect(triesAgain({ attempts: 3, evaluateOnExit }, 1, lost)).toBe(true);
    expect(triesAgain({ attempts: 3, evaluateOnExit }, 1, oom)).toBe(false);
    expect(triesAgain({ attempts: 3, evaluateOnExit }, 1, { ...lost, exitCode: 137 })).toBe(false);
  });

  it("by the whole text where the pattern does not end with a star", () => {
    const evaluateOnExit = [{ onStatusReason: "Host EC2", action: "EXIT" }];
    expect(triesAgain({ attempts: 2, evaluateOnExit }, 1, lost)).toBe(true);
    expect(triesAgain({ attempts: 2, evaluateOnExit }, 1, { statusReason: "Host EC2" })).toBe(false);
  });
});

describe("a strategy asks to give up", () => {
  it("where a rule names what has happened", () => {
    expect(asksToGiveUp({ attempts: 2, evaluateOnExit: [{ onStatusReason: "Host EC2*", action: "EXIT" }] }, lost)).toBe(
      true,
    );
  });

  it("not where it only ends with a rule for everything else", () => {
    expect(asksToGiveUp({ attempts: 2, evaluateOnExit: [{ onReason: "*", action: "EXIT" }] }, lost)).toBe(false);
    expect(asksToGiveUp({ attempts: 2 }, lost)).toBe(false);
  });
});
