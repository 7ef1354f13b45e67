import { z } from "zod";

/** A queue of AWS Batch on spot, and the one on demand that keeps deadlines where spot does not. Both by ARN. */
const queue = z.strictObject({
  spot: z.string().startsWith("arn:"),
  onDemand: z.string().startsWith("arn:"),
  /** The instance type that both launch, one of those that `prices` names. */
  instanceType: z.string(),
  /** From a launch until work goes on: the restart that published spot traces are evaluated with (NSDI'24). */
  restartMinutes: z.number().positive().default(6.5),
});

/** Jobs of AWS Batch. */
export const batch = z.strictObject({
  queues: z.array(queue).default([]),
  /** What a job may be grown to. A job that needs more than most instances have needs a person. */
  memoryMiBMax: z.int().positive().default(61_440),
  /** For how long a size that was learned is believed: programs change. */
  learnedDays: z.number().positive().max(365).default(30),
});
