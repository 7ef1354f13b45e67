import { z } from "zod";
import { arn, nameIn } from "./arn.ts";
import { event, type FromEvent, sentence, toFromEvent, word } from "./event.ts";
import { type Exit, exitFields, hostIn, toExit } from "./exit.ts";
import { defined, eachReadable, ifReadable } from "./if-readable.ts";
import { moment } from "./moment.ts";
import { numberText } from "./number-text.ts";

/** An ECS task changed, or is about to be stopped. */
export interface EcsTask extends FromEvent {
  readonly kind: "ecs-task";
  /** The ARN. */
  readonly task: string;
  /** The ARN. */
  readonly cluster: string;
  /** Grows with every change of the task. Events come in any order: what is lower than seen is old, what is equal a copy. */
  readonly version?: number;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  /**
   * The capacity under the task is taken back, and this is the warning: the task still runs. Two minutes after `at` it is
   * stopped, sooner if its containers' `stopTimeout` is shorter. For a task on EC2 the instance's own warning is older, and
   * its deadline the one that holds. Absent when the task has stopped already, or stops for another reason.
   */
  readonly deadlineAt?: number;
  /**
   * Whose work it is to start it again: that of its ECS service, of AWS Batch, or nobody's, if somebody ran it by itself.
   * Unknown when the event does not say.
   */
  readonly restartedBy: "service" | "batch" | "nobody" | "unknown";
  readonly service?: string;
  /** The task definition's family, under which what is learned about its memory is kept. */
  readonly family?: string;
  /** The ARN, with the revision if the event has it. */
  readonly taskDefinition?: string;
  readonly launchType?: string;
  readonly capacityProvider?: string;
  /** The ARN of the container instance; a task on Fargate has none. */
  readonly containerInstance?: string;
  /** The EC2 instance, known only when its end is why the task stopped. */
  readonly instanceId?: string;
  readonly zone?: string;
  /** 1,024 units are one vCPU. */
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
  /** The Batch job, scheduler or person that started it, as they said. */
  readonly startedBy?: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly containers: readonly EcsContainer[];
}

export interface EcsContainer extends Exit {
  readonly name: string;
  readonly lastStatus?: string;
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
}

/** Fargate Spot's notice, which is that of EC2. */
const noticeMs = 120_000;

/** Why a running task is stopped when somebody takes its capacity back. */
const takenBack = ["SpotInterruption", "TerminationNotice"];

const container = z.lazy(() =>
  z
    .object({
      ...exitFields,
      name: word,
      lastStatus: ifReadable(word),
      cpu: ifReadable(numberText),
      memory: ifReadable(numberText),
    })
    .transform(({ name, lastStatus, cpu, memory, exitCode, reason }): EcsContainer =>
      defined({ ...toExit({ exitCode, reason }), name, lastStatus, cpuUnits: cpu, memoryMiB: memory }),
    ),
);

const detail = z.lazy(() =>
  z.object({
    taskArn: arn("ecs", "task"),
    clusterArn: arn("ecs", "cluster"),
    version: ifReadable(z.int().nonnegative()),
    lastStatus: word,
    desiredStatus: word,
    group: ifReadable(z.string().min(1).max(512)),
    taskDefinitionArn: ifReadable(arn("ecs", "task-definition")),
    launchType: ifReadable(word),
    capacityProviderName: ifReadable(word),
    containerInstanceArn: ifReadable(arn("ecs", "container-instance")),
    availabilityZone: ifReadable(word),
    cpu: ifReadable(numberText),
    memory: ifReadable(numberText),
    startedBy: ifReadable(word),
    stopCode: ifReadable(word),
    stoppedReason: ifReadable(sentence),
    startedAt: ifReadable(moment),
    stoppedAt: ifReadable(moment),
    containers: eachReadable(container),
  }),
);

/**
 * `ECS Task State Change`. Sent again as it was, late, or out of order: `version` tells.
 *
 * Fargate Spot has no warning of its own: it is the event in which a task that runs (`lastStatus`) is to be stopped
 * (`desiredStatus`) for want of capacity. That event must not be lost, so only what names the task is required.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 */
export const ecsTask = event.extend({ detail }).transform(({ detail: said, ...rest }): EcsTask => {
  const { group, lastStatus, desiredStatus, stopCode, taskDefinitionArn: taskDefinition } = said;
  const warned = lastStatus === "RUNNING" && desiredStatus === "STOPPED" && takenBack.includes(stopCode ?? "");
  const service = group?.startsWith("service:") ? group.slice("service:".length) : undefined;
  return defined({
    kind: "ecs-task",
    ...toFromEvent(rest),
    task: said.taskArn,
    cluster: said.clusterArn,
    version: said.version,
    lastStatus,
    desiredStatus,
    deadlineAt: warned ? rest.time + noticeMs : undefined,
    restartedBy: restartedBy(said.clusterArn, group),
    service,
    family: taskDefinition === undefined ? undefined : nameIn(taskDefinition).replace(/:\d+$/, ""),
    taskDefinition,
    launchType: said.launchType,
    capacityProvider: said.capacityProviderName,
    containerInstance: said.containerInstanceArn,
    instanceId: hostIn(said.stoppedReason),
    zone: said.availabilityZone,
    cpuUnits: said.cpu,
    memoryMiB: said.memory,
    startedBy: said.startedBy,
    stopCode,
    stoppedReason: said.stoppedReason,
    startedAt: said.startedAt,
    stoppedAt: said.stoppedAt,
    containers: said.containers,
  });
});

/** Batch runs its jobs as tasks of no service, in clusters of its own: `AWSBatch-<name>-<uuid>`, once `<name>_Batch_<uuid>`. */
const batchCluster = /^AWSBatch-|_Batch_[0-9a-f-]{36}$/;

function restartedBy(clusterArn: string, group: string | undefined): EcsTask["restartedBy"] {
  if (batchCluster.test(nameIn(clusterArn))) return "batch";
  if (group === undefined) return "unknown";
  return group.startsWith("service:") ? "service" : "nobody";
}
