import type { BatchJobFacts } from "../signals/batch-job.ts";
import { causeInWords, causeOf } from "./classify-job.ts";
import { asksToGiveUp, type RetryStrategy } from "./retry-strategy.ts";

type Failed = BatchJobFacts & { readonly simple: boolean; readonly retryStrategy: RetryStrategy };

/** Why a failed job is left as it is, in words that people read. `undefined`: another try may help, and nobody is against it. */
export function whyLeft(job: Failed): string | undefined {
  const cause = causeOf(job);
  const why = whyFailed(job);
  if (cause.kind !== "host" && cause.kind !== "capacity") return `${why}: left as it is`;
  if (!job.simple) return `${why}; it is one of many, or more than one container, and needs a person`;
  if (asksToGiveUp(job.retryStrategy, { statusReason: job.statusReason })) {
    return `${why}, and its retry strategy says to give up then`;
  }
  return undefined;
}

export const whyFailed = (job: BatchJobFacts): string => `${job.job.name} failed because ${causeInWords(causeOf(job))}`;
