import type { Ground } from "../ground.ts";
import type { ScalableTarget } from "../world/application-autoscaling.ts";

export function scalingSeeds(ground: Ground) {
  return {
    /** The bounds of an ECS service. `suspended`: somebody has suspended scaling out. */
    scalableTarget({
      cluster,
      service,
      min,
      max,
      suspended = false,
    }: {
      cluster: string;
      service: string;
      min: number;
      max: number;
      suspended?: boolean;
    }): ScalableTarget {
      const resourceId = `service/${cluster}/${service}`;
      return ground.add<ScalableTarget>(ground.world.scalableTargets, resourceId, {
        namespace: "ecs",
        resourceId,
        dimension: "ecs:service:DesiredCount",
        min,
        max,
        suspended: { in: false, out: suspended, scheduled: false },
        createdAt: ground.now(),
      });
    },
  };
}
