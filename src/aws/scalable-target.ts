import { DescribeScalableTargetsCommand, type ScalableTarget } from "@aws-sdk/client-application-auto-scaling";
import type { Aws } from "./clients.ts";

/** An ECS service as Application Auto Scaling names it. */
export const scalableTarget = ({ cluster, service }: { cluster: string; service: string }) =>
  ({
    ServiceNamespace: "ecs",
    ResourceId: `service/${cluster}/${service}`,
    ScalableDimension: "ecs:service:DesiredCount",
  }) as const;

/** The bounds of an ECS service. `undefined`: nobody has registered it. */
export async function scalableTargetOf(
  { applicationAutoscaling }: Aws,
  service: { cluster: string; service: string },
): Promise<ScalableTarget | undefined> {
  const { ResourceId, ...rest } = scalableTarget(service);
  const { ScalableTargets = [] } = await applicationAutoscaling.send(
    new DescribeScalableTargetsCommand({ ...rest, ResourceIds: [ResourceId] }),
  );
  return ScalableTargets[0];
}
