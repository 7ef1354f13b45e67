import type { BatchJobFacts } from "../signals/batch-job.ts";

/** Why a Batch job has failed, as far as that decides what follows. */
export type Cause =
  /** Somebody wanted its end. */
  | { readonly kind: "stopped" }
  /** The instance it ran on is gone. The job had no part in it. */
  | { readonly kind: "host"; readonly instanceId?: string }
  /** It never got a place, and its queue takes out what waits too long. */
  | { readonly kind: "capacity" }
  /** Its main container was killed for want of memory. */
  | { readonly kind: "out-of-memory"; readonly memoryMiB?: number }
  /** One that it depends on has failed. It has not run. */
  | { readonly kind: "dependency" }
  /** It ran longer than its own limit. */
  | { readonly kind: "timeout" }
  /** It, its image or its definition: it would fail again. */
  | { readonly kind: "itself"; readonly exitCode?: number; readonly reason: string };

type Failed = Pick<
  BatchJobFacts,
  "statusReason" | "attempts" | "exit" | "outOfMemory" | "instanceId" | "stopped" | "memoryMiB"
>;

/**
 * Why a job has failed. What nobody can tell is the job's own: trying again what fails for a reason of its own costs money
 * and hides the reason.
 *
 * - A job that was cancelled or terminated is nobody's to start again, whatever else is said of it: the reason that is
 *   shown then is what the person wrote. One end is set apart, that of a queue with a time limit on waiting, because Batch
 *   writes it itself and it speaks of capacity.
 * - 137 alone is any SIGKILL, also that of a stop which took too long: only with `OutOfMemoryError` is it memory.
 * - A lost host leaves no exit code, and only a text tells of it. A container with an exit code has ended by itself, even
 *   if its host was lost afterwards.
 * - A container that could not be started is the job's own as well: mostly its image, its secrets or its role.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
 */
export function causeOf(job: Failed): Cause {
  const last = job.attempts.at(-1);
  const reason = job.statusReason ?? last?.statusReason ?? "";
  const exitCode = job.exit.exitCode ?? last?.exits.find((exit) => exit.exitCode !== undefined)?.exitCode;
  if (reason.startsWith("Terminated by JobStateTimeLimit action due to reason: CAPACITY:")) return { kind: "capacity" };
  if (job.stopped) return { kind: "stopped" };
  if (job.outOfMemory) {
    return { kind: "out-of-memory", ...(job.memoryMiB !== undefined && { memoryMiB: job.memoryMiB }) };
  }
  if (exitCode === undefined && /^Host EC2\b/.test(reason)) {
    return { kind: "host", ...(job.instanceId !== undefined && { instanceId: job.instanceId }) };
  }
  if (/^Dependent job failed/i.test(reason)) return { kind: "dependency" };
  if (/^Job attempt duration exceeded timeout/i.test(reason)) return { kind: "timeout" };
  const said = job.exit.reason ?? last?.exits.find((exit) => exit.reason !== undefined)?.reason ?? reason;
  return { kind: "itself", reason: said || "no reason is given", ...(exitCode !== undefined && { exitCode }) };
}

/** Why, in a few words that people read. */
export function causeInWords(cause: Cause): string {
  switch (cause.kind) {
    case "stopped":
      return "somebody wanted its end";
    case "host":
      return `its host ${cause.instanceId ?? ""} is gone`.replace("  ", " ");
    case "capacity":
      return "there was no capacity for it in time";
    case "out-of-memory":
      return cause.memoryMiB === undefined
        ? "it ran out of memory"
        : `it ran out of its ${cause.memoryMiB} MiB of memory`;
    case "dependency":
      return "a job that it depends on has failed";
    case "timeout":
      return "it ran longer than it may";
    case "itself":
      return cause.exitCode === undefined
        ? cause.reason
        : `it ended with exit code ${cause.exitCode} (${cause.reason})`;
  }
}
