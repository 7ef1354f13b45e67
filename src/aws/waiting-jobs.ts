import { type BatchClient, DescribeJobsCommand, ListJobsCommand } from "@aws-sdk/client-batch";
import { hasDeadline } from "../policies/job-deadline.ts";
import type { Settings } from "../settings.ts";
import { type BatchJob, batchJobFacts } from "../signals/batch-job.ts";

/** DescribeJobs takes so many ids. */
const describedMax = 100;

/** The jobs with a deadline that run in a queue, on spot or on demand, of the settings. */
export async function runningJobs(
  batch: BatchClient,
  { batch: { queues } }: Settings,
  now: number,
): Promise<BatchJob[]> {
  const found = await Promise.all(
    queues.flatMap(({ spot, onDemand }) => [spot, onDemand].map((queue) => jobsIn(batch, queue, "RUNNING", now))),
  );
  return found.flat();
}

/** The jobs with a deadline that wait in the spot queues of the settings, each as the signal that it waits since now. */
export async function waitingJobs(
  batch: BatchClient,
  { batch: { queues } }: Settings,
  now: number,
): Promise<BatchJob[]> {
  const found = await Promise.all(queues.map(({ spot }) => jobsIn(batch, spot, "RUNNABLE", now)));
  return found.flat();
}

async function jobsIn(
  batch: BatchClient,
  jobQueue: string,
  jobStatus: "RUNNABLE" | "RUNNING",
  now: number,
): Promise<BatchJob[]> {
  const [, , , region = "", account = ""] = jobQueue.split(":");
  const signals: BatchJob[] = [];
  let nextToken: string | undefined;
  do {
    const page = await batch.send(new ListJobsCommand({ jobQueue, jobStatus, maxResults: describedMax, nextToken }));
    const ids = page.jobSummaryList?.flatMap(({ jobId }) => jobId ?? []) ?? [];
    const { jobs = [] } = ids.length > 0 ? await batch.send(new DescribeJobsCommand({ jobs: ids })) : {};
    for (const job of jobs) {
      const facts = batchJobFacts.parse(job);
      if (!hasDeadline(facts.tags)) continue;
      signals.push({ kind: "batch-job", eventId: `${facts.job.id}@${now}`, at: now, account, region, ...facts });
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return signals;
}
