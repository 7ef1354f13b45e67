import { z } from "zod";

/** What the training code of an image does, which SageMaker knows nothing of. */
const program = z.object({
  takesMs: z.number(),
  /** Ends like this, half-way. */
  failure: z.string().optional(),
  /** After how much of each run spot takes its instances, in order. */
  interruptedAfterMs: z.array(z.number()),
});

const training = z.object({
  name: z.string(),
  arn: z.string(),
  /** As it was created. */
  input: z.record(z.string(), z.json()),
  image: z.string(),
  instanceType: z.string(),
  instances: z.number(),
  spot: z.boolean(),
  checkpoints: z.string().optional(),
  runtimeMsMax: z.number(),
  waitMsMax: z.number(),
  tags: z.record(z.string(), z.string()),
  status: z.enum(["InProgress", "Completed", "Failed", "Stopping", "Stopped"]),
  secondary: z.string(),
  failureReason: z.string().optional(),
  createdAt: z.number(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  modifiedAt: z.number(),
  transitions: z.array(z.object({ secondary: z.string(), at: z.number() })),
  /** The work that is kept, and how many runs there have been. */
  doneMs: z.number(),
  runs: z.number(),
});
export type Training = z.infer<typeof training>;

/** The part of the world that SageMaker's training keeps. */
export const trainingWorld = {
  trainings: z.record(z.string(), training),
  /** By image. */
  trainingPrograms: z.record(z.string(), program),
  /** The account's quota of instances for training, by type. What is not listed has none. */
  trainingQuotas: z.record(z.string(), z.number()),
};
