/** A Batch job's retry strategy, as SubmitJob takes it and DescribeJobs answers it. */
export interface RetryStrategy {
  /** How many attempts there may be, the first included: 1 to 10. */
  readonly attempts?: number | undefined;
  readonly evaluateOnExit?: readonly EvaluateOnExit[] | undefined;
}

/** One rule: it matches when all of the patterns it has do. */
export interface EvaluateOnExit {
  readonly onStatusReason?: string | undefined;
  readonly onReason?: string | undefined;
  readonly onExitCode?: string | undefined;
  /** `RETRY` or `EXIT`, in any case. */
  readonly action?: string | undefined;
}

/** How one attempt ended, in the texts that the rules look at. */
export interface AttemptEnd {
  readonly statusReason?: string | undefined;
  readonly reason?: string | undefined;
  readonly exitCode?: number | undefined;
}

/**
 * The rule that decides about an attempt: the first that matches, as Batch takes them. None: Batch tries again as long as
 * attempts are left, also when there are rules and none of them matches.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
 */
export function ruleFor({ evaluateOnExit = [] }: RetryStrategy, end: AttemptEnd): EvaluateOnExit | undefined {
  return evaluateOnExit.find(
    ({ onStatusReason, onReason, onExitCode }) =>
      matches(onStatusReason, end.statusReason) &&
      matches(onReason, end.reason) &&
      matches(onExitCode, end.exitCode === undefined ? undefined : String(end.exitCode)),
  );
}

/** Whether Batch makes another attempt by itself after `made` of them, the last of which ended so. */
export function triesAgain(strategy: RetryStrategy, made: number, end: AttemptEnd): boolean {
  return made < (strategy.attempts ?? 1) && !isExit(ruleFor(strategy, end));
}

/**
 * Whether the strategy says in so many words that a job that ends like this is not to be tried again. The rule for
 * everything else, whose patterns are all `*`, is no such word: it is there because Batch retries what no rule matches.
 */
export function asksToGiveUp(strategy: RetryStrategy, end: AttemptEnd): boolean {
  const rule = ruleFor(strategy, end);
  const patterns = [rule?.onStatusReason, rule?.onReason, rule?.onExitCode];
  return isExit(rule) && patterns.some((pattern) => pattern !== undefined && pattern !== "*");
}

const isExit = (rule: EvaluateOnExit | undefined): boolean => rule?.action?.toUpperCase() === "EXIT";

/** A pattern is the whole text, or with a `*` at its end the beginning of it. What an attempt does not have, only `*` matches. */
function matches(pattern: string | undefined, text = ""): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
