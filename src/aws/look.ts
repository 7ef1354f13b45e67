import type { Look } from "../runbook/look.ts";
import { alarmLook, alarmLookPermissions } from "./look/alarm.ts";
import { capacityLook, capacityLookPermissions } from "./look/capacity.ts";
import { circuitLook, circuitLookPermissions } from "./look/circuit.ts";
import { instanceLook, instanceLookPermissions } from "./look/instance.ts";
import { jobLook, jobLookPermissions } from "./look/job.ts";
import { metricLook, metricLookPermissions } from "./look/metric.ts";
import type { Needs } from "./look/needs.ts";
import { quarantineLook, quarantineLookPermissions } from "./look/quarantine.ts";
import { queueLook, queueLookPermissions } from "./look/queue.ts";
import { serviceLook, serviceLookPermissions } from "./look/service.ts";
import { spendLook, spendLookPermissions } from "./look/spend.ts";
import { taskLook, taskLookPermissions } from "./look/task.ts";
import { trafficLook, trafficLookPermissions } from "./look/traffic.ts";

/** The operations `Look` calls; part of what the role may do whatever the runbooks are. */
export const lookPermissions: readonly string[] = [
  ...new Set<string>([
    ...alarmLookPermissions,
    ...capacityLookPermissions,
    ...circuitLookPermissions,
    ...quarantineLookPermissions,
    ...queueLookPermissions,
    ...instanceLookPermissions,
    ...jobLookPermissions,
    ...metricLookPermissions,
    ...serviceLookPermissions,
    ...spendLookPermissions,
    ...taskLookPermissions,
    ...trafficLookPermissions,
  ]),
].sort();

/** The world as AWS shows it now. */
export function awsLook(needs: Needs): Look {
  const metrics = metricLook(needs);
  return {
    ...alarmLook(needs),
    ...capacityLook(needs),
    ...circuitLook(needs),
    ...quarantineLook(needs),
    ...queueLook(needs, metrics),
    ...metrics,
    ...instanceLook(needs),
    ...jobLook(needs),
    ...serviceLook(needs, metrics),
    ...spendLook(needs, metrics),
    ...taskLook(needs),
    ...trafficLook(needs),
  };
}
