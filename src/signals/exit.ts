import { z } from "zod";
import { sentence, word } from "./event.ts";
import { defined, ifReadable } from "./if-readable.ts";

/** How a container ended, or that it has not. */
export interface Exit {
  readonly name?: string;
  /** Absent while it runs, and when nobody saw it end: its host was lost, or it never started. */
  readonly exitCode?: number;
  readonly reason?: string;
  /**
   * The kernel killed it for want of memory: 137 *and* the reason says so. 137 alone is any SIGKILL, that of a stop that took
   * too long among them, and more memory would not help.
   */
  readonly outOfMemory: boolean;
}

/** The fields a container's end is told in, by ECS and by Batch. */
export const exitFields = {
  name: ifReadable(word),
  exitCode: ifReadable(z.int()),
  reason: ifReadable(sentence),
};

export function toExit({ name, exitCode, reason }: { name?: string; exitCode?: number; reason?: string }): Exit {
  // ECS and Batch write `OutOfMemoryError: Container killed due to memory usage`, Batch on EKS what Kubernetes says.
  const outOfMemory = exitCode === 137 && /\b(OutOfMemoryError|OOMKilled)\b/.test(reason ?? "");
  return defined({ name, exitCode, reason, outOfMemory });
}

/**
 * The instance that took a task or a job with it, from the one text in which AWS names it. Absent for any other reason.
 *
 * ECS and Batch have no field for it, and Batch's documentation tells people to match this very text (`Host EC2*`).
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
 */
export function hostIn(reason: string | undefined): string | undefined {
  return /^Host EC2 \(instance (i-[0-9a-z]{1,32})\) terminated/.exec(reason ?? "")?.[1];
}
