import type { Told } from "./signal.ts";

/** What an event told, in one line for people. */
export function signalInWords(signal: Told): string {
  switch (signal.kind) {
    case "spot-interruption":
      return `EC2 is about to ${signal.action} spot instance ${signal.instanceId}`;
    case "rebalance":
      return `EC2 expects to take spot instance ${signal.instanceId} back`;
    case "capacity-interruption":
      return `EC2 is about to terminate ${signal.instanceId}: its ${signal.block ? "Capacity Block ends" : "reservation is taken back"}`;
    case "capacity-block":
      return `Capacity Block ${signal.reservation} ${signal.change === "expiring" ? "is about to end" : "has begun"}`;
    case "capacity-reclaimed":
      return `reservation ${signal.reservation} has ${signal.reclaimed ?? "some"} of its instances back`;
    case "asg-instance":
      return `Auto Scaling group ${signal.group} ${asgInWords[signal.change]} ${signal.instanceId ?? "an instance"}`;
    case "lifecycle-action":
      return `Auto Scaling group ${signal.group} holds ${signal.instanceId}, ${signal.transition}, at hook ${signal.hook}`;
    case "ecs-task":
      return `task ${nameOf(signal.task)} ${signal.deadlineAt === undefined ? `is ${signal.lastStatus}` : "is about to lose its capacity"}`;
    case "ecs-container-instance":
      return `container instance ${signal.instanceId ?? nameOf(signal.containerInstance)} is ${signal.status}`;
    case "ecs-service-action":
      return `service ${nameOf(signal.service)}: ${signal.action}`;
    case "batch-job":
      return `Batch job ${signal.job.name} is ${signal.status}`;
    case "batch-queue-blocked":
      return `Batch queue ${nameOf(signal.job.queue)} waits for ${signal.job.name}: ${signal.reason}`;
    case "batch-preemption":
      return `Batch ${signal.phase === "started" ? "takes" : "took"} the capacity of service job ${nameOf(signal.job)}`;
    case "sagemaker-training":
      return `training job ${signal.name} is ${signal.status}, ${signal.secondary}`;
    case "sagemaker-endpoint":
      return `endpoint ${signal.name} is ${signal.status}`;
    case "hyperpod-node-health":
      return `node ${signal.instanceId} of ${signal.cluster.name} is ${signal.status}${signal.fault ? `: ${signal.fault}` : ""}`;
    case "alarm":
      return `alarm "${signal.name}" went${signal.previous ? ` from ${signal.previous}` : ""} to ${signal.state}`;
    case "alarm-contributor":
      return `alarm "${signal.name}" went to ${signal.state} for ${Object.values(signal.contributor.attributes).join(", ")}`;
    case "health":
      return `AWS Health about ${signal.service}: ${signal.type}`;
    case "budget":
      return `budget "${signal.budget}": ${signal.alert} ${signal.amount} of ${signal.budgeted} ${signal.currency}`;
    case "cost-anomaly":
      return `spend on ${signal.dimension ?? "something"} is ${Math.round(signal.spend.impact)} dollars more than expected`;
    case "parameter-change":
      return `parameter ${signal.name}: ${signal.operation}`;
    case "due":
      return `${signal.service}: ${signal.why}`;
    case "change-calendar":
      return `change calendar ${nameOf(signal.calendar)} is ${signal.state}`;
  }
}

const asgInWords = {
  launched: "launched",
  "launch-failed": "could not launch",
  terminated: "terminated",
  "terminate-failed": "could not terminate",
} as const;

/** The last part of an ARN's name: a task's without its cluster. */
const nameOf = (arn: string): string => arn.split(/[/:]/).at(-1) ?? arn;
