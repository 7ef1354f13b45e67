import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { BotError } from "../bot-error.ts";

/** Slack's own troubles, by their codes. Every other answer of Slack's is about what we sent, and stays the same. */
const passing = new Set([
  "ratelimited",
  "rate_limited",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
]);

/** The card can no longer be changed where it is: deleted, another bot user's, too old, or its channel is gone. */
const gone = new Set([
  "message_not_found",
  "channel_not_found",
  "cant_update_message",
  "edit_window_closed",
  "is_archived",
  "is_inactive",
]);

/** Slack's error code, or our name for not getting one. */
function codeOf(error: unknown): string {
  if (error instanceof WebAPIPlatformError) return error.data.error;
  if (error instanceof WebAPIRateLimitedError) return "ratelimited";
  if (error instanceof WebAPIHTTPError) return `http_${error.statusCode}`;
  return error instanceof WebAPIRequestError ? "unreachable" : "unknown";
}

/** Whether the message that was to be changed is not there to be changed any more. */
export const isGone = (error: unknown): boolean => error instanceof WebAPIPlatformError && gone.has(error.data.error);

/** Whether Slack does not take the blocks of a message, for one of them. */
export const isRefused = (error: unknown): boolean =>
  error instanceof WebAPIPlatformError && error.data.error === "invalid_blocks";

/** What we throw when Slack did not take something: `slack_failed`, with Slack's code as `slack` in its facts. */
export function slackFailed(doing: string, error: unknown): BotError {
  const slack = codeOf(error);
  return new BotError("slack_failed", `${doing}: ${slack}`, {
    cause: error,
    retryable: !(error instanceof WebAPIPlatformError) || passing.has(slack),
    slack,
    ...(error instanceof WebAPIRateLimitedError && { retryAfterSeconds: error.retryAfter }),
  });
}
