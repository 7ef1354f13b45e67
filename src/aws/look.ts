import type { Look } from "../runbook/look.ts";
import { instanceLook, instanceLookPermissions } from "./look/instance.ts";
import { metricLook, metricLookPermissions } from "./look/metric.ts";
import type { Needs } from "./look/needs.ts";
import { serviceLook, serviceLookPermissions } from "./look/service.ts";

/** The operations `Look` calls; part of what the role may do whatever the runbooks are. */
export const lookPermissions: readonly string[] = [
  ...new Set([...instanceLookPermissions, ...metricLookPermissions, ...serviceLookPermissions]),
].sort();

/** The world as AWS shows it now. */
export function awsLook(needs: Needs): Look {
  const metrics = metricLook(needs);
  return { ...metrics, ...instanceLook(needs), ...serviceLook(needs, metrics) };
}
