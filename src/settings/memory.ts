import { z } from "zod";
import { metric } from "./metric.ts";

/** An ECS service whose memory is watched for leaks. */
export const memory = z.strictObject({
  cluster: z.string(),
  /** The ECS service. */
  service: z.string(),
  /** Memory in use. Not said: `MemoryUtilization` of the ECS service, in percent of what its tasks have reserved. */
  metric: metric.optional(),
  /** Where it ends, in the unit of the metric: ECS kills a task at 100 percent. */
  limit: z.number().positive().default(100),
  /** What is served, such as a load balancer's `RequestCount`: a restart waits until there is little of it. */
  load: metric.optional(),
  /** CloudWatch alarms on this memory, by name. */
  alarms: z.array(z.string()).default([]),
});
export type MemorySettings = z.infer<typeof memory>;
