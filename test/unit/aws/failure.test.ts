import { describe, expect, it } from "vitest";
import { isNamed, readFailure } from "../../../src/aws/failure.ts";
import { BotError } from "../../../src/bot-error.ts";

const answered = (name: string, httpStatusCode: number) =>
  Object.assign(new Error("no"), { name, $metadata: { httpStatusCode } });

describe("a failed change", () => {
  it.each([
    ["ConditionalCheckFailedException", 400, false],
    ["ValidationError", 400, false],
    ["ThrottlingException", 400, true],
    ["TooManyUpdates", 400, true],
    ["ResourceContentionFault", 400, true],
    ["Whatever", 429, true],
    ["RequestLimitExceeded", 503, true],
  ])("answered with %s (%i) has certainly not happened", (name, status, retryable) => {
    expect(readFailure(answered(name, status))).toEqual({ kind: "not-applied", retryable, why: `${name}: no` });
  });

  it.each(["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationErrorException"])(
    "answered with %s tells the way out beside AWS's own words",
    (name) => {
      const failure = readFailure(answered(name, 403));
      expect(failure).toMatchObject({ kind: "not-applied", retryable: false });
      expect(failure.why).toMatch(
        new RegExp(`^${name}: no \\(see "When AWS says that the bot may not" in docs/operating.md\\)$`),
      );
    },
  );

  it.each([
    ["a server's own trouble", answered("InternalFailure", 500)],
    ["an answer that cannot be read", answered("SyntaxError", 200)],
    ["a time-out", Object.assign(new Error("late"), { name: "TimeoutError" })],
    ["a dropped connection", Object.assign(new Error("reset"), { code: "ECONNRESET" })],
    ["something that is no error", "boom"],
  ])("with %s may have happened", (_, error) => {
    expect(readFailure(error).kind).toBe("unknown");
  });

  it("that the bot refused itself has not happened", () => {
    expect(readFailure(new BotError("store_conflict", "no", { retryable: true }))).toMatchObject({
      kind: "not-applied",
      retryable: true,
    });
    expect(readFailure(new BotError("aws_failed", "no"))).toMatchObject({ kind: "not-applied", retryable: false });
  });

  it("is never told at more than 500 characters", () => {
    expect(readFailure(new Error("x".repeat(9_999))).why).toHaveLength(500);
  });
});

it("is named by its code, not by its text", () => {
  expect(isNamed(answered("ValidationError", 400), "ValidationError")).toBe(true);
  expect(isNamed(new Error("ValidationError"), "ValidationError")).toBe(false);
  expect(isNamed("ValidationError", "ValidationError")).toBe(false);
});
