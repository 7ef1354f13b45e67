import { resource } from "../runbook/resource.ts";
import type { Anomaly, Told } from "../signals/signal.ts";

/**
 * The things that an event is about besides what it is named after: the instance under a stopped task, the host of a
 * failed job. Trouble with one of them is trouble with the same thing, told by another service.
 *
 * Container instances go by their ARN here; the incident of an instance knows that name too (`alsoKnownAs`).
 */
export function relatedTo(signal: Told | Anomaly): string[] {
  switch (signal.kind) {
    case "spot-interruption":
    case "rebalance":
    case "capacity-interruption":
    case "lifecycle-action":
    case "hyperpod-node-health":
      return [resource.instance(signal.instanceId)];
    case "asg-instance":
      return signal.instanceId === undefined ? [] : [resource.instance(signal.instanceId)];
    case "ecs-container-instance":
      return signal.instanceId === undefined
        ? [resource.containerInstance(signal.containerInstance)]
        : [resource.instance(signal.instanceId)];
    case "ecs-task":
      // A task that runs on is no trouble of its host.
      if (signal.lastStatus !== "STOPPED" && signal.deadlineAt === undefined) return [];
      if (signal.instanceId !== undefined) return [resource.instance(signal.instanceId)];
      return signal.containerInstance === undefined ? [] : [resource.containerInstance(signal.containerInstance)];
    case "batch-job":
      return signal.status === "FAILED" && signal.instanceId !== undefined
        ? [resource.instance(signal.instanceId)]
        : [];
    case "capacity-block":
    case "capacity-reclaimed":
    case "ecs-service-action":
    case "batch-queue-blocked":
    case "batch-preemption":
    case "sagemaker-training":
    case "sagemaker-endpoint":
    case "alarm":
    case "alarm-contributor":
    case "health":
    case "budget":
    case "cost-anomaly":
    case "parameter-change":
    case "change-calendar":
    case "due":
    case "anomaly":
      return [];
  }
}
