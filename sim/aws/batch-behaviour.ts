import { triesAgain } from "../../src/policies/retry-strategy.ts";
import type { Ground } from "../ground.ts";
import type { Job, JobDefinition, JobQueue } from "../world/batch.ts";
import { launch, terminate } from "./ec2.ts";
import { describeJob } from "./batch-describe.ts";

/** How long the job at the head of a queue waits until Batch calls the queue blocked. AWS does not say; a setting of ours. */
const blockedAfterMs = 600_000;

/** What a job's parameter of this name says is where its program keeps its checkpoints. */
const checkpointParameter = "checkpoint";

export const definitionOf = ({ world }: Ground, { definition }: Job): JobDefinition => {
  const found = world.jobDefinitions[definition];
  if (!found) throw new Error(`the simulation has lost job definition ${definition}`);
  return found;
};

const queueOf = ({ world }: Ground, { queue }: Job): JobQueue => {
  const found = world.jobQueues[queue];
  if (!found) throw new Error(`the simulation has lost job queue ${queue}`);
  return found;
};

/** Moves a job on, and says so: of every change of its status but its submission there is an event. */
function become(ground: Ground, job: Job, status: Job["status"], more: Partial<Job> = {}): void {
  ground.change(job, { status, ...more });
  ground.emit({
    source: "aws.batch",
    detailType: "Batch Job State Change",
    resources: [job.arn],
    detail: describeJob(ground, job),
  });
}

/** A job that was submitted has been looked at: it waits for those it depends on, or for a place. */
export function getReady(ground: Ground, id: string): void {
  const job = ground.world.jobs[id];
  if (job?.status !== "SUBMITTED" && job?.status !== "PENDING") return;
  const others = job.dependsOn.map((one) => ground.world.jobs[one]?.status ?? "SUCCEEDED");
  if (others.includes("FAILED")) {
    become(ground, job, "FAILED", { statusReason: "Dependent Job failed", stoppedAt: ground.now() });
    moveOthersOn(ground, job);
    return;
  }
  if (others.some((status) => status !== "SUCCEEDED")) {
    if (job.status === "SUBMITTED") become(ground, job, "PENDING");
    return;
  }
  become(ground, job, "RUNNABLE");
  lookAtQueue(ground, job.queue);
}

/** Starts what there is room for, oldest first. What finds none stays, and is tried again. */
export function lookAtQueue(ground: Ground, name: string): void {
  const waiting = Object.values(ground.world.jobs)
    .filter((job) => job.queue === name && job.status === "RUNNABLE")
    .sort((a, b) => a.createdAt - b.createdAt);
  for (const job of waiting) {
    if (!start(ground, job)) {
      // How often Batch looks is not documented; its scale-up decisions take up to a minute.
      ground.soon(30_000, "job-queue-looks", name);
      if (!job.blocks) ground.soon(blockedAfterMs, "job-queue-blocks", job.id);
    }
  }
}

function start(ground: Ground, job: Job): boolean {
  const queue = queueOf(ground, job);
  if (job.memoryMiB > queue.memoryMiBMax) return false;
  if (queue.platform === "FARGATE") {
    become(ground, job, "STARTING");
    ground.later(ground.between(30, 60), "job-starts", job.id);
    return true;
  }
  for (const zone of queue.zones) {
    const instance = launch(ground, { type: queue.type, zone, spot: queue.spot, tags: { "batch:queue": queue.name } });
    if (!instance) continue;
    become(ground, job, "STARTING", { instance: instance.id });
    return true;
  }
  return false;
}

/** The job at the head of a queue has waited for long: its queue is blocked, and why. */
export function block(ground: Ground, id: string): void {
  const job = ground.world.jobs[id];
  if (job?.status !== "RUNNABLE" || job.blocks) return;
  const fits = job.memoryMiB <= queueOf(ground, job).memoryMiBMax;
  const statusReason = fits
    ? "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type"
    : "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.";
  ground.change(job, { blocks: true, statusReason });
  ground.emit({
    source: "aws.batch",
    detailType: "Batch Job Queue Blocked",
    resources: [job.arn, queueOf(ground, job).arn],
    detail: describeJob(ground, job),
  });
}

/** Its host runs: the agent, the image and the last checkpoint take what the queue says they take. */
export function prepare(ground: Ground, job: Job): void {
  const { startsAfterMs } = queueOf(ground, job);
  if (startsAfterMs === 0) run(ground, job);
  else ground.later(startsAfterMs, "job-starts", job.id, job.instance);
}

/** The container begins. Its program takes what is left of its work, unless memory or its own mistake ends it before. */
export function run(ground: Ground, job: Job): void {
  if (job.status !== "STARTING") return;
  const { program } = definitionOf(ground, job);
  become(ground, job, "RUNNING", { startedAt: ground.now() });
  const left = program.takesMs - (ground.world.checkpoints[placeOf(job)] ?? 0);
  const share = program.needsMiB > job.memoryMiB ? job.memoryMiB / program.needsMiB : program.exitCode === 0 ? 1 : 0.5;
  ground.later(Math.max(1_000, Math.round(left * share)), "job-ends", job.id, String(job.attempts.length));
}

/** The container ends by itself; `attempt` tells a late end of an attempt that was cut short. */
export function end(ground: Ground, id: string, attempt: string | undefined): void {
  const job = ground.world.jobs[id];
  if (job?.status !== "RUNNING" || String(job.attempts.length) !== attempt) return;
  const { program } = definitionOf(ground, job);
  const statusReason = "Essential container in task exited";
  if (program.needsMiB > job.memoryMiB) {
    const reason = "OutOfMemoryError: Container killed due to memory usage";
    endAttempt(ground, job, { statusReason, exitCode: 137, reason });
  } else {
    endAttempt(ground, job, { statusReason, exitCode: program.exitCode });
  }
}

/** An attempt is over. Batch tries again, or the job has ended; what depends on it and what waits behind it move on. */
export function endAttempt(
  ground: Ground,
  job: Job,
  how: { statusReason: string; exitCode?: number; reason?: string; wanted?: boolean },
): void {
  const { statusReason, exitCode, reason, wanted = false } = how;
  const now = ground.now();
  keepCheckpoint(ground, job);
  const { instance, startedAt } = job;
  const taskArn = ground.arn("ecs", `task/AWSBatch-${job.queue}/${job.id.slice(0, 8)}`);
  const attempts = [...job.attempts, { startedAt, stoppedAt: now, statusReason, exitCode, reason, taskArn }];
  const again = exitCode !== 0 && !wanted && triesAgain(job.retryStrategy, attempts.length, how);
  const status = again ? "RUNNABLE" : exitCode === 0 ? "SUCCEEDED" : "FAILED";
  ground.change(job, { instance: undefined, startedAt: again ? undefined : startedAt });
  become(ground, job, status, { attempts, statusReason, exitCode, reason, ...(!again && { stoppedAt: now }) });
  const host = ground.world.instances[instance ?? ""];
  if (host) terminate(ground, host, "Client.UserInitiatedShutdown");
  moveOthersOn(ground, job);
}

/** A job has ended or waits again: those that depend on it may be ready or lost, and there may be room behind it. */
function moveOthersOn(ground: Ground, { id, queue }: Job): void {
  for (const other of Object.values(ground.world.jobs)) if (other.dependsOn.includes(id)) getReady(ground, other.id);
  lookAtQueue(ground, queue);
}

/** What a program has kept up to now: whole intervals only, and nothing where it does not say where. */
function keepCheckpoint(ground: Ground, job: Job): void {
  const { checkpointMs } = definitionOf(ground, job).program;
  const place = placeOf(job);
  if (checkpointMs === undefined || place === "" || job.startedAt === undefined) return;
  const whole = Math.floor((ground.now() - job.startedAt) / checkpointMs) * checkpointMs;
  ground.change(ground.world.checkpoints, { [place]: (ground.world.checkpoints[place] ?? 0) + whole });
}

const placeOf = ({ parameters }: Job): string => parameters[checkpointParameter] ?? "";

/** Ends a job because somebody wants it: what runs is stopped, what waits is taken out of its queue, what has ended stays. */
export function stopJob(ground: Ground, job: Job, statusReason: string, how: "cancel" | "terminate"): void {
  switch (job.status) {
    case "SUCCEEDED":
    case "FAILED":
      return;
    case "STARTING":
    case "RUNNING":
      // Cancelling leaves alone what has begun.
      if (how === "cancel") return;
      ground.change(job, { isTerminated: true });
      endAttempt(ground, job, { statusReason, exitCode: 143, wanted: true });
      return;
    case "SUBMITTED":
    case "PENDING":
    case "RUNNABLE": {
      const flag = how === "cancel" ? { isCancelled: true } : { isTerminated: true };
      become(ground, job, "FAILED", { ...flag, statusReason, stoppedAt: ground.now() });
      moveOthersOn(ground, job);
    }
  }
}

/** The job that starts or runs on an instance. */
export const jobOn = ({ world }: Ground, instanceId: string): Job | undefined =>
  Object.values(world.jobs).find(({ instance }) => instance === instanceId);
