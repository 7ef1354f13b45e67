import { causeOf } from "../../policies/classify-job.ts";
import { growthsOf } from "../../policies/copies.ts";
import { resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";

/** What has become known of the memory that a Batch job needs. */
export type MemoryNews =
  | { readonly how: "too-little"; readonly job: string; readonly name: string }
  /** A job that the bot had given more memory has got by with it. `family`: its definition's name, without the revision. */
  | { readonly how: "enough"; readonly name: string; readonly family: string; readonly memoryMiB: number };

const title = (news: MemoryNews): string =>
  news.how === "too-little"
    ? `Batch job ${news.name} ran out of memory`
    : `Batch job ${news.name} got by with ${news.memoryMiB} MiB`;

/** A Batch job was killed for want of memory, and Batch will not try it again. */
export const jobOutOfMemory = defineTrigger<MemoryNews>({
  id: "batch-job-out-of-memory",
  title,
  match: (signal) => {
    if (signal.kind !== "batch-job" || signal.status !== "FAILED") return undefined;
    if (causeOf(signal).kind !== "out-of-memory") return undefined;
    const { id: job, name } = signal.job;
    return { root: resource.job(job), once: true, signal: { how: "too-little", job, name } };
  },
});

/** A job that the bot had given more memory has got by with it: now it is known how much is enough. */
export const grownJobSucceeded = defineTrigger<MemoryNews>({
  id: "batch-grown-job-succeeded",
  title,
  match: (signal) => {
    if (signal.kind !== "batch-job" || signal.status !== "SUCCEEDED" || growthsOf(signal.tags) === 0) return undefined;
    const { id, name, definition } = signal.job;
    const { memoryMiB } = signal;
    if (memoryMiB === undefined) return undefined;
    const family = familyOf(definition);
    return { root: resource.job(id), once: true, signal: { how: "enough", name, family, memoryMiB } };
  },
});

/** The name in a job definition's ARN, under which what is learned is kept: it outlives revisions. */
export const familyOf = (definition: string): string =>
  definition.replace(/^.*job-definition\//, "").replace(/:\d+$/, "");
