import { describe, expect, it } from "vitest";
import { classify } from "../../../../src/client/circuit/classify.ts";
import { failure, startMs } from "../given.ts";

describe("a failed call", () => {
  it.each([
    ["ServiceUnavailableException", {}, "fault"],
    ["InternalServerException", { $metadata: { httpStatusCode: 500 } }, "fault"],
    ["ModelTimeoutException", { $metadata: { httpStatusCode: 408 } }, "fault"],
    ["ModelNotReadyException", { $metadata: { httpStatusCode: 429 } }, "fault"],
    ["ModelErrorException", { $metadata: { httpStatusCode: 424 } }, "fault"],
    ["TimeoutError", {}, "fault"],
    ["TypeError", { cause: "ECONNRESET" }, "fault"],
    ["APIError", { status: 529 }, "fault"],
    ["Error", { statusCode: 408 }, "fault"],
    ["ThrottlingException", {}, "throttled"],
    ["ServiceQuotaExceededException", { $metadata: { httpStatusCode: 400 } }, "throttled"],
    ["APIError", { status: 429 }, "throttled"],
    ["AccessDeniedException", { $metadata: { httpStatusCode: 403 } }, "fatal"],
    ["ResourceNotFoundException", { $metadata: { httpStatusCode: 404 } }, "fatal"],
    ["AuthenticationError", { status: 401 }, "fatal"],
    ["ValidationException", { $metadata: { httpStatusCode: 400 } }, "ignored"],
    ["BadRequestError", { status: 400 }, "ignored"],
    ["ContextWindowExceededError", {}, "ignored"],
    ["ContentPolicyViolationError", {}, "ignored"],
    ["BudgetExceededError", {}, "ignored"],
    ["AbortError", {}, "ignored"],
    ["Error", { status: 422 }, "ignored"],
  ])("with %s %j is: %s", (name, facts, kind) => {
    expect(classify(failure(name, facts), startMs)).toEqual({ kind });
  });

  it("that is no error at all is a fault", () => {
    expect([classify("boom", 0), classify(undefined, 0), classify(null, 0)]).toEqual(
      Array.from({ length: 3 }, () => ({ kind: "fault" })),
    );
  });

  it.each([
    [{ $response: { headers: { "retry-after": "12" } } }, 12_000],
    [{ headers: new Headers({ "Retry-After": "0.5" }) }, 500],
    [{ response: { headers: { "retry-after": new Date(startMs + 90_000).toUTCString() } } }, 90_000],
  ])("that was throttled says how long to wait: %j", (facts, retryAfterMs) => {
    expect(classify(failure("ThrottlingException", facts), startMs)).toEqual({ kind: "throttled", retryAfterMs });
  });

  it.each(["soon", "", "-3", new Date(startMs - 1_000).toUTCString()])(
    "that was throttled with the unusable Retry-After %j says nothing of it",
    (said) => {
      const error = failure("ThrottlingException", { headers: { "retry-after": said } });
      expect(classify(error, startMs)).toEqual({ kind: "throttled" });
    },
  );
});
