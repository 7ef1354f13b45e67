/**
 * Every failure we foresee, by code. Codes are public: alarms refer to them, and `docs/operating.md` has a paragraph on each.
 */
export const codes = {
  bad_input: "something a person gave us cannot be read",
  bad_setting: "a setting is missing or cannot be used",
  bad_plan: "a runbook made a plan that cannot be run",
  aws_failed: "an AWS call failed in a way that no retry mends",
  slack_failed: "Slack did not take what we sent",
  store_conflict: "somebody else changed the same item in between",
  not_found: "something that must be there is not",
} as const;

export type Code = keyof typeof codes;

/** A failure we foresaw. Anything else that is thrown is a bug and reaches the entry point. */
export class BotError extends Error {
  override readonly name = "BotError";
  readonly code: Code;
  /** Whether trying the same again may work. The one who throws knows; the one who catches cannot. */
  readonly retryable: boolean;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    code: Code,
    message: string,
    { cause, retryable = false, ...facts }: { cause?: unknown; retryable?: boolean; [fact: string]: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.retryable = retryable;
    this.facts = facts;
  }
}
