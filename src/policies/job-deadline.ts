import type { BatchJobFacts } from "../signals/batch-job.ts";

/** The tags in which a job says what it has to keep, and in which its copies carry on what is done. */
export const deadlineTags = {
  /** When it has to be over, in ISO 8601 with a zone. */
  deadline: "paramedic:deadline",
  /** How long it takes when nothing interrupts it, in minutes. */
  work: "paramedic:work-minutes",
  /** How often it keeps a checkpoint, in minutes. Without one, every attempt begins at the beginning. */
  checkpoint: "paramedic:checkpoint-minutes",
  /** On copies: what those before had kept, in minutes, and when the first of them was submitted, in milliseconds. */
  done: "paramedic:done-minutes",
  since: "paramedic:since",
} as const;

type Tags = Readonly<Record<string, string>>;
type Worked = Pick<BatchJobFacts, "tags" | "attempts" | "createdAt" | "startedAt" | "status">;

/** What a job has to keep. Times in milliseconds. */
export interface JobDeadline {
  readonly deadlineAt: number;
  readonly workMs: number;
  readonly doneMs: number;
  readonly sinceMs: number;
}

/** Whether a job has a deadline, readable or not: what it says wrongly, people have to hear of. */
export const hasDeadline = (tags: Tags): boolean => deadlineTags.deadline in tags;

/** Reads a job's deadline and what is done of its work. In words what cannot be read. */
export function deadlineOf(job: Worked, now: number): JobDeadline | string {
  const said = job.tags[deadlineTags.deadline] ?? "";
  const deadlineAt = /^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/.test(said) ? Date.parse(said) : NaN;
  const workMs = minutesIn(job.tags, deadlineTags.work);
  if (Number.isNaN(deadlineAt))
    return `its tag ${deadlineTags.deadline} is no time with a zone: ${JSON.stringify(said)}`;
  if (workMs === undefined) return `its tag ${deadlineTags.work} does not say how many minutes it takes`;
  const since = Number(job.tags[deadlineTags.since] ?? NaN);
  const sinceMs = Number.isNaN(since) ? (job.createdAt ?? now) : since;
  return { deadlineAt, workMs, doneMs: Math.min(workMs, doneMs(job, now)), sinceMs };
}

/**
 * What of a job's work is kept: whole checkpoints of its attempts and of those before it, and all of what runs now. A lower
 * bound, since a checkpoint that was kept on the notice of an interruption is not known of.
 */
export function doneMs({ tags, attempts, startedAt, status }: Worked, now: number): number {
  const everyMs = minutesIn(tags, deadlineTags.checkpoint);
  const keptMs = (fromMs: number | undefined, toMs: number | undefined): number =>
    everyMs === undefined || fromMs === undefined || toMs === undefined
      ? 0
      : Math.floor((toMs - fromMs) / everyMs) * everyMs;
  const before = minutesIn(tags, deadlineTags.done) ?? 0;
  const ended = attempts.reduce((sum, attempt) => sum + keptMs(attempt.startedAt, attempt.stoppedAt), 0);
  return before + ended + (status === "RUNNING" && startedAt !== undefined ? now - startedAt : 0);
}

/** The tags with which a copy carries on where a job was. None for a job without a deadline. */
export function carriedOn(job: Worked, now: number): Record<string, string> {
  const read = hasDeadline(job.tags) ? deadlineOf(job, now) : "";
  if (typeof read === "string") return {};
  return { [deadlineTags.done]: String(Math.floor(read.doneMs / 60_000)), [deadlineTags.since]: String(read.sinceMs) };
}

function minutesIn(tags: Tags, name: string): number | undefined {
  const text = tags[name] ?? "";
  return /^\d{1,6}$/.test(text) ? Number(text) * 60_000 : undefined;
}

/** Enough for a restart of a quarter of an hour and three looks five minutes apart, wherever the job runs. */
const urgentMs = 30 * 60_000;

/** Whether a waiting job has so little slack that it has to be looked after. What cannot be read is: people have to hear of it. */
export function isUrgent(job: Worked, now: number): boolean {
  const deadline = deadlineOf(job, now);
  return typeof deadline === "string" || slackMs(deadline, now, 0) < urgentMs;
}

/** How long a job can still wait and be in time on demand, in milliseconds. Below 0: it will be late. */
export const slackMs = ({ deadlineAt, workMs, doneMs }: JobDeadline, now: number, restartMs: number): number =>
  deadlineAt - now - (workMs - doneMs) - restartMs;
