import { LogLevel, WebClient } from "@slack/web-api";

/**
 * Slack's Web API, bounded in time: at most three attempts of 3 s each, so an unreachable Slack costs under 10 s.
 *
 * Left to itself the client retries for half an hour and sleeps through rate limits, and a Lambda hangs with it. Slack is a
 * view that catches up later, so giving up early loses nothing.
 */
export function slackClient({ token, apiUrl }: { token: string; apiUrl?: string }): WebClient {
  return new WebClient(token, {
    retryConfig: { retries: 2, minTimeout: 200, factor: 2 },
    timeout: 3_000,
    rejectRateLimitedCalls: true,
    // Every failure is thrown and reported by whoever called; the client's own lines would say it twice.
    logLevel: LogLevel.ERROR,
    // The token goes with every call: never to a URL in place of a method name.
    allowAbsoluteUrls: false,
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
  });
}
