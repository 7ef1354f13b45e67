import type { InstanceLook } from "./look/instance.ts";
import type { MetricLook } from "./look/metric.ts";
import type { ServiceLook } from "./look/service.ts";

/**
 * The world, read-only: all that a runbook's `plan` and a condition get to see. Nothing here can change anything.
 * Every plan and every condition looks anew; within one plan the same question gets the same answer, so that all of the plan
 * is about one picture.
 */
export interface Look extends InstanceLook, ServiceLook, MetricLook {}
