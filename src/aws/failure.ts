import { BotError } from "../bot-error.ts";

/**
 * What a failed change means. `not-applied`: the service answered no, nothing happened. `unknown`: it may have happened.
 */
export type Failure =
  | { readonly kind: "not-applied"; readonly retryable: boolean; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

const throttles = /Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|ProvisionedThroughputExceeded|TooManyUpdates/;

/** Errors that say somebody else is at work on the same thing right now: nothing happened, and it will pass. */
const busy = /ResourceContention|ScalingActivityInProgress|ResourceInUse|ConflictException/;

/** The services' codes for "you may not". Their message names the permission, and the way out is always the same. */
const denials =
  /^(AccessDenied(Exception)?|UnauthorizedOperation|AuthorizationError(Exception)?|NotAuthorized(Exception)?)$/;
const wayOut = 'see "When AWS says that the bot may not" in docs/operating.md';

/**
 * Tells apart failures after which a change has certainly not happened from those after which nobody knows.
 *
 * Only a 4xx answer to a single attempt proves that nothing was changed. A timeout, a dropped connection, a 5xx or an
 * answer that cannot be read proves nothing. Decided by status and error code, never by reading a message.
 */
export function readFailure(error: unknown): Failure {
  const said = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error).slice(0, 500);
  if (error instanceof BotError) return { kind: "not-applied", retryable: error.retryable, why: said };
  const { name, status } = shape(error);
  const why = denials.test(name) ? `${said} (${wayOut})` : said;
  if (status !== undefined && status >= 400 && status < 500) {
    return { kind: "not-applied", retryable: status === 429 || throttles.test(name) || busy.test(name), why };
  }
  // EC2 and Auto Scaling say "slow down" with a 503.
  if (status !== undefined && throttles.test(name)) return { kind: "not-applied", retryable: true, why };
  return { kind: "unknown", why };
}

/** Whether an error is the service's answer under this code. */
export const isNamed = (error: unknown, ...names: string[]): boolean => names.includes(shape(error).name);

function shape(error: unknown): { name: string; status?: number } {
  if (!(error instanceof Error)) return { name: "" };
  const metadata = "$metadata" in error ? error.$metadata : undefined;
  const status =
    metadata && typeof metadata === "object" && "httpStatusCode" in metadata ? metadata.httpStatusCode : undefined;
  return { name: error.name, ...(typeof status === "number" && { status }) };
}
