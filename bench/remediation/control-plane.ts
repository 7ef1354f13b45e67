import type { Fault } from "../../sim/faults.ts";
import type { Random } from "../../src/detect/random.ts";
import type { Bot } from "./bot.ts";

/** Shares (0–1) of calls, events and checkpoints that meet trouble. A bad hour of a region, not a usual one. */
export const trouble = {
  throttled: 0.1,
  broken: 0.03,
  /** The call is made, its answer never comes. */
  answerLost: 0.03,
  /** The connection drops before anything is done. */
  dropped: 0.02,
  /** An event is delivered a second time. */
  twice: 0.3,
  /** An event is late by up to a minute. */
  late: 0.3,
  /** The sandbox dies at a checkpoint. */
  crashed: 0.01,
} as const;

/** Calls that the runbooks of this scenario make. */
const calls = [
  ["autoscaling", "DescribeAutoScalingInstances"],
  ["autoscaling", "DescribeAutoScalingGroups"],
  ["autoscaling", "LaunchInstances"],
  ["autoscaling", "DetachInstances"],
  ["ecs", "ListContainerInstances"],
  ["ecs", "DescribeContainerInstances"],
  ["ecs", "UpdateContainerInstancesState"],
  ["ecs", "ListTasks"],
  ["elasticloadbalancing", "DescribeTargetHealth"],
  ["elasticloadbalancing", "DeregisterTargets"],
  ["ssm", "GetParameter"],
  ["ssm", "PutParameter"],
  ["cloudwatch", "GetMetricData"],
] as const;

const kinds = [
  ["throttle", trouble.throttled],
  ["server-error", trouble.broken],
  ["lost-response", trouble.answerLost],
  ["reset-before", trouble.dropped],
] as const satisfies readonly (readonly [Fault["kind"], number])[];

/** Makes the control plane of a bot's account unwell, and its sandboxes mortal, until this is called off. Answers how to call it off. */
export function makeUnwell(bot: Bot, random: Random): () => void {
  for (const [service, operation] of calls) {
    for (const [kind, share] of kinds) {
      bot.sim.faults.add({ service, operation, kind, when: () => random.next() < share });
    }
  }
  const dies = () => (random.next() < trouble.crashed / 2 ? ("crash" as const) : undefined);
  Object.assign(bot.service.faults, { beforeCheckpoint: dies, afterCheckpoint: dies });
  return () => {
    bot.sim.faults.clear();
    Object.assign(bot.service.faults, { beforeCheckpoint: undefined, afterCheckpoint: undefined });
  };
}

/** Delivers an event as EventBridge may: perhaps late, perhaps twice. Answers how often. */
export function deliverBadly(bot: Bot, event: unknown, random: Random): number {
  const times = random.next() < trouble.twice ? 2 : 1;
  for (let i = 0; i < times; i++) {
    const lateMs = random.next() < trouble.late ? 60_000 * random.next() : 0;
    bot.deliver(event, { minMs: 1_000 + lateMs, maxMs: 5_000 + lateMs });
  }
  return times;
}
