import type { readLearned } from "../aws/learned-memory.ts";
import type { Clock } from "../clock.ts";
import type { Report } from "./event.ts";
import { type Timer, withTimeLimit } from "./timer.ts";

/**
 * With how many MiB to submit the next job of a family, a job definition without its revision: what it asks for itself, or
 * more if the bot knows that as much was too little. Never throws and never waits long: without an answer it is what it asks for.
 */
export type FamilyMemory = (family: string, asksForMiB: number) => Promise<number>;

/** Parameter Store answers in tens of milliseconds; a submission must not hang on it. */
const answerMs = 1_000;

/** What was learned of the memory of families of jobs, read anew each time: jobs are submitted once. @internal */
export function createMemory({
  read,
  clock,
  timer,
  report,
}: {
  readonly read: (family: string) => ReturnType<typeof readLearned>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly report: Report;
}): FamilyMemory {
  return async (family, asksForMiB) => {
    try {
      const value = (await withTimeLimit(answerMs, timer, () => read(family)))?.value;
      return value && value.expiresAt > clock.now() ? Math.max(asksForMiB, value.memoryMiB) : asksForMiB;
    } catch (error) {
      report({
        kind: "store-failed",
        doing: `reading what memory ${family} needs`,
        instead: "goes by what the job asks for",
        error,
      });
      return asksForMiB;
    }
  };
}
