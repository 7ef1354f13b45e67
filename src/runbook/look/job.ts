import type { RetryStrategy } from "../../policies/retry-strategy.ts";
import type { BatchJob, BatchJobFacts } from "../../signals/batch-job.ts";
import type { TrainingFacts } from "../../signals/sagemaker-training.ts";

/** A Batch job as it is now. */
export interface BatchJobSeen extends BatchJobFacts {
  readonly retryStrategy: RetryStrategy;
  /** It has a size out of Fargate's list. */
  readonly fargate: boolean;
  /** One container on one node: what a copy of it needs can be carried over. */
  readonly simple: boolean;
  /** The ids of the jobs that it waited for. */
  readonly dependsOn: readonly string[];
}

/** The latest job of a name in a queue. */
export interface NamedJob {
  readonly id: string;
  readonly status: BatchJobFacts["status"];
  readonly statusReason?: string;
  /** Absent until it has run. */
  readonly startedAt?: number;
  /** Somebody wanted its end. */
  readonly stopped: boolean;
}

/** What the settings say of a queue: what it launches, and which queue on demand stands in for it. */
export type BatchQueue =
  | { readonly market: "unknown" }
  | {
      readonly market: "spot" | "on-demand";
      /** By ARN. */
      readonly spot: string;
      readonly onDemand: string;
      readonly instanceType: string;
      /** From a launch until work goes on. */
      readonly restartMs: number;
    };

/** A SageMaker training job as it is now. */
export type TrainingSeen = TrainingFacts;

/** A job with a deadline that has not been met yet. Times in milliseconds. */
export type JobSlack =
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly why: string }
  | {
      readonly kind: "seen";
      /** How long it can still wait and be in time on demand. Below 0: it will be late. */
      readonly slackMs: number;
      /** What it should do until the next look: work on spot, work on demand, or wait for spot. */
      readonly goesTo: "spot" | "on-demand" | "wait";
      /** Since its last attempt ended, or since it was submitted. */
      readonly waitedMs: number;
    };

/** How far a family of jobs may be grown, and what was learned of it. */
export interface FamilyMemory {
  readonly memoryMiBMax: number;
  /** With which a job of the family got by, or is being tried. Absent when nothing was learned, or it has expired. */
  readonly learnedMiB?: number;
  /** A job has got by with it. */
  readonly isProven?: boolean;
  /** For how long what is learned now is believed. */
  readonly days: number;
}

/** Jobs of Batch and SageMaker. */
export interface JobLook {
  /** `undefined`: Batch does not know it any more, or never has. It keeps a finished job for at least seven days. */
  batchJob(id: string): Promise<BatchJobSeen | undefined>;
  /** `undefined`: there is none. */
  jobNamed(queue: string, name: string): Promise<NamedJob | undefined>;
  batchQueue(arn: string): Promise<BatchQueue>;
  /** What the deadline of a job leaves, if it has one. `againMs`: when it is looked at again. */
  jobSlack(job: BatchJobSeen, againMs: number): Promise<JobSlack>;
  /**
   * The jobs with a deadline that wait in the spot queues of the settings, as the signals that Batch would send if they began
   * to wait now. Batch says nothing while a job waits: behind the head of its queue it would use its slack up in silence.
   */
  waitingJobs(): Promise<readonly BatchJob[]>;
  /** The jobs with a deadline that run, on spot or on demand, and should run on the other. */
  misplacedJobs(againMs: number): Promise<readonly BatchJob[]>;
  /** The zones in which EC2 would probably have a spot instance of a type now, by their ids. */
  spotZones(instanceType: string, region: string): Promise<ReadonlySet<string>>;
  /** `undefined`: there is none of this name. */
  trainingJob(name: string): Promise<TrainingSeen | undefined>;
  /** By the name of a job definition, without its revision. */
  familyMemory(family: string): Promise<FamilyMemory>;
}
