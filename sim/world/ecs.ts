import { z } from "zod";

/** A revision of a task definition. What it says besides its size is kept as it was registered. */
export const definition = z.object({
  family: z.string(),
  revision: z.number(),
  /** CPU units and MiB of the whole task. */
  cpu: z.number(),
  memory: z.number(),
  fargate: z.boolean(),
  registeredAt: z.number(),
  /** The rest of what was registered, in the service's own words. */
  document: z.record(z.string(), z.json()),
  tags: z.record(z.string(), z.string()),
  /** What its program needs, whatever it is given: with less, its tasks are killed as they start. */
  needsMemory: z.number().optional(),
});
export type Definition = z.infer<typeof definition>;

const deployment = z.object({
  id: z.string(),
  definition: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  rollout: z.enum(["IN_PROGRESS", "COMPLETED", "FAILED"]),
  reason: z.string(),
  /** Tasks of it that did not come up. */
  failed: z.number(),
});
export type Deployment = z.infer<typeof deployment>;

/** What a service keeps of its deployments. */
export const deploying = {
  fargate: z.boolean(),
  breaker: z.object({ enable: z.boolean(), rollback: z.boolean() }),
  /** The primary one first; older ones until it is completed. */
  deployments: z.array(deployment).min(1),
  /** The revision of the last deployment that was completed: what a rollback goes back to. */
  completed: z.string(),
};
