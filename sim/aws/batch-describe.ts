import type { JobDetail, JobSummary } from "@aws-sdk/client-batch";
import type { Ground } from "../ground.ts";
import type { Job } from "../world/batch.ts";

const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** A job as DescribeJobs answers it, which is also the detail of its events. Times are milliseconds, as Batch has them. */
export function describeJob({ world }: Ground, job: Job): JobDetail {
  const definition = world.jobDefinitions[job.definition];
  return defined<JobDetail>({
    jobArn: job.arn,
    jobName: job.name,
    jobId: job.id,
    jobQueue: world.jobQueues[job.queue]?.arn ?? "",
    status: job.status,
    statusReason: job.statusReason,
    attempts: job.attempts.map(({ startedAt, stoppedAt, statusReason, exitCode, reason, taskArn }) =>
      defined({
        container: defined({
          exitCode,
          reason,
          taskArn,
          logStreamName: `${definition?.name}/default/${taskArn.slice(-8)}`,
        }),
        startedAt,
        stoppedAt,
        statusReason,
      }),
    ),
    createdAt: job.createdAt,
    startedAt: job.startedAt,
    stoppedAt: job.stoppedAt,
    retryStrategy: {
      attempts: job.retryStrategy.attempts ?? 1,
      evaluateOnExit: (job.retryStrategy.evaluateOnExit ?? []).map(({ action, ...patterns }) => ({
        ...defined(patterns),
        action: action.toUpperCase() === "EXIT" ? ("EXIT" as const) : ("RETRY" as const),
      })),
    },
    dependsOn: job.dependsOn.map((jobId) => ({ jobId })),
    jobDefinition: definition?.arn ?? "",
    parameters: job.parameters,
    container: defined({
      image: `${definition?.name}:latest`,
      command: job.command,
      environment: job.environment,
      resourceRequirements: [
        { type: "VCPU" as const, value: String(job.vcpus) },
        { type: "MEMORY" as const, value: String(job.memoryMiB) },
        ...(job.gpus === undefined ? [] : [{ type: "GPU" as const, value: String(job.gpus) }]),
      ],
      exitCode: job.exitCode,
      reason: job.reason,
    }),
    ...(job.timeoutSeconds !== undefined && { timeout: { attemptDurationSeconds: job.timeoutSeconds } }),
    tags: job.tags,
    propagateTags: job.propagateTags,
    platformCapabilities: [definition?.platform ?? "EC2"],
    shareIdentifier: job.share,
    schedulingPriority: job.priority,
    isCancelled: job.isCancelled,
    isTerminated: job.isTerminated,
  });
}

/** A job as ListJobs answers it: without its tags. */
export function summarizeJob({ world }: Ground, job: Job): JobSummary {
  const { id, arn, name, createdAt, startedAt, stoppedAt, status, statusReason, exitCode, reason } = job;
  return defined<JobSummary>({
    jobArn: arn,
    jobId: id,
    jobName: name,
    createdAt,
    startedAt,
    stoppedAt,
    status,
    statusReason,
    container: defined({ exitCode, reason }),
    jobDefinition: world.jobDefinitions[job.definition]?.arn,
    ...(job.isCancelled && { isCancelled: true }),
    ...(job.isTerminated && { isTerminated: true }),
  });
}
