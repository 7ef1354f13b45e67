import type {
  DescribeScalableTargetsResponse,
  RegisterScalableTargetResponse,
} from "@aws-sdk/client-application-auto-scaling";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, page, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { ScalableTarget } from "../world/application-autoscaling.ts";
import { lookAtServices, serviceKey } from "./ecs-service.ts";

const invalid = (message: string): SimError => new SimError("ValidationException", message);

const namespace = z.literal("ecs");
const dimension = z.literal("ecs:service:DesiredCount");

function serviceOf(ground: Ground, resourceId: string) {
  const [, cluster = "", name = ""] = /^service\/([^/]+)\/([^/]+)$/.exec(resourceId) ?? [];
  const service = ground.world.services[serviceKey(cluster, name)];
  if (!service) throw invalid(`ECS service doesn't exist: ${resourceId}`);
  return service;
}

/** Whenever a target is registered or changed, a count outside its bounds is brought to the nearer one. */
function keepWithin(ground: Ground, { resourceId, min, max }: ScalableTarget): void {
  const service = serviceOf(ground, resourceId);
  const desired = Math.min(max, Math.max(min, service.desired));
  if (ground.change(service, { desired })) lookAtServices(ground, service.cluster);
}

const described = (ground: Ground, target: ScalableTarget) => ({
  ServiceNamespace: target.namespace,
  ResourceId: target.resourceId,
  ScalableDimension: target.dimension,
  MinCapacity: target.min,
  MaxCapacity: target.max,
  RoleARN: `arn:aws:iam::${ground.world.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
  CreationTime: new Date(target.createdAt),
  SuspendedState: {
    DynamicScalingInSuspended: target.suspended.in,
    DynamicScalingOutSuspended: target.suspended.out,
    ScheduledScalingSuspended: target.suspended.scheduled,
  },
});

/** The bounds of ECS services. Not simulated: scaling policies, scheduled actions and the other services. */
export const applicationAutoscaling: SimulatedService = {
  name: "application-autoscaling",
  target: "AnyScaleFrontendService",
  wording: wording({
    throttled: "ThrottlingException",
    denied: "AccessDeniedException",
    broken: "InternalServiceException",
    invalid: "ValidationException",
  }),
  operations: {
    RegisterScalableTarget: acts(
      z.strictObject({
        ServiceNamespace: namespace,
        ResourceId: z.string(),
        ScalableDimension: dimension,
        MinCapacity: z.int().min(0).optional(),
        MaxCapacity: z.int().min(0).optional(),
        SuspendedState: z
          .strictObject({
            DynamicScalingInSuspended: z.boolean().optional(),
            DynamicScalingOutSuspended: z.boolean().optional(),
            ScheduledScalingSuspended: z.boolean().optional(),
          })
          .optional(),
      }),
      (
        ground,
        { ServiceNamespace, ResourceId, ScalableDimension, SuspendedState, ...given },
      ): RegisterScalableTargetResponse => {
        serviceOf(ground, ResourceId);
        const { scalableTargets } = ground.world;
        const was = scalableTargets[ResourceId];
        const min = given.MinCapacity ?? was?.min;
        const max = given.MaxCapacity ?? was?.max;
        if (min === undefined || max === undefined)
          throw invalid("MinCapacity and MaxCapacity are required to register a new scalable target");
        if (min > max) throw invalid("MinCapacity cannot be greater than MaxCapacity");
        const target: ScalableTarget = {
          namespace: ServiceNamespace,
          resourceId: ResourceId,
          dimension: ScalableDimension,
          min,
          max,
          suspended: {
            in: SuspendedState?.DynamicScalingInSuspended ?? was?.suspended.in ?? false,
            out: SuspendedState?.DynamicScalingOutSuspended ?? was?.suspended.out ?? false,
            scheduled: SuspendedState?.ScheduledScalingSuspended ?? was?.suspended.scheduled ?? false,
          },
          createdAt: was?.createdAt ?? ground.now(),
        };
        if (was) ground.change(was, target);
        else ground.add(scalableTargets, ResourceId, target);
        keepWithin(ground, target);
        return {};
      },
    ),
    DescribeScalableTargets: reads(
      z.strictObject({
        ServiceNamespace: namespace,
        ResourceIds: z.array(z.string()).max(50).optional(),
        ScalableDimension: dimension.optional(),
        MaxResults: z.int().min(1).max(50).default(50),
        NextToken: z.string().optional(),
      }),
      (ground, { ResourceIds, MaxResults, NextToken }): DescribeScalableTargetsResponse => {
        const wanted = Object.values(ground.world.scalableTargets).filter(
          ({ resourceId }) => ResourceIds?.includes(resourceId) ?? true,
        );
        const { items, next } = page(wanted, MaxResults, NextToken);
        return { ScalableTargets: items.map((target) => described(ground, target)), NextToken: next };
      },
    ),
  },
};
