import { SubmitJobCommand, TerminateJobCommand } from "@aws-sdk/client-batch";
import { z } from "zod";
import { copyNamed, copyOf, describeJob } from "../aws/batch-jobs.ts";
import { BotError } from "../bot-error.ts";
import { canonicalJson, type Json } from "../json.ts";
import { causeInWords, causeOf } from "../policies/classify-job.ts";
import { defineAction } from "../runbook/action.ts";
import type { Look } from "../runbook/look.ts";
import { resource } from "../runbook/resource.ts";
import { type BatchJobFacts, batchJobFacts } from "../signals/batch-job.ts";
import { terminateJob } from "./terminate-job.ts";

const size = z.object({ vcpus: z.number().positive(), memoryMiB: z.int().positive() });
const done = z.object({ job: z.string(), ours: z.boolean() });
const ended = z.object({ terminated: z.literal(true) });
const was = z.object({ ...size.shape, fargate: z.boolean() }).nullable();

/** Why a job is not submitted again although it was planned, if so: one piece of work is never in two jobs at a time. */
function leftAlone(job: BatchJobFacts, isGrown: boolean, isAfter: boolean): string | undefined {
  if (job.status !== "FAILED") return `it is ${job.status}`;
  const cause = causeOf(job);
  const helps =
    cause.kind === "host" ||
    cause.kind === "capacity" ||
    (isGrown && cause.kind === "out-of-memory") ||
    (isAfter && cause.kind === "dependency");
  return helps ? undefined : causeInWords(cause);
}

/**
 * Submits a Batch job again as it was, under the next name: its definition, parameters, overrides, retries, share and tags,
 * with more memory if it is given a size.
 *
 * Only a job that has failed for a reason outside of it is, or one that this incident has ended before. SubmitJob takes no
 * token: the copy is found by its name and the tag that names the job it replaces. A copy that somebody else has submitted is
 * as good as ours, and theirs to end. What failed with a job that it depended on waits for the copy of that one, `after`. How soon
 * a job that was submitted is listed under its name, only a real account can tell.
 */
export const resubmitJob = defineAction({
  id: "batch.resubmit-job",
  summary: ({ name, as, size, unlessItRuns }) => {
    const larger = size ? ` with ${size.memoryMiB} MiB and ${size.vcpus} vCPU` : "";
    return `submit ${name} again as ${as}${larger}${unlessItRuns ? ", unless it runs by then" : ""}`;
  },
  params: z.object({
    /** The id of the job that failed, and what it is called. */
    job: z.string(),
    name: z.string(),
    as: z.string(),
    /** The ARN of the queue to submit to. */
    queue: z.string(),
    size: size.optional(),
    /** The jobs that it depended on and that failed: it depends on their copies instead. */
    after: z
      .array(z.object({ job: z.string(), as: z.string(), queue: z.string() }))
      .max(20)
      .optional(),
    /** It may have found its place by the time of this step. */
    unlessItRuns: z.boolean().default(false),
    /** What it will run on, for its price. */
    runsOn: z.object({ instanceType: z.string(), market: z.enum(["spot", "on-demand"]) }).optional(),
  }),
  permissions: ["batch:DescribeJobs", "batch:ListJobs", "batch:SubmitJob", "batch:TagResource", "batch:TerminateJob"],
  touches: ({ job }) => [resource.job(job)],
  takes: { seconds: 3 },
  costs: ({ params: { size, runsOn }, before, prices }) => {
    if (runsOn) return prices.instanceHour(runsOn.instanceType, runsOn.market);
    const given = was.parse(before);
    const { vcpus, memoryMiB } = size ?? given ?? { vcpus: 0, memoryMiB: 0 };
    return given?.fargate ? prices.fargateHour({ vcpu: vcpus, memoryGb: memoryMiB / 1024 }) : undefined;
  },
  // Less memory than planned, and still more than it had.
  narrows: ({ planned: { size: most, ...planned }, asked: { size, ...asked }, before }) =>
    canonicalJson(planned) === canonicalJson(asked) &&
    size !== undefined &&
    most !== undefined &&
    size.vcpus <= most.vcpus &&
    size.memoryMiB <= most.memoryMiB &&
    size.memoryMiB > (was.parse(before)?.memoryMiB ?? 0),
  before: async ({ params, aws }) => {
    const job = await describeJob(aws.batch, params.job);
    if (!job) return null;
    const required = (type: string) =>
      Number(job.container?.resourceRequirements?.find((one) => one.type === type)?.value ?? 0);
    const fargate = job.platformCapabilities?.includes("FARGATE") ?? false;
    return { vcpus: required("VCPU"), memoryMiB: required("MEMORY"), fargate };
  },
  do: async ({ params: { job: id, name, as, queue, size, after = [] }, aws, key, earlier }): Promise<Json> => {
    const job = await describeJob(aws.batch, id);
    if (!job)
      throw new BotError("not_found", `submitting ${name} again: Batch does not know ${id} any more`, { job: id });
    const isOurEnd = earlier.some(({ action, out }) => action === terminateJob.id && ended.safeParse(out).success);
    const left = isOurEnd ? undefined : leftAlone(batchJobFacts.parse(job), size !== undefined, after.length > 0);
    if (left !== undefined) return { job: null, ours: false, why: left };
    const there = await copyNamed(aws.batch, { queue, as, job: id, key });
    if (there) return { job: there.id, ours: there.ours };
    const dependsOn = await Promise.all(
      (job.dependsOn ?? []).map(async ({ jobId = "" }) => {
        const failed = after.find(({ job: one }) => one === jobId);
        if (!failed) return jobId;
        const copy = await copyNamed(aws.batch, { ...failed, key });
        if (!copy)
          throw new BotError("not_found", `submitting ${name} again: there is no ${failed.as} yet`, { job: id });
        return copy.id;
      }),
    );
    const { jobId = "" } = await aws.batch.send(
      new SubmitJobCommand(
        copyOf(job, { as, queue, key, ...(after.length > 0 && { dependsOn }), ...(size && { size }) }),
      ),
    );
    return { job: jobId, ours: true };
  },
  probe: async ({ params: { job, as, queue }, aws, key }) => {
    const there = await copyNamed(aws.batch, { queue, as, job, key });
    return there?.ours ? { applied: true, out: { job: there.id, ours: true } } : { applied: false };
  },
  undo: async ({ params: { name }, aws, out }) => {
    const { success, data } = done.safeParse(out);
    if (!success || !data.ours) return;
    const copy = await describeJob(aws.batch, data.job);
    if (!copy || copy.status === "SUCCEEDED" || copy.status === "FAILED") return;
    const reason = `Paramedic takes back what it has submitted for ${name}.`;
    await aws.batch.send(new TerminateJobCommand({ jobId: data.job, reason }));
  },
});

/** What jobs of a queue run on, as far as the settings say: without it nobody knows the price of another job. */
export async function priced(look: Look, queue: string) {
  const on = await look.batchQueue(queue);
  return on.market === "unknown" ? {} : { runsOn: { instanceType: on.instanceType, market: on.market } };
}
