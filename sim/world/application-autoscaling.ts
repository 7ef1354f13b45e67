import { z } from "zod";

const scalableTarget = z.object({
  namespace: z.literal("ecs"),
  /** `service/<cluster>/<name>`. */
  resourceId: z.string(),
  dimension: z.literal("ecs:service:DesiredCount"),
  min: z.number(),
  max: z.number(),
  suspended: z.object({ in: z.boolean(), out: z.boolean(), scheduled: z.boolean() }),
  createdAt: z.number(),
});
export type ScalableTarget = z.infer<typeof scalableTarget>;

/** Scalable targets by resource id. */
export const scalableTargets = z.record(z.string(), scalableTarget);
