import type { AlarmLook } from "./look/alarm.ts";
import type { CapacityLook } from "./look/capacity.ts";
import type { CircuitLook } from "./look/circuit.ts";
import type { InstanceLook } from "./look/instance.ts";
import type { JobLook } from "./look/job.ts";
import type { MetricLook } from "./look/metric.ts";
import type { QuarantineLook } from "./look/quarantine.ts";
import type { QueueLook } from "./look/queue.ts";
import type { ServiceLook } from "./look/service.ts";
import type { SpendLook } from "./look/spend.ts";
import type { TaskLook } from "./look/task.ts";
import type { TrafficLook } from "./look/traffic.ts";

/**
 * The world, read-only: all that a runbook's `plan` and a condition get to see. Nothing here can change anything.
 * Every plan and every condition looks anew; within one plan the same question gets the same answer, so that all of the plan
 * is about one picture.
 */
export interface Look
  extends
    AlarmLook,
    CapacityLook,
    CircuitLook,
    InstanceLook,
    JobLook,
    ServiceLook,
    MetricLook,
    QuarantineLook,
    QueueLook,
    SpendLook,
    TaskLook,
    TrafficLook {}
