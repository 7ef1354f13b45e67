import { toMs } from "../../src/clock.ts";
import type { Duration } from "../../src/clock.ts";
import { submit } from "../aws/batch.ts";
import type { Ground } from "../ground.ts";
import type { Job, JobDefinition, JobQueue } from "../world/batch.ts";

export function batchSeeds(ground: Ground) {
  const { world } = ground;
  return {
    /** A queue whose jobs each have an instance of `type` to themselves, or run on Fargate. */
    jobQueue({
      name,
      spot = false,
      platform = "EC2",
      type = "g5.xlarge",
      zones = ["us-east-2a", "us-east-2b"],
      memoryMiBMax = 15_360,
      fairShare = false,
      startsAfterMs = 0,
    }: Partial<Omit<JobQueue, "arn">> & { name: string }): JobQueue {
      const arn = ground.arn("batch", `job-queue/${name}`);
      const queue = { name, arn, platform, type, zones: [...zones], spot, memoryMiBMax, fairShare, startsAfterMs };
      return ground.add<JobQueue>(world.jobQueues, name, queue);
    },

    /** A job definition, and what its program does when it runs: see `program` in the world of Batch. */
    jobDefinition({
      name,
      revision = 1,
      takes = { minutes: 30 },
      needsMiB = 1_024,
      exitCode = 0,
      checkpointEvery,
      ...more
    }: {
      name: string;
      revision?: number;
      takes?: Duration;
      needsMiB?: number;
      exitCode?: number;
      checkpointEvery?: Duration;
    } & Partial<
      Pick<JobDefinition, "vcpus" | "memoryMiB" | "gpus" | "platform" | "retryStrategy" | "parameters" | "tags">
    >): JobDefinition {
      const program = {
        takesMs: toMs(takes),
        needsMiB,
        exitCode,
        ...(checkpointEvery && { checkpointMs: toMs(checkpointEvery) }),
      };
      const arn = ground.arn("batch", `job-definition/${name}:${revision}`);
      const usual = { vcpus: 2, memoryMiB: 2_048, platform: "EC2" as const, parameters: {}, tags: {} };
      const definition = { ...usual, ...more, name, revision, arn, program };
      return ground.add<JobDefinition>(world.jobDefinitions, `${name}:${revision}`, definition);
    },

    /** A job that has just been submitted: it goes its way from here. */
    job({
      name,
      queue,
      definition,
      tags = {},
      parameters = {},
      ...more
    }: { name: string; queue: string; definition: string } & Partial<Pick<Job, "tags" | "parameters">> & {
        environment?: Job["environment"];
        share?: string;
        /** What it asks for, if not what its definition says. */
        memoryMiB?: number;
      }): Job {
      const job = submit(ground, {
        jobName: name,
        jobQueue: queue,
        jobDefinition: definition,
        tags,
        parameters,
        containerOverrides: {
          ...(more.environment && { environment: more.environment }),
          ...(more.memoryMiB !== undefined && {
            resourceRequirements: [{ type: "MEMORY" as const, value: String(more.memoryMiB) }],
          }),
        },
        dependsOn: [],
        propagateTags: false,
        ...(more.share !== undefined && { shareIdentifier: more.share }),
      });
      ground.settle();
      return job;
    },
  };
}
