/**
 * What a failed call says about its provider. `fault`: it is unwell. `throttled`: it is well, and we ask too much.
 * `fatal`: it will not serve us until a person changes something. `ignored`: nothing; the request was wrong, forbidden by
 * its content or our budget, or called off.
 */
export type Verdict =
  | { readonly kind: "fault" | "fatal" | "ignored" }
  | { readonly kind: "throttled"; readonly retryAfterMs?: number };

export type Classifier = (error: unknown, now: number) => Verdict;

// Names are those of Bedrock's API model and of the OpenAI and Anthropic SDKs.
const fatal = new Set([
  "AccessDeniedException",
  "ResourceNotFoundException",
  "UnrecognizedClientException",
  "AuthenticationError",
  "PermissionDeniedError",
]);
const throttled = new Set([
  "ThrottlingException",
  "TooManyRequestsException",
  "ServiceQuotaExceededException",
  "RateLimitError",
]);
const fault = new Set([
  // Answered with 429 and 424, and yet the model's own trouble.
  "ModelNotReadyException",
  "ModelErrorException",
  "ModelTimeoutException",
  "ModelStreamErrorException",
  "ServiceUnavailableException",
  "InternalServerException",
  "TimeoutError",
]);
const ignored = new Set([
  "ValidationException",
  "BadRequestError",
  "UnprocessableEntityError",
  "ContextWindowExceededError",
  "ContentPolicyViolationError",
  "BudgetExceededError",
  "AbortError",
  "APIUserAbortError",
]);

/**
 * Reads a failure by name, then by HTTP status, never by message. What it does not know is a fault: an unknown failure
 * counted is a circuit opened too early, one not counted is an outage nobody stops.
 */
export const classify: Classifier = (error, now) => {
  const name = error instanceof Error ? error.name : "";
  const status = statusOf(error);
  if (fatal.has(name)) return { kind: "fatal" };
  if (fault.has(name)) return { kind: "fault" };
  if (ignored.has(name)) return { kind: "ignored" };
  if (throttled.has(name) || status === 429) {
    const retryAfterMs = readRetryAfter(error, now);
    return { kind: "throttled", ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  // 408 is the provider's own time limit; the other 4xx are about what we sent.
  if (status !== undefined && status >= 400 && status < 500 && status !== 408) return { kind: "ignored" };
  return { kind: "fault" };
};

const at = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;

/** AWS SDK, the providers' SDKs, and fetch wrappers keep the status in different places. */
function statusOf(error: unknown): number | undefined {
  const found = [at(at(error, "$metadata"), "httpStatusCode"), at(error, "status"), at(error, "statusCode")];
  return found.find((status) => typeof status === "number");
}

/** The pause a provider asks for, in milliseconds: `Retry-After` as seconds or as an HTTP date. */
function readRetryAfter(error: unknown, now: number): number | undefined {
  for (const headers of [
    at(error, "headers"),
    at(at(error, "$response"), "headers"),
    at(at(error, "response"), "headers"),
  ]) {
    const said = headers instanceof Headers ? headers.get("retry-after") : at(headers, "retry-after");
    if (typeof said !== "string" || said.trim() === "") continue;
    const ms = Number.isNaN(Number(said)) ? Date.parse(said) - now : Number(said) * 1_000;
    if (ms > 0) return ms;
  }
  return undefined;
}
